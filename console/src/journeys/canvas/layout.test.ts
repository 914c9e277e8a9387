import { type JourneyDefinition, nodeExits } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import { blankJourney, graphReducer } from './graph.ts'
import { cardWidth, layoutJourney, nodeHeight, nodeWidth, wayShare } from './layout.ts'

const entrance = { from: null, field: 'next' } as const

function branching(): JourneyDefinition {
  let graph = graphReducer(blankJourney(), { type: 'insert', edge: entrance, kind: 'wait_event' })
  graph = graphReducer(graph, { type: 'insert', edge: { from: 'wait_event_1', field: 'onTimeout' }, kind: 'condition' })
  graph = graphReducer(graph, { type: 'insert', edge: { from: 'condition_1', field: 'otherwise' }, kind: 'send' })
  return graphReducer(graph, { type: 'connect', edge: { from: 'send_1', field: 'next' }, to: 'end' })
}

it('puts every node below those that lead to it and overlaps none', () => {
  const graph = branching()
  const points = layoutJourney(graph)
  expect(points.size).toBe(graph.nodes.length)
  const all = [...points.values()]
  for (const [index, one] of all.entries())
    for (const other of all.slice(index + 1)) {
      const apart = Math.abs(one.x - other.x) >= nodeWidth || Math.abs(one.y - other.y) >= nodeHeight
      expect(apart).toBe(true)
    }
  expect(points.get('send_1')?.y).toBeGreaterThan(points.get('condition_1')?.y ?? 0)
  expect(points.get('end')?.y).toBeGreaterThan(points.get('send_1')?.y ?? 0)
})

it('gives a card with many ways room for their words, and each way a column of its own', () => {
  let graph = graphReducer(blankJourney(), { type: 'insert', edge: entrance, kind: 'split' })
  for (let i = 0; i < 3; i++) graph = graphReducer(graph, { type: 'way_add', id: 'split_1' })
  for (let i = 0; i < 5; i++)
    graph = graphReducer(graph, { type: 'insert', edge: { from: 'split_1', field: `ways.${i}.next` }, kind: 'wait' })
  const points = layoutJourney(graph)
  const boxes = graph.nodes.map((node) => ({ ...(points.get(node.id) ?? { x: 0, y: 0 }), width: cardWidth(node) }))
  expect(Math.max(...boxes.map((box) => box.width))).toBeGreaterThan(nodeWidth)
  for (const [index, one] of boxes.entries())
    for (const other of boxes.slice(index + 1)) {
      const apart = one.x + one.width <= other.x || other.x + other.width <= one.x || Math.abs(one.y - other.y) >= nodeHeight
      expect(apart).toBe(true)
    }
})

it('survives a cycle and keeps a place that the operator chose', () => {
  let graph = graphReducer(blankJourney(), { type: 'insert', edge: entrance, kind: 'wait_event' })
  graph = graphReducer(graph, { type: 'insert', edge: { from: 'wait_event_1', field: 'onTimeout' }, kind: 'send' })
  graph = graphReducer(graph, { type: 'connect', edge: { from: 'send_1', field: 'next' }, to: 'wait_event_1' })
  graph = graphReducer(graph, { type: 'place', nodes: [{ id: 'send_1', x: 500, y: 33 }] })
  const points = layoutJourney(graph)
  expect(points.get('send_1')).toEqual({ x: 500, y: 33 })
  expect(points.get('wait_event_1')?.y).toBe(0)
})

it('keeps the column below a way that jumps over rows free of cards', () => {
  let graph = graphReducer(blankJourney(), { type: 'insert', edge: entrance, kind: 'wait_event' })
  graph = graphReducer(graph, { type: 'insert', edge: { from: 'wait_event_1', field: 'onTimeout' }, kind: 'send' })
  graph = graphReducer(graph, { type: 'insert', edge: { from: 'send_1', field: 'next' }, kind: 'wait' })
  graph = graphReducer(graph, { type: 'connect', edge: { from: 'wait_1', field: 'next' }, to: 'end' })
  const points = layoutJourney(graph)
  const lane = (points.get('wait_event_1')?.x ?? 0) + nodeWidth * wayShare(0, 2)
  for (const id of ['send_1', 'wait_1']) expect(points.get(id)?.x).toBeGreaterThan(lane)
})

it('draws sixty steps in rows without overlaps, each below what leads to it, and not much wider than the widest row', () => {
  let graph = blankJourney()
  const kinds = ['send', 'wait_event', 'wait', 'condition', 'split', 'send'] as const
  for (let i = 0; graph.nodes.length < 60; i++) {
    const from = graph.nodes[(i * 7) % graph.nodes.length]
    const exits = from === undefined ? [] : nodeExits(from)
    const exit = exits[i % Math.max(1, exits.length)]
    const edge = from === undefined || exit === undefined ? entrance : { from: from.id, field: exit.field }
    graph = graphReducer(graph, { type: 'insert', edge, kind: kinds[i % kinds.length] ?? 'send' })
  }
  const points = layoutJourney(graph)
  const boxes = graph.nodes.map((node) => ({ ...(points.get(node.id) ?? { x: 0, y: 0 }), width: cardWidth(node) }))
  for (const [index, one] of boxes.entries())
    for (const other of boxes.slice(index + 1))
      expect(one.x + one.width <= other.x || other.x + other.width <= one.x || Math.abs(one.y - other.y) >= nodeHeight).toBe(true)
  expect(Math.min(...boxes.map(({ x }) => x))).toBe(0)
  for (const node of graph.nodes)
    for (const { to } of nodeExits(node)) expect(points.get(to)?.y ?? 0).toBeGreaterThan(points.get(node.id)?.y ?? 0)
  const rows = Map.groupBy(boxes, ({ y }) => y)
  const needed = Math.max(...[...rows.values()].map((row) => row.reduce((sum, { width }) => sum + width + 36, 0)))
  expect(Math.max(...boxes.map(({ x, width }) => x + width))).toBeLessThan(needed * 2.5)
})
