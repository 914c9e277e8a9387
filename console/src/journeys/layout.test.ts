import type { JourneyDefinition } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import { blankJourney, graphReducer } from './graph.ts'
import { firstWayShare, layoutJourney, nodeHeight, nodeWidth } from './layout.ts'

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

it('survives a cycle and keeps a place that the operator chose', () => {
  let graph = graphReducer(blankJourney(), { type: 'insert', edge: entrance, kind: 'wait_event' })
  graph = graphReducer(graph, { type: 'insert', edge: { from: 'wait_event_1', field: 'onTimeout' }, kind: 'send' })
  graph = graphReducer(graph, { type: 'connect', edge: { from: 'send_1', field: 'next' }, to: 'wait_event_1' })
  graph = graphReducer(graph, { type: 'place', id: 'send_1', x: 500, y: 33 })
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
  const lane = (points.get('wait_event_1')?.x ?? 0) + nodeWidth * firstWayShare
  for (const id of ['send_1', 'wait_1']) expect(points.get(id)?.x).toBeGreaterThan(lane)
})
