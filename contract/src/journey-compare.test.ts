import { expect, test } from 'vitest'
import { journeyDefinitionSchema } from './journey.ts'
import { compareJourneys, isDifferent, nodeChanges, settingsChanges } from './journey-compare.ts'

const live = journeyDefinitionSchema.parse({
  trigger: { kind: 'event', event: 'Signed Up' },
  start: 'w',
  nodes: [
    { id: 'w', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 'b' },
    {
      id: 'b',
      kind: 'branch',
      ways: [
        { id: 'a', rule: { kind: 'tag', tag: 'vip' }, next: 'end' },
        { id: 'b', rule: { kind: 'tag', tag: 'new' }, next: 'end' },
      ],
      otherwise: 'end',
    },
    { id: 'end', kind: 'exit' },
  ],
})
const [wait, branch, end] = live.nodes
if (wait?.kind !== 'wait' || branch?.kind !== 'branch' || end === undefined) throw new Error('not the nodes above')

test('tells added, removed and changed steps, and ignores where cards stand and in which order things are kept', () => {
  const placed = { ...live, nodes: [end, branch, { ...wait, place: { x: 5, y: 5 } }] }
  expect(isDifferent(compareJourneys(placed, live))).toBe(false)
  const turned = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(live).reverse())))
  expect(isDifferent(compareJourneys(turned, live))).toBe(false)
  const longer = { ...live, nodes: [{ ...wait, duration: { amount: 2, unit: 'day' as const } }, branch, end] }
  expect(compareJourneys(longer, live)).toMatchObject({ changed: [{ id: 'w' }], added: [], removed: [], settings: false })
  const without = { ...live, start: 'b', nodes: [branch, end] }
  expect(compareJourneys(without, live)).toMatchObject({ removed: [{ id: 'w' }], added: [], settings: true })
  expect(settingsChanges(live, without)).toEqual([{ path: 'start', before: 'w', after: 'b' }])
})

test('a change is told by the smallest part that differs, ways by their names and their order by itself', () => {
  const hour = { amount: 1, unit: 'hour' }
  expect(nodeChanges(wait, { ...wait, duration: { amount: 2, unit: 'hour' } })).toEqual([
    { path: 'duration', before: hour, after: { amount: 2, unit: 'hour' } },
  ])
  const [first, second] = branch.ways
  if (first === undefined || second === undefined) throw new Error('not the ways above')
  const other = { ...second, rule: { kind: 'tag' as const, tag: 'newcomer' } }
  expect(nodeChanges(branch, { ...branch, ways: [other, first] })).toEqual([
    { path: 'ways[b].rule.tag', before: 'new', after: 'newcomer' },
    { path: 'ways, in this order', before: ['a', 'b'], after: ['b', 'a'] },
  ])
  expect(nodeChanges(branch, { ...branch, ways: [first] })).toEqual([{ path: 'ways[b]', before: second, after: undefined }])
})
