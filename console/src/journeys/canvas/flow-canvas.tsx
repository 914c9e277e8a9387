import { type JourneyDefinition, nodeExits } from '@chaoxi/contract'
import { Background, Controls, ReactFlow, type ReactFlowInstance, ReactFlowProvider, useNodesState } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useMemo } from 'react'
import { useT } from '../../i18n/index.ts'
import { type EntranceNode, entranceId, flowElements, type LiveCounters, type StepNode, type WayEdge } from './flow-elements.ts'
import { EntranceCard, StepCard } from './flow-nodes.tsx'
import { InsertContext, Way } from './flow-way.tsx'
import { type EdgeRef, type GraphAction, nodeOf } from './graph.ts'
import '../journeys.css'
import type { JourneyNaming } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import type { JourneyProblem } from './problems.ts'

export { entranceId } from './flow-elements.ts'

const nodeTypes = { step: StepCard, entrance: EntranceCard }
const edgeTypes = { way: Way }
/** Smaller than this, cards cannot be read. */
const zoomMin = 0.35

export interface FlowCanvasProps {
  definition: JourneyDefinition
  naming: JourneyNaming
  problems: readonly JourneyProblem[]
  selected: string | null
  onSelect: (id: string | null) => void
  /** Edits of the graph; without it the canvas is to look at. */
  onAction?: (action: GraphAction) => void
  live?: LiveCounters
}

/** The journey as a drawing: the same for designing and for watching it live. */
export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  )
}

function Drawing({ definition, naming, problems, selected, onSelect, onAction, live }: FlowCanvasProps) {
  const t = useT(journeyTexts)
  const editable = onAction !== undefined
  const drawn = useMemo(
    () => flowElements({ definition, naming, problems, selected, editable, live: live ?? null }),
    [definition, naming, problems, selected, editable, live],
  )
  const [nodes, setNodes, onNodesChange] = useNodesState<StepNode | EntranceNode>(drawn.nodes)
  useEffect(() => {
    // What was measured stays, or every edit would make the cards blink.
    setNodes((old) => {
      const measured = new Map(old.map((node) => [node.id, node.measured]))
      return drawn.nodes.map((node) => ({ ...node, ...(measured.get(node.id) ? { measured: measured.get(node.id) } : {}) }))
    })
  }, [drawn.nodes, setNodes])
  return (
    <InsertContext value={(edge, kind) => onAction?.({ type: 'insert', edge, kind })}>
      <ReactFlow<StepNode | EntranceNode, WayEdge>
        nodes={nodes}
        edges={drawn.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={(changes) => {
          onNodesChange(changes)
          for (const change of changes) if (change.type === 'select' && change.selected) onSelect(change.id)
        }}
        onPaneClick={() => onSelect(null)}
        onNodeDragStop={(_, node) => onAction?.({ type: 'place', id: node.id, ...node.position })}
        onReconnect={(old, connection) => old.data && onAction?.({ type: 'connect', edge: old.data.edge, to: connection.target })}
        onConnect={({ source, sourceHandle, target }) => {
          const edge = edgeOf(definition, source, sourceHandle)
          if (edge !== null) onAction?.({ type: 'connect', edge, to: target })
        }}
        isValidConnection={({ target }) => target !== entranceId}
        nodesConnectable={editable}
        deleteKeyCode={null}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
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
        <Controls showInteractive={false} fitViewOptions={{ maxZoom: 1, padding: 0.12 }} />
      </ReactFlow>
    </InsertContext>
  )
}

/** Below this, the words on the cards are too small to read at a glance. */
const zoomReadable = 0.8

/** Shows the whole journey when it can be read that way, else its beginning. */
async function showFromTop(flow: ReactFlowInstance<StepNode | EntranceNode, WayEdge>): Promise<void> {
  await flow.fitView({ maxZoom: 1, padding: 0.08 })
  if (flow.getZoom() >= zoomReadable) return
  const { x, y } = flow.getViewport()
  const bounds = flow.getNodesBounds(flow.getNodes())
  // What was in the middle from left to right stays there.
  const scale = zoomReadable / flow.getZoom()
  const middle = x + (bounds.x + bounds.width / 2) * flow.getZoom()
  await flow.setViewport({ x: middle - (middle - x) * scale, y: Math.min(y, 24) - bounds.y * zoomReadable, zoom: zoomReadable })
}

function edgeOf(definition: JourneyDefinition, source: string, handle: string | null): EdgeRef | null {
  if (source === entranceId) return { from: null, field: 'next' }
  const node = nodeOf(definition, source)
  const field = node && nodeExits(node).find((exit) => exit.field === handle)?.field
  return field === undefined ? null : { from: source, field }
}
