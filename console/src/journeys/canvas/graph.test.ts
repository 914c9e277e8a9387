import { type JourneyDefinition, journeyDefinitionSchema, nodeExits } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startHistory, withHistory } from '../../ui/history.ts'
import { blankJourney, canRemove, type GraphAction, graphReducer } from './graph.ts'
import { edgesTo, nodeOf, reachable } from './graph-basics.ts'
import { type UntilPatch, wayPatch } from './node-edits.ts'

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

  it('gives a wait for a date a way out for those without one, and takes it away again', () => {
    const graph = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'wait_until' })
    const birthday = { kind: 'date', attribute: 'birthday', yearly: true, days: -3, at: '10:00' } as const
    const dated = run(graph, { type: 'until', id: 'wait_until_1', until: birthday })
    expect(nodeOf(dated, 'wait_until_1')).toMatchObject({ next: 'end', until: { ...birthday, otherwise: 'exit_1' } })
    const later = run(dated, { type: 'until', id: 'wait_until_1', until: { ...birthday, days: 2 } })
    expect(nodeOf(later, 'wait_until_1')).toMatchObject({ until: { days: 2, otherwise: 'exit_1' } })
    expect(run(later, { type: 'until', id: 'wait_until_1', until: { kind: 'time', at: '09:00' } })).toEqual(graph)
  })

  it('adds, moves and removes ways of a branch with what only they led to', () => {
    const graph = run(
      blankJourney(),
      { type: 'insert', edge: entrance, kind: 'branch' },
      { type: 'way_add', id: 'branch_1' },
      { type: 'insert', edge: { from: 'branch_1', field: 'ways.1.next' }, kind: 'send' },
      { type: 'patch', id: 'branch_1', patch: wayPatch(1, { name: 'vip', rule: { kind: 'tag', tag: 'vip' } }) },
      { type: 'way_move', id: 'branch_1', index: 1, by: -1 },
    )
    expect(nodeOf(graph, 'branch_1')).toMatchObject({
      ways: [
        { id: 'b', name: 'vip', rule: { kind: 'tag', tag: 'vip' }, next: 'send_1' },
        { id: 'a', next: 'end' },
      ],
      otherwise: 'exit_1',
    })
    const without = run(graph, { type: 'way_remove', id: 'branch_1', index: 0 })
    expect(without.nodes.map((node) => node.id).sort()).toEqual(['branch_1', 'end', 'exit_1'])
    expect(run(without, { type: 'way_remove', id: 'branch_1', index: 0 })).toEqual(without)
  })

  it('keeps the shares of a split at 100: equal after a way more or less, and of two the other takes the rest', () => {
    const shares = (graph: JourneyDefinition) => {
      const node = nodeOf(graph, 'split_1')
      return node?.kind === 'split' ? node.ways.map((way) => way.share) : []
    }
    const graph = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'split' })
    expect(shares(graph)).toEqual([50, 50])
    expect(shares(run(graph, { type: 'patch', id: 'split_1', patch: wayPatch(1, { share: 10.1 }) }))).toEqual([89.9, 10.1])
    const three = run(graph, { type: 'way_add', id: 'split_1' })
    expect(shares(three)).toEqual([33.34, 33.33, 33.33])
    expect(shares(run(three, { type: 'patch', id: 'split_1', patch: wayPatch(0, { share: 50 }) }))).toEqual([50, 33.33, 33.33])
    expect(shares(run(three, { type: 'way_remove', id: 'split_1', index: 2 }))).toEqual([50, 50])
  })

  it('ends the way of the control group, of which there is one', () => {
    const graph = run(
      blankJourney(),
      { type: 'insert', edge: entrance, kind: 'split' },
      { type: 'insert', edge: { from: 'split_1', field: 'ways.0.next' }, kind: 'send' },
      { type: 'patch', id: 'split_1', patch: wayPatch(1, { control: true }) },
    )
    expect(nodeOf(graph, 'split_1')).toMatchObject({ ways: [{ next: 'send_1' }, { next: 'exit_1', control: true }] })
    const other = run(graph, { type: 'patch', id: 'split_1', patch: wayPatch(0, { control: true }) })
    expect(nodeOf(other, 'send_1')).toBeUndefined()
    expect(nodeOf(other, 'split_1')).toMatchObject({ ways: [{ control: true }, { id: 'b', name: '', share: 50, next: 'exit_1' }] })
  })

  it('takes the tests of the trigger off a condition with the last of them', () => {
    const graph = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'condition' })
    const asked = run(graph, { type: 'patch', id: 'condition_1', patch: { triggerFilters: [{ property: 'plan', op: 'exists' }] } })
    expect(nodeOf(asked, 'condition_1')).toMatchObject({ triggerFilters: [{ property: 'plan' }] })
    expect(run(asked, { type: 'patch', id: 'condition_1', patch: { triggerFilters: [] } })).toEqual(graph)
  })

  it('stays whole through any edits, and undo brings back exactly what was', () => {
    const kind = fc.constantFrom('send', 'wait', 'wait_event', 'wait_until', 'condition', 'branch', 'split', 'exit')
    const step = fc.record({
      what: fc.constantFrom('insert', 'remove', 'connect', 'duplicate', 'until', 'way_add', 'way_remove', 'way_move', 'control'),
      node: fc.nat(20),
      exit: fc.nat(3),
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
          const { id } = from
          const until: UntilPatch =
            exit % 2 === 0 ? { kind: 'time', at: '09:00' } : { kind: 'date', attribute: 'day', yearly: true, days: 0, at: '09:00' }
          const actions: Record<typeof what, GraphAction> = {
            insert: { type: 'insert', edge: from.kind === 'exit' ? entrance : edge, kind },
            connect: { type: 'connect', edge, to: goal.id },
            remove: { type: 'remove', id },
            duplicate: { type: 'duplicate', id },
            until: { type: 'until', id, until },
            way_add: { type: 'way_add', id },
            way_remove: { type: 'way_remove', id, index: exit },
            way_move: { type: 'way_move', id, index: exit, by: 1 },
            control: { type: 'patch', id, patch: wayPatch(exit, { control: true }) },
          }
          const action = actions[what]
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
