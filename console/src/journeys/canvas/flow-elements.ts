import {
  type ExitField,
  exitsAt,
  type JourneyDefinition,
  type JourneyNode,
  type NodeCounters,
  type NodeKind,
  nodeExits,
} from '@chaoxi/contract'
import type { Edge, Node } from '@xyflow/react'
import { exitsSentence, exitWord, type JourneyNaming, namedSteps, nodeSummary } from '../words/node-words.ts'
import { triggerSentence } from '../words/trigger-words.ts'
import type { EdgeRef } from './graph-basics.ts'
import { type Box, lanesOf, type Run } from './lanes.ts'
import { cardWidth, layoutJourney, nodeHeight, nodeWidth, rowGap, wayShare } from './layout.ts'
import { type Mark, type MergedJourney, wayMark } from './merged.ts'
import { hasWays } from './node-edits.ts'
import { type NoteNode, noteFlowId, noteWidth } from './note-card.tsx'
import type { JourneyProblem } from './problems.ts'

/** The entrance's id on the canvas; node ids of the contract cannot hold a dash. */
export const entranceId = '-entrance'
export const isStep = (flowId: string): boolean => !flowId.startsWith('-')

export interface StepData extends Record<string, unknown> {
  readonly kind: NodeKind
  /** Its ways out from left to right. */
  readonly exits: readonly ExitField[]
  readonly channel: 'sms' | 'popup' | null
  readonly name: string
  readonly summary: string
  /** What has become of it, in the place of what it does; null: nothing to tell. */
  readonly state: string | null
  /** What makes people leave while they are here; empty: nothing. */
  readonly leaving: string
  readonly found: boolean
  /** Against another version; null where nothing is compared, or nothing is different. */
  readonly mark: Mark | null
  readonly problems: readonly string[]
  readonly counters: NodeCounters | null
  /** Whose numbers these are, so that each opens its people; null where there are none to open. */
  readonly source: CountersSource | null
  /** Whether there are numbers: not on the drawing board. */
  readonly counted: boolean
}
export interface EntranceData extends Record<string, unknown> {
  readonly trigger: string
  readonly exits: string
  readonly problems: readonly string[]
}
interface WayFacts {
  /** Where it runs between rows; null: straight down. */
  readonly lane: number | null
  readonly word: string | null
  /** Pixels that the word may take. */
  readonly room: number
  /** How many people took it, and where they are listed; null on the drawing board and where the node says it. */
  readonly taken: WayTaken | null
  readonly editable: boolean
  readonly mark: Mark | null
}
export interface WayData extends WayFacts, Record<string, unknown> {
  readonly edge: EdgeRef
}
export interface WayTaken {
  readonly source: CountersSource | null
  readonly nodeId: string
  readonly way: string
  readonly passed: number
}
export type StepNode = Node<StepData, 'step'>
export type EntranceNode = Node<EntranceData, 'entrance'>
export type WayEdge = Edge<WayData, 'way'>
export type FlowNode = StepNode | EntranceNode | NoteNode

/** Of what numbers are; as the list of people is told. */
export interface CountersSource {
  readonly journey: string
  /** Of one version only. */
  readonly version?: string
}

export interface LiveCounters {
  /** Whose people the numbers open; null: nobody's, as in a rehearsal. */
  readonly source: CountersSource | null
  readonly byNode: ReadonlyMap<string, NodeCounters>
  /** What has become of steps, in words. */
  readonly states?: ReadonlyMap<string, string>
}

export interface FlowInput {
  readonly definition: JourneyDefinition
  readonly naming: JourneyNaming
  readonly problems: readonly JourneyProblem[]
  /** Steps that a search found. */
  readonly found: ReadonlySet<string>
  readonly editable: boolean
  /** Live numbers by node; null on the drawing board. */
  readonly live: LiveCounters | null
  /** Two versions in one drawing, which `definition` is. */
  readonly merged?: MergedJourney | undefined
}

