import { modelProblems, type ValueModel, valueModelDefaults } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import {
  askedFields,
  byDistribution,
  draftOfModel,
  isSeveral,
  isStale,
  namesIn,
  newDraft,
  readModel,
  valuesOfModel,
  withRankedBy,
  withTaken,
} from './model-draft.ts'

const taken = { takenOn: '2026-11-22', people: 9, boundaries: { recencyDays: 31, frequency: 2, amount: 88.01 }, sizes: [] }

test('a model that is stored is the same again through its form', () => {
  const quantiles = { recent: 20, frequent: 40, much: 60, again: 'never' as const, takenOn: '2026-11-01' }
  const models: ValueModel[] = [
    { kind: 'lifecycle', settings: valueModelDefaults.lifecycle },
    { kind: 'bands', settings: valueModelDefaults.bands },
    { kind: 'rfm', settings: valueModelDefaults.rfm },
    { kind: 'rfm', settings: { ...valueModelDefaults.rfm, quantiles } },
    { kind: 'preference', settings: { ...valueModelDefaults.preference, values: ['美妆', 7] } },
  ]
  for (const model of models) {
    const draft = draftOfModel(model)
    expect(draft && readModel(draft)).toEqual({ model, wrong: new Set() })
  }
  expect(draftOfModel(null)).toBe(null)
})

test('fields that are missing or contradict one another are told, and nothing is written then', () => {
  const lifecycle = newDraft('lifecycle')
  const wrong = (settings: object) => [...readModel({ ...lifecycle, settings: { ...lifecycle.settings, ...settings } }).wrong]
  expect(wrong({ lostDays: 1 })).toEqual(['lostDays'])
  expect(wrong({ newDays: null, event: '' })).toEqual(['event', 'newDays'])
  expect(valuesOfModel({ ...lifecycle, settings: {} }, 'zh', [])).toBe(null)
})

test('the values of a preference keep their names by what they ask for, and beyond the first rank stand side by side', () => {
  const draft = newDraft('preference')
  expect([...readModel(draft).wrong]).toEqual(['values'])
  const chosen = { ...draft, settings: { ...draft.settings, values: ['美妆', 7] } }
  expect(isSeveral(chosen)).toBe(false)
  const written = valuesOfModel(chosen, 'zh', namesIn(chosen, [], 'zh')) ?? []
  expect(written.map((one) => one.value)).toEqual(['美妆', '7'])
  const called = written.map((one) => (one.value === '7' ? { ...one, value: '七号' } : one))
  const more = { ...chosen, settings: { ...chosen.settings, rank: 2, values: ['鞋', 7] } }
  expect(isSeveral(more)).toBe(true)
  const prices = withRankedBy({ ...chosen, settings: { ...chosen.settings, property: 'price' } }, 'band')
  const bands = valuesOfModel(prices, 'zh', namesIn(prices, written, 'zh')) ?? []
  expect(bands.map((one) => one.value)).toEqual(['0–100', '100–300', '300–1000', '1000 以上'])
  const other = { ...prices, settings: { ...prices.settings, values: [0, 100, 500] } }
  const renamed = bands.map((one) => (one.value === '0–100' ? { ...one, value: '便宜的' } : one))
  expect(valuesOfModel(other, 'zh', namesIn(other, renamed, 'zh'))?.map((one) => one.value)).toEqual(['便宜的', '100–500', '500 以上'])
  expect(askedFields(withRankedBy(chosen, 'hour'))).not.toContain('property')
  expect(valuesOfModel(more, 'zh', namesIn(more, called, 'zh'))?.map((one) => one.value)).toEqual(['鞋', '七号'])
})

test('boundaries from the distribution are taken anew when what they depend on changes, and only then', () => {
  const asked = byDistribution(newDraft('rfm'), true)
  expect([isStale(asked), readModel(asked).model]).toEqual([true, null])
  const there = withTaken(asked, taken)
  expect(readModel(there).model).toMatchObject({ settings: { ...taken.boundaries, quantiles: { takenOn: '2026-11-22', again: 'month' } } })
  const values = valuesOfModel(there, 'en', [])
  expect(modelProblems({ model: readModel(there).model, values: values ?? [] })).toEqual([])
  if (there.quantiles === null) throw new Error('not by the distribution')
  expect(isStale({ ...there, quantiles: { ...there.quantiles, again: 'week' } })).toBe(false)
  expect(isStale({ ...there, quantiles: { ...there.quantiles, much: 20 } })).toBe(true)
  expect(isStale({ ...there, settings: { ...there.settings, days: 90 } })).toBe(true)
  // Nobody bought: what was there stays, and still has to be taken.
  expect(isStale(withTaken(asked, { ...taken, boundaries: null }))).toBe(true)
  const fixed = byDistribution(there, false)
  expect(readModel(fixed).model?.settings).toMatchObject(taken.boundaries)
  expect(readModel(fixed).model?.settings).not.toHaveProperty('quantiles')
})
