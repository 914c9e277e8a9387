import { type JourneyDefinition, journeyDefinitionSchema, nodeExits } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startHistory, withHistory } from '../ui/history.ts'
import { blankJourney, canRemove, edgesTo, type GraphAction, graphReducer, nodeOf, reachable } from './graph.ts'

const run = (definition: JourneyDefinition, ...actions: GraphAction[]): JourneyDefinition => actions.reduce(graphReducer, definition)
const entrance = { from: null, field: 'next' } as const

describe('editing a journey graph', () => {
  it('puts a node on an edge: it leads where the edge led', () => {
    const graph = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'send' })
    expect(graph.start).toBe('send_1')
    expect(nodeOf(graph, 'send_1')).toMatchObject({ next: 'end' })
  })

  it('gives the second way out of a branch an exit of its own', () => {
    const graph = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'wait_event' })
    expect(nodeOf(graph, 'wait_event_1')).toMatchObject({ next: 'end', onTimeout: 'exit_1' })
    expect(nodeOf(graph, 'exit_1')?.kind).toBe('exit')
  })

  it('removes a branch with what only it led to, and keeps the main path', () => {
    const graph = run(
      blankJourney(),
      { type: 'insert', edge: entrance, kind: 'condition' },
      { type: 'insert', edge: { from: 'condition_1', field: 'otherwise' }, kind: 'send' },
      { type: 'remove', id: 'condition_1' },
    )
    expect(graph.start).toBe('end')
    expect(graph.nodes.map((node) => node.id)).toEqual(['end'])
  })

  it('keeps an exit while a path ends there, and lets it go after reconnecting', () => {
    const graph = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'condition' })
    expect(canRemove(graph, 'exit_1')).toBe(false)
    expect(run(graph, { type: 'remove', id: 'exit_1' })).toEqual(graph)
    const joined = run(graph, { type: 'connect', edge: { from: 'condition_1', field: 'otherwise' }, to: 'end' })
    expect(nodeOf(joined, 'exit_1')).toBeUndefined()
    expect(edgesTo(joined, 'end')).toHaveLength(2)
  })

  it('ends a path where an exit is put', () => {
    const graph = run(
      blankJourney(),
      { type: 'insert', edge: entrance, kind: 'wait' },
      { type: 'insert', edge: { from: 'wait_1', field: 'next' }, kind: 'send' },
      { type: 'insert', edge: { from: 'wait_1', field: 'next' }, kind: 'exit' },
    )
    expect(graph.nodes.map((node) => node.id).sort()).toEqual(['exit_1', 'wait_1'])
  })

  it('changes only the fields that a node of this kind has', () => {
    const graph = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'wait' })
    const next = run(graph, { type: 'patch', id: 'wait_1', patch: { duration: { amount: 3, unit: 'day' }, template: 'x' } })
    expect(nodeOf(next, 'wait_1')).toEqual({ id: 'wait_1', kind: 'wait', name: '', duration: { amount: 3, unit: 'day' }, next: 'end' })
  })

  it('stays whole through any edits, and undo brings back exactly what was', () => {
    const kind = fc.constantFrom('send' as const, 'wait' as const, 'wait_event' as const, 'condition' as const, 'exit' as const)
    const step = fc.record({
      what: fc.constantFrom('insert', 'remove', 'connect', 'duplicate'),
      node: fc.nat(20),
      exit: fc.nat(1),
      kind,
      to: fc.nat(20),
    })
    const reduce = withHistory(graphReducer)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        let history = startHistory(blankJourney())
        for (const { what, node, exit, kind, to } of steps) {
          const graph = history.present
          const from = graph.nodes[node % graph.nodes.length] ?? graph.nodes[0]
          const goal = graph.nodes[to % graph.nodes.length]
          if (from === undefined || goal === undefined) continue
          const exits = nodeExits(from)
          const edge = { from: from.id, field: exits[exit % Math.max(1, exits.length)]?.field ?? ('next' as const) }
          const action: GraphAction =
            what === 'insert'
              ? { type: 'insert', edge: from.kind === 'exit' ? entrance : edge, kind }
              : what === 'connect'
                ? { type: 'connect', edge, to: goal.id }
                : what === 'remove'
                  ? { type: 'remove', id: from.id }
                  : { type: 'duplicate', id: from.id }
          const before = history
          history = reduce(history, { type: 'do', action })
          if (history !== before) expect(reduce(history, { type: 'undo' }).present).toBe(before.present)
          const ids = new Set(history.present.nodes.map((n) => n.id))
          expect(ids.size).toBe(history.present.nodes.length)
          expect(ids.has(history.present.start)).toBe(true)
          for (const n of history.present.nodes) for (const e of nodeExits(n)) expect(ids.has(e.to)).toBe(true)
        }
        expect(reachable(history.present).size).toBeGreaterThan(0)
      }),
    )
  })

  it('makes a definition that the contract accepts once the templates are chosen', () => {
    const graph = run(
      blankJourney(),
      { type: 'insert', edge: entrance, kind: 'send' },
      { type: 'insert', edge: { from: 'send_1', field: 'next' }, kind: 'wait_event' },
      { type: 'patch', id: 'send_1', patch: { template: 'welcome' } },
    )
    expect(journeyDefinitionSchema.safeParse(graph).success).toBe(true)
  })
})

describe('undo and redo', () => {
  const reduce = withHistory((state: number, add: number) => state + add)
  it('takes typing in one field as one step, and forgets the redo after a new edit', () => {
    let history = startHistory(0)
    history = reduce(history, { type: 'do', action: 1, merge: 'name' })
    history = reduce(history, { type: 'do', action: 1, merge: 'name' })
    history = reduce(history, { type: 'do', action: 10 })
    expect(history.present).toBe(12)
    history = reduce(history, { type: 'undo' })
    history = reduce(history, { type: 'undo' })
    expect(history.present).toBe(0)
    history = reduce(history, { type: 'redo' })
    expect(history.present).toBe(2)
    history = reduce(history, { type: 'do', action: 5 })
    expect(reduce(history, { type: 'redo' })).toBe(history)
  })
})