/** The journey as the canvas draws it. */
export function flowElements({ definition, naming: named, problems, found, editable, live, merged }: FlowInput): {
  nodes: FlowNode[]
  edges: WayEdge[]
} {
  const naming = namedSteps(definition, named)
  const points = layoutJourney(definition)
  const of = (id: string | null) => problems.filter((problem) => problem.nodeId === id).map((problem) => problem.text)
  const start = points.get(definition.start) ?? { x: 0, y: 0 }
  const first = definition.nodes.find((node) => node.id === definition.start)
  const startWidth = first === undefined ? nodeWidth : cardWidth(first)
  const entrance: EntranceNode = {
    id: entranceId,
    type: 'entrance',
    position: { x: start.x + (startWidth - nodeWidth) / 2, y: start.y - nodeHeight - rowGap },
    width: nodeWidth,
    height: nodeHeight,
    draggable: false,
    data: { trigger: triggerSentence(definition.trigger, naming), exits: exitsSentence(definition.exits, naming), problems: of(null) },
  }
  const steps = definition.nodes.map(
    (node): StepNode => ({
      id: node.id,
      type: 'step',
      position: points.get(node.id) ?? { x: 0, y: 0 },
      width: cardWidth(node),
      height: nodeHeight,
      draggable: editable,
      data: {
        kind: node.kind,
        exits: nodeExits(node).map((exit) => exit.field),
        state: live?.states?.get(node.id) ?? null,
        channel: node.kind === 'send' ? node.channel : null,
        name: node.name,
        summary: nodeSummary(node, naming),
        leaving: exitsSentence(exitsAt(node), naming),
        problems: of(node.id),
        found: found.has(node.id),
        mark: merged?.marks.get(node.id) ?? null,
        counters: live?.byNode.get(node.id) ?? null,
        source: live?.source ?? null,
        counted: live !== null,
      },
    }),
  )
  const notes = (definition.notes ?? []).map(
    (note): NoteNode => ({
      id: noteFlowId(note.id),
      type: 'note',
      position: note.place,
      width: noteWidth,
      draggable: editable,
      data: { note },
    }),
  )
  const boxes = [entrance, ...steps].map(({ id, position, width = nodeWidth }) => ({ id, ...position, width, height: nodeHeight }))
  const lanes = lanesOf(boxes, runsOf(definition, boxes))
  const laneOf = (source: string, field: ExitField) => lanes.get(wayKey(source, field)) ?? null
  const ways = definition.nodes.flatMap((node) =>
    nodeExits(node).map(({ field, to, way: name }, _, all) => {
      const room = cardWidth(node) / all.length
      const word = exitWord(node, field, naming.language)
      return way({ from: node.id, field }, to, {
        word,
        room,
        taken: takenOf(live, node, name),
        editable,
        mark: merged?.ways.get(wayMark(node.id, field)) ?? null,
        lane: laneOf(node.id, field),
      })
    }),
  )
  const entry = way({ from: null, field: 'next' }, definition.start, {
    word: null,
    room: nodeWidth,
    taken: null,
    editable,
    mark: null,
    lane: laneOf(entranceId, 'next'),
  })
  return { nodes: [entrance, ...steps, ...notes], edges: [entry, ...ways] }
}

const wayKey = (source: string, field: ExitField): string => `${source} ${field}`

/** Every way from where it leaves its card to the middle of the card that it leads to. */
function runsOf(definition: JourneyDefinition, boxes: readonly Box[]): Run[] {
  const byId = new Map(boxes.map((box) => [box.id, box]))
  const all = [
    { source: entranceId, field: 'next' as const, to: definition.start, share: 0.5 },
    ...definition.nodes.flatMap((node) =>
      nodeExits(node).map(({ field, to }, i, { length }) => ({ source: node.id, field, to, share: wayShare(i, length) })),
    ),
  ]
  return all.flatMap(({ source, field, to, share }) => {
    const [a, b] = [byId.get(source), byId.get(to)]
    if (a === undefined || b === undefined) return []
    const ends = { from: { x: a.x + a.width * share, y: a.y + a.height }, to: { x: b.x + b.width / 2, y: b.y } }
    return [{ key: wayKey(source, field), source, target: to, ...ends }]
  })
}

/** Counted by way are nodes that people part at, if their numbers do not tell it anyway. */
function takenOf(live: LiveCounters | null, node: JourneyNode, name: string): WayTaken | null {
  if (live === null || ('onTimeout' in node && !(hasWays(node) && name !== 'onTimeout')) || nodeExits(node).length < 2) return null
  const passed = live.byNode.get(node.id)?.ways.find((one) => one.way === name)?.passed ?? 0
  return { source: live.source, nodeId: node.id, way: name, passed }
}

function way(edge: EdgeRef, to: string, data: WayFacts): WayEdge {
  const source = edge.from ?? entranceId
  return {
    id: wayKey(source, edge.field),
    type: 'way',
    source,
    sourceHandle: edge.field,
    target: to,
    reconnectable: data.editable ? 'target' : false,
    selectable: false,
    focusable: false,
    data: { ...data, edge },
  }
}
