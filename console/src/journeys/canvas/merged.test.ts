import { journeyDefinitionSchema } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { mergedJourney } from './merged.ts'

const wait = (id: string, amount: number, next: string) => ({ id, kind: 'wait', duration: { amount, unit: 'hour' }, next })
const end = { id: 'end', kind: 'exit' }
const journey = (...nodes: object[]) =>
  journeyDefinitionSchema.parse({ trigger: { kind: 'event', event: 'A' }, start: 'a', nodes: [...nodes, end] })

test('two versions are one drawing: what came, what went, what is otherwise, and the ways of each', () => {
  const before = journey(wait('a', 1, 'b'), wait('b', 1, 'c'), wait('c', 1, 'end'))
  const after = journey(wait('a', 2, 'b'), wait('b', 1, 'd'), wait('d', 1, 'end'))
  const { definition, marks, ways } = mergedJourney(before, after)
  expect(definition.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'd', 'end', 'c'])
  expect(Object.fromEntries(marks)).toEqual({ a: 'changed', b: 'changed', c: 'removed', d: 'added' })
  expect(Object.fromEntries(ways)).toEqual({ 'b next': 'changed', 'c next': 'removed', 'd next': 'added' })
})

test('the same versions have no marks, and cards stay where they stand', () => {
  const one = journey({ ...wait('a', 1, 'end'), place: { x: 7, y: 8 } })
  expect(mergedJourney(one, one)).toEqual({ definition: one, marks: new Map(), ways: new Map() })
})
