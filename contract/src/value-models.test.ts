import { expect, test } from 'vitest'
import { modeProblems, type TagValue, tagValuesSchema, valuesProblems } from './tag-values.ts'
import {
  lifecycleSchema,
  lifecycleValues,
  modelProblems,
  modelValues,
  preferenceSchema,
  preferenceValues,
  rfmSchema,
  rfmValues,
  sameJson,
  type ValueModel,
  valueBandsSchema,
  valueBandValues,
  valueModelDefaults,
  valueModelSchema,
} from './value-models.ts'

const { lifecycle, bands, preference, rfm } = valueModelDefaults

test('each model writes values that a tag can have', () => {
  const written = [lifecycleValues(lifecycle), valueBandValues(bands), rfmValues(rfm)]
  expect(written.map((values) => values.map((one) => one.value))).toEqual([
    ['新客', '回流', '活跃', '沉睡风险', '流失'],
    ['高价值', '中价值', '潜力', '低价值'],
    ['重要价值', '重要发展', '重要保持', '重要挽留', '一般价值', '一般发展', '一般保持', '一般挽留'],
  ])
  for (const values of written) {
    expect(tagValuesSchema.parse(values)).toEqual(values)
    expect(modeProblems({ mode: 'valued', rule: null, values })).toEqual([])
    expect(valuesProblems(values)).toEqual([])
  }
})

test('in English they say the same under other names', () => {
  const rules = (values: readonly TagValue[]) => values.map((one) => one.rule)
  expect(rules(lifecycleValues(lifecycle, 'en'))).toEqual(rules(lifecycleValues(lifecycle)))
  expect(lifecycleValues(lifecycle, 'en').map((one) => one.value)).toEqual(['New', 'Regained', 'Active', 'At risk', 'Lost'])
  expect(modeProblems({ mode: 'valued', rule: null, values: rfmValues(rfm, 'en') })).toEqual([])
  expect(modeProblems({ mode: 'valued', rule: null, values: valueBandValues(bands, 'en') })).toEqual([])
})

test('boundaries that contradict one another are refused at their field', () => {
  const wrong = (parsed: { error?: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined }) =>
    parsed.error?.issues.map((issue) => issue.path.join('.'))
  expect(wrong(lifecycleSchema.safeParse({ ...lifecycle, lostDays: lifecycle.activeDays }))).toEqual(['lostDays'])
  expect(wrong(valueBandsSchema.safeParse({ ...bands, high: bands.mid }))).toEqual(['high'])
  expect(wrong(rfmSchema.safeParse({ ...rfm, recencyDays: rfm.days }))).toEqual(['recencyDays'])
  expect(wrong(rfmSchema.safeParse({ ...rfm, frequency: 0 }))).toEqual(['frequency'])
})

const models: readonly ValueModel[] = [
  { kind: 'lifecycle', settings: lifecycle },
  { kind: 'bands', settings: bands },
  { kind: 'rfm', settings: rfm },
  { kind: 'preference', settings: { ...preference, values: ['美妆', '母婴', 7] } },
  { kind: 'preference', settings: { ...preference, by: 'hour', property: '', values: [6, 18] } },
]

test('a model stands for the rules that it writes, whatever the values are called and however the fields are ordered', () => {
  for (const model of models) {
    expect(valueModelSchema.parse(model)).toEqual(model)
    const values = modelValues(model)
    const renamed = modelValues(
      model,
      'en',
      values.map((_, i) => `v${i}`),
    )
    expect(renamed.map((one) => one.value)).toEqual(values.map((_, i) => `v${i}`))
    const reordered = renamed.map(({ value, rule }) => ({ rule: Object.fromEntries(Object.entries(rule).reverse()), value }))
    expect(modelProblems({ model, values: tagValuesSchema.parse(reordered) })).toEqual([])
    expect(modelProblems({ model: null, values })).toEqual([])
    const [first, ...others] = values
    for (const edited of [others, [...others, ...(first === undefined ? [] : [first])], []])
      expect(modelProblems({ model, values: edited })).toMatchObject([{ path: 'model' }])
  }
})

test('a preference beyond the first rank gives several values at once, and says so', () => {
  const model: ValueModel = { kind: 'preference', settings: { ...preference, rank: 2, values: ['美妆', '母婴'] } }
  const values = modelValues(model)
  expect(values.map((one) => one.value)).toEqual(['美妆', '母婴'])
  expect(valuesProblems(values)).toEqual([])
  expect(modelProblems({ model, values, several: true })).toEqual([])
  expect(modelProblems({ model, values })).toMatchObject([{ path: 'several' }])
  const first: ValueModel = { kind: 'preference', settings: { ...preference, values: ['美妆', '母婴'] } }
  expect(modelProblems({ model: first, values: modelValues(first), several: true })).toMatchObject([{ path: 'several' }])
  const wrong = (list: readonly (string | number)[]) =>
    preferenceSchema.safeParse({ ...preference, values: list }).error?.issues.map((issue) => issue.path.join('.'))
  expect(wrong(['美妆'])).toEqual(['values'])
  expect(wrong(['7', 7])).toEqual(['values'])
  expect(wrong(['美妆', ''])).toEqual(['values.1'])
})

test('a preference by bands or hours has a value from each edge to the next', () => {
  const named = (settings: object, language: 'zh' | 'en' = 'zh') => {
    const values = preferenceValues(preferenceSchema.parse({ ...preference, ...settings }), language)
    expect(valuesProblems(values)).toEqual([])
    return values.map((one) => one.value)
  }
  expect(named({ by: 'band', property: 'price', values: [0, 100, 300] })).toEqual(['0–100', '100–300', '300 以上'])
  expect(named({ by: 'band', property: 'price', values: [0, 99.5] }, 'en')).toEqual(['0–99.5', '99.5 or more'])
  expect(named({ by: 'hour', property: '', values: [6, 18, 23] })).toEqual(['6–18 点', '18–23 点', '23–6 点'])
  const wrong = (settings: object) =>
    preferenceSchema.safeParse({ ...preference, ...settings }).error?.issues.map((issue) => issue.path.join('.'))
  expect(wrong({ by: 'band', values: [100, 0] })).toEqual(['values'])
  expect(wrong({ by: 'hour', values: [6, 24] })).toEqual(['values'])
  expect(wrong({ by: 'hour', values: [6, '18'] })).toEqual(['values'])
  expect(wrong({ property: '', values: ['a', 'b'] })).toEqual(['property'])
})

test('names in another number than the values are left out', () => {
  const model: ValueModel = { kind: 'bands', settings: bands }
  expect(modelValues(model, 'zh', ['高'])).toEqual(valueBandValues(bands))
})

test('the same JSON is told from other', () => {
  expect(sameJson({ a: [1, { b: null }], c: undefined }, { a: [1, { b: null }] })).toBe(true)
  for (const [one, other] of [
    [[1], { 0: 1 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: null }, {}],
    [null, {}],
    ['1', 1],
    [[1, 2], [1]],
  ])
    expect(sameJson(one, other)).toBe(false)
})
