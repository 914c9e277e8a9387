import { type JourneyDefinition, nodeExits } from '@chaoxi/contract'
import {
  Background,
  Controls,
  MiniMap,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  useNodesState,
  useReactFlow,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useMemo } from 'react'
import { useT } from '../../i18n/index.ts'
import { boardTexts } from '../words/board-texts.ts'
import type { JourneyNaming } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { entranceId, type FlowNode, flowElements, type LiveCounters, type WayEdge } from './flow-elements.ts'
import { EntranceCard, StepCard } from './flow-nodes.tsx'
import { InsertContext, Way } from './flow-way.tsx'
import type { GraphAction } from './graph.ts'
import { type EdgeRef, nodeOf } from './graph-basics.ts'
import '../journeys.css'
import type { MergedJourney } from './merged.ts'
import { NoteCard, noteIdOf } from './note-card.tsx'
import type { JourneyProblem } from './problems.ts'

export { entranceId } from './flow-elements.ts'

const nodeTypes = { step: StepCard, entrance: EntranceCard, note: NoteCard }
const edgeTypes = { way: Way }
/** Smaller than this, cards cannot be told from each other. */
const zoomMin = 0.1
/** With so many steps an overview helps. */
const minimapFrom = 12
const minimapSize = { width: 150, height: 120 }
const nothing: ReadonlySet<string> = new Set()
const nobody: readonly string[] = []
const severalKeys = ['Shift', 'Control', 'Meta']

/** A card to be brought into view: each time anew, in the middle or only when it is out of sight. */
export interface Shown {
  readonly id: string
  readonly time: number
  readonly centre: boolean
}

export interface FlowCanvasProps {
  definition: JourneyDefinition
  naming: JourneyNaming
  problems: readonly JourneyProblem[]
  /** Cards and notes, by their ids on the canvas. */
  selected?: readonly string[]
  onSelect: (ids: readonly string[]) => void
  found?: ReadonlySet<string>
  shown?: Shown | null
  /** Edits of the graph; without it the canvas is to look at. */
  onAction?: (action: GraphAction) => void
  /** How many steps can be pasted, and onto which way. */
  pasting?: number
  onPaste?: (edge: EdgeRef) => void
  live?: LiveCounters
  /** Of two versions in one drawing, which `definition` is: what is different. */
  merged?: MergedJourney
}

/** The journey as a drawing: the same for designing and for watching it live. */
export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  )
}

