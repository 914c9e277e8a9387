import { type JourneyDefinition, journeyDefinitionSchema, journeyProblems, nodeExits } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blankJourney, type GraphAction, graphReducer } from './graph.ts'
import { type EdgeRef, nodeOf } from './graph-basics.ts'
import { behind, partIn, partOf, partText } from './graph-selection.ts'
import { wayPatch } from './node-edits.ts'

const run = (definition: JourneyDefinition, ...actions: GraphAction[]): JourneyDefinition => actions.reduce(graphReducer, definition)
const entrance = { from: null, field: 'next' } as const
const ways = (definition: JourneyDefinition) =>
  Object.fromEntries(
    definition.nodes.map((node) => [
      node.id,
      nodeExits(node)
        .map(({ to }) => to)
        .join(),
    ]),
  )
const ids = (definition: JourneyDefinition) => definition.nodes.map((node) => node.id).sort()

/** wait_1 → wait_event_1 → send_1 → end, and from wait_event_1 too late → exit_1. */
const journey = run(
  blankJourney(),
  { type: 'insert', edge: entrance, kind: 'send' },
  { type: 'insert', edge: entrance, kind: 'wait_event' },
  { type: 'insert', edge: entrance, kind: 'wait' },
)
const part = (definition: JourneyDefinition, ...chosen: string[]) => {
  const found = partOf(definition, chosen)
  if (found === null) throw new Error('nothing was chosen')
  return found
}

describe('several steps at once', () => {
  it('are doubled on the way by which people leave them, with ids of their own; other ways out join where they led', () => {
    const copy = part(journey, 'wait_event_1', 'wait_1')
    expect(copy.nodes.map((node) => node.id)).toEqual(['wait_1', 'wait_event_1'])
    const edge = behind(copy)
    expect(edge).toEqual({ from: 'wait_event_1', field: 'next' })
    expect(ways(run(journey, { type: 'paste', part: copy, edge, own: true }))).toEqual({
      wait_1: 'wait_event_1',
      wait_event_1: 'wait_2,exit_1',
      wait_2: 'wait_event_2',
      wait_event_2: 'send_1,exit_1',
      send_1: 'end',
      exit_1: '',
      end: '',
    })
  })

  it('go to another journey by the clipboard: what led out of them ends there, or goes on by the way that they are put on', () => {
    const taken = partIn(partText(part(journey, 'wait_1', 'wait_event_1'), 'first'))
    expect(taken?.from).toBe('first')
    if (taken === null) return
    const other = run(blankJourney(), { type: 'insert', edge: entrance, kind: 'send' })
    expect(ways(run(other, { type: 'paste', part: taken, edge: { from: 'send_1', field: 'next' }, own: false }))).toEqual({
      send_1: 'wait_1',
      wait_1: 'wait_event_1',
      wait_event_1: 'end,exit_1',
      exit_1: '',
      end: '',
    })
    const loose = run(other, { type: 'paste', part: taken, edge: null, own: false })
    expect(ways(loose)).toMatchObject({ send_1: 'end', wait_1: 'wait_event_1', wait_event_1: 'exit_1,exit_1' })
    expect(partIn('hello')).toBeNull()
    expect(partIn('{"kind":"chaoxi-journey-part","nodes":[{"id":"x","kind":"nonsense"}]}')).toBeNull()
  })

  it('are removed together: people go on to where they led, and what only they led to goes too', () => {
    const without = run(journey, { type: 'remove_all', ids: ['wait_1', 'wait_event_1'] })
    expect(ways(without)).toEqual({ send_1: 'end', end: '' })
    expect(without.start).toBe('send_1')
    expect(ways(run(journey, { type: 'remove_all', ids: ['wait_event_1', 'send_1', 'exit_1'] }))).toEqual({ wait_1: 'end', end: '' })
    // An exit that somebody is led to stays.
    expect(run(journey, { type: 'remove_all', ids: ['end'] })).toBe(journey)
    const all = run(journey, { type: 'remove_all', ids: ids(journey) })
    expect(all.nodes).toMatchObject([{ kind: 'exit' }])
    expect(journeyProblems(all)).toEqual([])
  })

  it('are placed together with notes, in one step', () => {
    const noted = run(journey, { type: 'note_add', x: 1, y: 2, by: '兰兰', at: '2026-03-01T00:00:00.000Z' })
    const moved = run(noted, { type: 'place', nodes: [{ id: 'wait_1', x: 10.4, y: 20 }], notes: [{ id: 'note_1', x: 5, y: 6 }] })
    expect(nodeOf(moved, 'wait_1')).toMatchObject({ place: { x: 10, y: 20 } })
    expect(moved.notes).toMatchObject([{ id: 'note_1', place: { x: 5, y: 6 } }])
  })

  it('leave the journey whole whatever is copied, put down and removed', () => {
    const kinds = fc.constantFrom('send', 'wait', 'wait_event', 'condition', 'branch', 'split', 'grant', 'exit', 'wait_until')
    const step = fc.record({
      what: fc.constantFrom('insert', 'paste', 'loose', 'foreign', 'remove', 'control'),
      kind: kinds,
      at: fc.nat(40),
      exit: fc.nat(3),
    })
    const chosen = fc.array(fc.nat(40), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(fc.tuple(step, chosen), { maxLength: 14 }), (steps) => {
        let graph = blankJourney()
        for (const [{ what, kind, at, exit }, picks] of steps) {
          const from = graph.nodes[at % graph.nodes.length]
          const exits = from === undefined ? [] : nodeExits(from)
          const field = exits[exit % Math.max(1, exits.length)]?.field
          const edge: EdgeRef = from === undefined || field === undefined ? entrance : { from: from.id, field }
          const names = picks.flatMap((pick) => graph.nodes[pick % graph.nodes.length]?.id ?? [])
          const copy = part(graph, ...names)
          const actions: Record<typeof what, GraphAction> = {
            insert: { type: 'insert', edge, kind },
            paste: { type: 'paste', part: copy, edge, own: true },
            loose: { type: 'paste', part: copy, edge: null, own: true },
            foreign: { type: 'paste', part: copy, edge, own: false },
            remove: { type: 'remove_all', ids: names },
            control: { type: 'patch', id: from?.id ?? '', patch: wayPatch(exit, { control: true }) },
          }
          graph = run(graph, actions[what])
          const known = new Set(ids(graph))
          expect(known.size).toBe(graph.nodes.length)
          expect(known.has(graph.start)).toBe(true)
          for (const node of graph.nodes) for (const { to } of nodeExits(node)) expect(known.has(to)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('notes', () => {
  const signed = { by: '兰兰', at: '2026-03-01T00:00:00.000Z' }
  it('are written, signed by who wrote last, and removed; nothing that runs changes', () => {
    const added = run(journey, { type: 'note_add', x: 1.2, y: 2, ...signed })
    const later = { by: '老王', at: '2026-03-02T00:00:00.000Z' }
    const written = run(added, { type: 'note_write', id: 'note_1', text: '五月改文案', ...later })
    expect(written.notes).toEqual([{ id: 'note_1', text: '五月改文案', place: { x: 1, y: 2 }, ...later }])
    expect(journeyDefinitionSchema.parse({ ...blankJourney(), notes: written.notes }).notes).toEqual(written.notes)
    expect(journeyProblems(written)).toEqual(journeyProblems(journey))
    expect(run(written, { type: 'note_remove', id: 'note_1' })).toEqual(journey)
  })
})
