import { expect, it } from 'vitest'
import { compareJourneys, isDifferent } from './compare.ts'
import { blankJourney, graphReducer } from './graph.ts'

it('tells added, removed and changed steps, and ignores where cards stand', () => {
  const live = graphReducer(blankJourney(), { type: 'insert', edge: { from: null, field: 'next' }, kind: 'wait' })
  expect(isDifferent(compareJourneys(graphReducer(live, { type: 'place', id: 'wait_1', x: 5, y: 5 }), live))).toBe(false)
  const longer = graphReducer(live, { type: 'patch', id: 'wait_1', patch: { duration: { amount: 2, unit: 'day' } } })
  expect(compareJourneys(longer, live).changed.map((node) => node.id)).toEqual(['wait_1'])
  const without = graphReducer(live, { type: 'remove', id: 'wait_1' })
  expect(compareJourneys(without, live)).toMatchObject({ removed: [{ id: 'wait_1' }], added: [], settings: true })
})

it('does not mind in which order a store keeps the fields', () => {
  const live = blankJourney()
  const turned = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(live).reverse())))
  expect(isDifferent(compareJourneys(turned, live))).toBe(false)
})