function Drawing(props: FlowCanvasProps) {
  const {
    definition,
    naming,
    problems,
    selected = nobody,
    onSelect,
    onAction,
    live,
    merged,
    found = nothing,
    shown = null,
    pasting = 0,
    onPaste,
  } = props
  const t = useT(journeyTexts)
  const words = useT(boardTexts)
  const editable = onAction !== undefined
  const drawn = useMemo(
    () => flowElements({ definition, naming, problems, found, editable, live: live ?? null, merged }),
    [definition, naming, problems, found, editable, live, merged],
  )
  const [nodes, setNodes, onNodesChange] = useNodesState<FlowNode>([])
  useEffect(() => {
    const chosen = new Set(selected)
    setNodes((old) => {
      const before = new Map(old.map((node) => [node.id, node]))
      // What was measured stays, or every edit would make the cards blink.
      return drawn.nodes.map((node): FlowNode => {
        const measured = before.get(node.id)?.measured
        return { ...node, selected: chosen.has(node.id), ...(measured === undefined ? {} : { measured }) }
      })
    })
  }, [drawn.nodes, selected, setNodes])
  useShown(shown)
  const inserting = useMemo(
    () => ({
      pasting: onPaste === undefined ? 0 : pasting,
      insert: (edge: EdgeRef, kind: Parameters<typeof insertAction>[1]) => onAction?.(insertAction(edge, kind)),
      paste: (edge: EdgeRef) => onPaste?.(edge),
    }),
    [pasting, onPaste, onAction],
  )
  const place = (moved: readonly FlowNode[]) => onAction?.(placeAction(moved))
  return (
    <InsertContext value={inserting}>
      <ReactFlow<FlowNode, WayEdge>
        nodes={nodes}
        edges={drawn.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={(changes) => {
          onNodesChange(changes)
          const next = selectedAfter(selected, changes)
          if (next !== null) onSelect(next)
        }}
        onPointerDownCapture={leaveFields}
        onPaneClick={() => onSelect([])}
        onNodeDragStop={(_, __, moved) => place(moved)}
        onSelectionDragStop={(_, moved) => place(moved)}
        onReconnect={(old, connection) => old.data && onAction?.({ type: 'connect', edge: old.data.edge, to: connection.target })}
        onConnect={({ source, sourceHandle, target }) => {
          const edge = edgeOf(definition, source, sourceHandle)
          if (edge !== null) onAction?.({ type: 'connect', edge, to: target })
        }}
        isValidConnection={({ target }) => target !== entranceId}
        nodesConnectable={editable}
        disableKeyboardA11y
        deleteKeyCode={null}
        multiSelectionKeyCode={editable ? severalKeys : null}
        selectionKeyCode={editable ? 'Shift' : null}
        minZoom={zoomMin}
        maxZoom={1.5}
        panOnScroll
        zoomOnDoubleClick={false}
        onInit={(flow) => void showFromTop(flow)}
        proOptions={{ hideAttribution: true }}
        aria-label={t('canvasTab')}
      >
        <svg className="flow-defs" aria-hidden="true">
          <defs>
            <marker id="flow-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
              <path d="M 0 0 L 10 5 L 0 10 z" fill="#8a97a5" />
            </marker>
          </defs>
        </svg>
        <Background gap={20} color="#dfe5ea" />
        <Controls showInteractive={false} fitViewOptions={{ maxZoom: 1, padding: 0.05 }} aria-label={words('fit')} />
        {definition.nodes.length >= minimapFrom && (
          <MiniMap<FlowNode>
            pannable
            zoomable
            style={minimapSize}
            ariaLabel={words('minimap')}
            nodeColor={minimapColor}
            nodeBorderRadius={8}
            maskColor="#eef2f5b0"
            bgColor="#ffffff"
          />
        )}
      </ReactFlow>
    </InsertContext>
  )
}

/** The canvas keeps the browser from doing it: without this, keys would still go to the field that one was in. */
function leaveFields(): void {
  const at = document.activeElement
  if (at instanceof HTMLElement && at.closest('.journey-canvas') === null) at.blur()
}

const insertAction = (edge: EdgeRef, kind: Extract<GraphAction, { type: 'insert' }>['kind']): GraphAction => ({
  type: 'insert',
  edge,
  kind,
})

function placeAction(moved: readonly FlowNode[]): GraphAction {
  const points = moved.map(({ id, position }) => ({ id, ...position }))
  const notes = points.flatMap(({ id, x, y }) => {
    const note = noteIdOf(id)
    return note === null ? [] : [{ id: note, x, y }]
  })
  return { type: 'place', nodes: points.filter(({ id }) => noteIdOf(id) === null && id !== entranceId), notes }
}

/** Null: nothing was chosen or let go. */
function selectedAfter(selected: readonly string[], changes: readonly NodeChange<FlowNode>[]): string[] | null {
  const next = new Set(selected)
  for (const change of changes) {
    if (change.type !== 'select') continue
    if (change.selected) next.add(change.id)
    else next.delete(change.id)
  }
  return next.size === selected.length && selected.every((id) => next.has(id)) ? null : [...next]
}

function minimapColor(node: FlowNode): string {
  if (node.selected) return '#0b6e99'
  if (node.type === 'note') return '#f3dc8a'
  if (node.data.problems.length > 0) return '#e08a85'
  if (node.type === 'step' && node.data.kind === 'send') return '#8fc3da'
  return '#c9d3db'
}

/** Brings a card into view when one is asked for. */
function useShown(shown: Shown | null): void {
  const flow = useReactFlow<FlowNode, WayEdge>()
  useEffect(() => {
    const node = shown === null ? undefined : flow.getInternalNode(shown.id)
    if (shown === null || node === undefined) return
    const { x, y } = node.internals.positionAbsolute
    const [width, height] = [node.measured.width ?? 0, node.measured.height ?? 0]
    const pane = document.querySelector('.journey-canvas')?.getBoundingClientRect()
    if (pane !== undefined && !shown.centre) {
      const [low, high] = [flow.flowToScreenPosition({ x, y }), flow.flowToScreenPosition({ x: x + width, y: y + height })]
      if (low.x > pane.left && low.y > pane.top && high.x < pane.right && high.y < pane.bottom) return
    }
    void flow.setCenter(x + width / 2, y + height / 2, { zoom: Math.max(flow.getZoom(), zoomReadable) })
  }, [flow, shown])
}

/** Below this, the words on the cards are too small to read at a glance. */
const zoomReadable = 0.8

/** Shows the whole journey when it can be read that way, else its beginning. */
async function showFromTop(flow: ReactFlowInstance<FlowNode, WayEdge>): Promise<void> {
  await flow.fitView({ maxZoom: 1, padding: 0.08 })
  if (flow.getZoom() >= zoomReadable) return
  const { x } = flow.getViewport()
  const bounds = flow.getNodesBounds(flow.getNodes())
  // What was in the middle from left to right stays there.
  const scale = zoomReadable / flow.getZoom()
  const middle = x + (bounds.x + bounds.width / 2) * flow.getZoom()
  await flow.setViewport({ x: middle - (middle - x) * scale, y: 24 - bounds.y * zoomReadable, zoom: zoomReadable })
}

function edgeOf(definition: JourneyDefinition, source: string, handle: string | null): EdgeRef | null {
  if (source === entranceId) return { from: null, field: 'next' }
  const node = nodeOf(definition, source)
  const field = node && nodeExits(node).find((exit) => exit.field === handle)?.field
  return field === undefined ? null : { from: source, field }
}
