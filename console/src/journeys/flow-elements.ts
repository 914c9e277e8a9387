import { type JourneyDefinition, type NodeCounters, nodeExits } from '@chaoxi/contract'
import type { Edge, Node } from '@xyflow/react'
import type { EdgeRef } from './graph.ts'
import { layoutJourney, nodeHeight, nodeWidth, rowGap } from './layout.ts'
import { exitsSentence, exitWord, type JourneyNaming, nodeSummary, triggerSentence } from './node-words.ts'
import type { JourneyProblem } from './problems.ts'

/** The entrance's id on the canvas; node ids of the contract cannot hold a dash. */
export const entranceId = '-entrance'

export interface StepData extends Record<string, unknown> {
  readonly kind: 'send' | 'wait' | 'wait_event' | 'condition' | 'exit'
  readonly channel: 'sms' | 'popup' | null
  readonly name: string
  readonly summary: string
  readonly problems: readonly string[]
  readonly counters: NodeCounters | null
  /** Whose numbers these are, so that each opens its people; null on the drawing board. */
  readonly journeyId: string | null
}
export interface EntranceData extends Record<string, unknown> {
  readonly trigger: string
  readonly exits: string
  readonly problems: readonly string[]
}
export interface WayData extends Record<string, unknown> {
  readonly edge: EdgeRef
  readonly word: string | null
  readonly editable: boolean
}
export type StepNode = Node<StepData, 'step'>
export type EntranceNode = Node<EntranceData, 'entrance'>
export type WayEdge = Edge<WayData, 'way'>

export interface LiveCounters {
  readonly journeyId: string
  readonly byNode: ReadonlyMap<string, NodeCounters>
}

export interface FlowInput {
  readonly definition: JourneyDefinition
  readonly naming: JourneyNaming
  readonly problems: readonly JourneyProblem[]
  readonly selected: string | null
  readonly editable: boolean
  /** Live numbers by node; null on the drawing board. */
  readonly live: LiveCounters | null
}

/** The journey as the canvas draws it. */
export function flowElements({ definition, naming, problems, selected, editable, live }: FlowInput): {
  nodes: (StepNode | EntranceNode)[]
  edges: WayEdge[]
} {
  const points = layoutJourney(definition)
  const of = (id: string | null) => problems.filter((problem) => problem.nodeId === id).map((problem) => problem.text)
  const start = points.get(definition.start) ?? { x: 0, y: 0 }
  const entrance: EntranceNode = {
    id: entranceId,
    type: 'entrance',
    position: { x: start.x, y: start.y - nodeHeight - rowGap },
    width: nodeWidth,
    height: nodeHeight,
    draggable: false,
    selected: selected === entranceId,
    data: { trigger: triggerSentence(definition.trigger, naming), exits: exitsSentence(definition, naming), problems: of(null) },
  }
  const steps = definition.nodes.map(
    (node): StepNode => ({
      id: node.id,
      type: 'step',
      position: points.get(node.id) ?? { x: 0, y: 0 },
      width: nodeWidth,
      height: nodeHeight,
      draggable: editable,
      selected: selected === node.id,
      data: {
        kind: node.kind,
        channel: node.kind === 'send' ? node.channel : null,
        name: node.name,
        summary: nodeSummary(node, naming),
        problems: of(node.id),
        counters: live?.byNode.get(node.id) ?? null,
        journeyId: live?.journeyId ?? null,
      },
    }),
  )
  const ways = definition.nodes.flatMap((node) =>
    nodeExits(node).map(({ field, to }) => way({ from: node.id, field }, to, exitWord(node, field, naming.language), editable)),
  )
  return { nodes: [entrance, ...steps], edges: [way({ from: null, field: 'next' }, definition.start, null, editable), ...ways] }
}

function way(edge: EdgeRef, to: string, word: string | null, editable: boolean): WayEdge {
  const source = edge.from ?? entranceId
  return {
    id: `${source} ${edge.field}`,
    type: 'way',
    source,
    sourceHandle: edge.field,
    target: to,
    reconnectable: editable ? 'target' : false,
    selectable: false,
    focusable: false,
    data: { edge, word, editable },
  }
}
