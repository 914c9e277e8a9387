import { z } from 'zod'
import type { Problem } from './errors.ts'
import { type EventRule, type PreferenceSubject, preferenceRankMax, type Rule } from './rule.ts'
import type { RuleWindow } from './rule-window.ts'
import { type TagValue, tagValuesMax, tagValuesMin } from './tag-values.ts'

// Ready models (T3) write the values of a tag: each a rule that an operator can read. A tag keeps the settings of its model, and shows
// them as a form again, as long as its rules are the model's. Boundaries are fixed scales, those of RFM perhaps taken from the shop's
// own distribution; amounts are in the unit of the property (yuan, where the shop sends yuan). The order of the values matters: a
// person has the first that holds, except where a model lets them have several.

const days = z.number().int().min(1).max(3_650)
const times = z.number().int().min(1).max(100_000)
const amount = z.number().min(0).max(1_000_000_000)
const event = z.string().min(1).max(200)
const property = z.string().min(1).max(200)

export const lifecycleSchema = z
  .object({ event, newDays: days, activeDays: days, lostDays: days })
  .refine((one) => one.activeDays < one.lostDays, { path: ['lostDays'], message: 'must be more than the days of the active' })
export type Lifecycle = z.infer<typeof lifecycleSchema>

export const valueBandsSchema = z
  .object({ event, property, days, high: amount, mid: amount, interest: event, interestDays: days, interestTimes: times })
  .refine((one) => one.mid < one.high, { path: ['high'], message: 'must be more than the amount of the middle band' })
export type ValueBands = z.infer<typeof valueBandsSchema>

export const rfmBoundariesSchema = z.object({ recencyDays: days, frequency: times, amount })
export type RfmBoundaries = z.infer<typeof rfmBoundariesSchema>

const topPercent = z.number().int().min(5).max(95).multipleOf(5)
/** How many per cent of the buyers are meant to be high in recency, frequency and monetary value. */
export const rfmSharesSchema = z.object({ recent: topPercent, frequent: topPercent, much: topPercent })
export type RfmShares = z.infer<typeof rfmSharesSchema>

/** When boundaries are taken from the distribution again, counted from the day on which they were. */
export const rfmAgainSchema = z.enum(['week', 'month', 'quarter', 'never'])
export type RfmAgain = z.infer<typeof rfmAgainSchema>

/** What is asked about: purchases, their amount, and over how many days. */
export const rfmSubjectSchema = z.object({ event, property, days })
export type RfmSubject = z.infer<typeof rfmSubjectSchema>

export const rfmSchema = rfmSubjectSchema
  .extend({
    ...rfmBoundariesSchema.shape,
    /** Where the boundaries come from the distribution: how they were taken, and on which day of the workspace's calendar. */
    quantiles: rfmSharesSchema.extend({ again: rfmAgainSchema, takenOn: z.iso.date() }).optional(),
  })
  .refine((one) => one.recencyDays < one.days, { path: ['recencyDays'], message: 'must be less than the days that are looked at' })
export type Rfm = z.infer<typeof rfmSchema>

/**
 * What a person does most, and among how many of the first one has to be. By `value` the tag has these values of the property; by `band`
 * (of the property's numbers) and by `hour` (of the local day, without a property) it has a band from each of them to the next.
 */
export const preferenceSchema = z
  .object({
    event,
    by: z.enum(['value', 'band', 'hour']).default('value'),
    property: z.string().max(200),
    days,
    rank: z.number().int().min(1).max(preferenceRankMax),
    least: times,
    values: z
      .array(z.union([z.string().trim().min(1).max(50), z.number()]))
      .min(tagValuesMin)
      .max(tagValuesMax),
  })
  .refine(({ by, property: of }) => by === 'hour' || of !== '', { path: ['property'], message: 'needed' })
  .refine(({ values }) => new Set(values.map(String)).size === values.length, { path: ['values'], message: 'name each value once' })
  .refine(({ by, values }) => by === 'value' || areEdges(values, by === 'hour'), {
    path: ['values'],
    message: 'bands begin with numbers that go upwards, those of the day with whole hours from 0 to 23',
  })
export type Preference = z.infer<typeof preferenceSchema>

function areEdges(values: readonly (string | number)[], ofDay: boolean): boolean {
  return values.every((value, i) => {
    if (typeof value !== 'number' || (i > 0 && value <= Number(values[i - 1]))) return false
    return !ofDay || (Number.isInteger(value) && value >= 0 && value <= 23)
  })
}

/** Settings to begin with, for a shop that sells several times a quarter. */
export const valueModelDefaults: {
  readonly lifecycle: Lifecycle
  readonly bands: ValueBands
  readonly rfm: Rfm
  /** Without values: they are the shop's own. */
  readonly preference: Preference
} = {
  lifecycle: { event: 'Order Paid', newDays: 30, activeDays: 60, lostDays: 180 },
  bands: {
    event: 'Order Paid',
    property: 'total',
    days: 365,
    high: 2_000,
    mid: 500,
    interest: 'Product Added',
    interestDays: 30,
    interestTimes: 2,
  },
  rfm: { event: 'Order Paid', property: 'total', days: 365, recencyDays: 60, frequency: 3, amount: 1_000 },
  preference: { event: 'Product Viewed', by: 'value', property: 'category', days: 30, rank: 1, least: 3, values: [] },
}
export type ValueModelKind = keyof typeof valueModelDefaults
/** What boundaries are taken by at first: the upper half in each. */
export const rfmSharesDefault: RfmShares = { recent: 50, frequent: 50, much: 50 }

/** What the values are called in the language of who writes them; rules and files then refer to them by these. */
const valueNames = {
  zh: {
    lifecycle: ['新客', '回流', '活跃', '沉睡风险', '流失'],
    bands: ['高价值', '中价值', '潜力', '低价值'],
    rfm: ['重要价值', '重要发展', '重要保持', '重要挽留', '一般价值', '一般发展', '一般保持', '一般挽留'],
  },
  en: {
    lifecycle: ['New', 'Regained', 'Active', 'At risk', 'Lost'],
    bands: ['High value', 'Mid value', 'Potential', 'Low value'],
    rfm: ['Key: value', 'Key: develop', 'Key: keep', 'Key: win back', 'Other: value', 'Other: develop', 'Other: keep', 'Other: win back'],
  },
} as const
type NameLanguage = keyof typeof valueNames

const named = (names: readonly string[], rules: readonly Rule[]): TagValue[] =>
  rules.map((rule, i) => ({ value: names[i] ?? String(i), rule }))

const ever: RuleWindow = { kind: 'ever' }
const within = (amount: number) => ({ kind: 'rolling', amount, unit: 'day' }) as const
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })

const count = (name: string, window: RuleWindow, op: EventRule['op'], value: number): EventRule => ({
  kind: 'event',
  event: name,
  filters: [],
  window,
  measure: { fn: 'count' },
  op,
  value,
})
const sum = (name: string, of: string, window: RuleWindow, op: EventRule['op'], value: number): EventRule => ({
  ...count(name, window, op, value),
  measure: { fn: 'sum', property: of },
})

/**
 * 新客: first bought in the last `newDays`. 回流: bought in the last `activeDays`, nothing from `lostDays` to `activeDays` ago, and
 * before that: whoever was lost is regained with the first order, and stays so for `activeDays`. 活跃: bought in the last
 * `activeDays`; 沉睡风险: in the last `lostDays`; 流失: before that. Who never bought has no stage.
 */
export function lifecycleValues(settings: Lifecycle, language: NameLanguage = 'zh'): TagValue[] {
  const { event: bought, newDays, activeDays, lostDays } = settings
  return named(valueNames[language].lifecycle, [
    { kind: 'occurrence', which: 'first', event: bought, filters: [], window: ever, when: within(newDays), where: [] },
    all(
      count(bought, within(activeDays), 'gte', 1),
      count(bought, { kind: 'relative', from: lostDays, to: activeDays, unit: 'day' }, 'eq', 0),
      count(bought, { kind: 'relative', to: lostDays, unit: 'day' }, 'gte', 1),
    ),
    count(bought, within(activeDays), 'gte', 1),
    count(bought, within(lostDays), 'gte', 1),
    count(bought, ever, 'gte', 1),
  ])
}

/**
 * By what was spent in the last `days`: 高价值 at least `high`, 中价值 at least `mid`; 潜力: less, or nothing, but so often interested
 * in the last `interestDays`; 低价值: bought in that time.
 */
export function valueBandValues(settings: ValueBands, language: NameLanguage = 'zh'): TagValue[] {
  const { event: bought, property: of, high, mid, interest, interestDays, interestTimes } = settings
  const window = within(settings.days)
  return named(valueNames[language].bands, [
    sum(bought, of, window, 'gte', high),
    sum(bought, of, window, 'gte', mid),
    count(interest, within(interestDays), 'gte', interestTimes),
    count(bought, window, 'gte', 1),
  ])
}

/** Recency, frequency and monetary value high or not, in the order of the names. */
export const rfmClasses = [true, false].flatMap((much) =>
  [true, false].flatMap((recent) => [true, false].map((frequent) => ({ recent, frequent, much }))),
)

/**
 * The eight classes of who bought in the last `days`: R high when bought in the last `recencyDays`, F with at least `frequency`
 * orders, M with at least `amount` spent, both in the last `days`. 价值: R and F high; 发展: R alone; 保持: F alone; 挽留: neither;
 * 重要 where M is high, 一般 where it is not. They exclude each other, so their order does not matter.
 */
export function rfmValues(settings: Rfm, language: NameLanguage = 'zh'): TagValue[] {
  const { event: bought, property: of, recencyDays, frequency, amount: least } = settings
  const window = within(settings.days)
  const rules = rfmClasses.map(({ recent, frequent, much }) =>
    all(
      // Who bought lately, or often, bought.
      ...(recent || frequent ? [] : [count(bought, window, 'gte', 1)]),
      recent ? count(bought, within(recencyDays), 'gte', 1) : count(bought, within(recencyDays), 'eq', 0),
      frequent ? count(bought, window, 'gte', frequency) : count(bought, window, 'lt', frequency),
      much ? sum(bought, of, window, 'gte', least) : sum(bought, of, window, 'lt', least),
    ),
  )
  return named(valueNames[language].rfm, rules)
}

/** For each value who has it among the first `rank` of what their events in the last `days` have, in `least` of them or more. */
export function preferenceValues(
  { event: name, days: last, rank, least, values, ...subject }: Preference,
  language: NameLanguage = 'zh',
): TagValue[] {
  const of = subjectOf(subject, values)
  return values.map((value) => ({
    value: rankedName(value, of, language),
    rule: { kind: 'preference', event: name, filters: [], window: within(last), of, rank, least, values: [value] },
  }))
}

function subjectOf({ by, property: name }: Pick<Preference, 'by' | 'property'>, values: Preference['values']): PreferenceSubject {
  if (by === 'value') return { kind: 'property', property: name }
  const edges = values.map(Number)
  return by === 'hour' ? { kind: 'hours', edges } : { kind: 'bands', property: name, edges }
}

/** What is ranked as people call it: 美妆, 100–300, 18–23 点 */
export function rankedName(value: string | number, of: PreferenceSubject, language: NameLanguage): string {
  if (of.kind === 'property') return String(value)
  const next = of.edges[of.edges.indexOf(Number(value)) + 1]
  if (of.kind === 'hours') return `${value}–${next ?? of.edges[0] ?? 24}${language === 'zh' ? ' 点' : ' o’clock'}`
  if (next !== undefined) return `${value}–${next}`
  return language === 'zh' ? `${value} 以上` : `${value} or more`
}

/** A model with its settings, as a tag keeps it. */
export const valueModelSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lifecycle'), settings: lifecycleSchema }),
  z.object({ kind: z.literal('bands'), settings: valueBandsSchema }),
  z.object({ kind: z.literal('rfm'), settings: rfmSchema }),
  z.object({ kind: z.literal('preference'), settings: preferenceSchema }),
])
export type ValueModel = z.infer<typeof valueModelSchema>

/** Whether a person can have several of the values that a model writes. */
export const writesSeveral = (model: ValueModel): boolean => model.kind === 'preference' && model.settings.rank > 1

/** The values that a model writes; `names` in their order where a tag calls them otherwise. */
export function modelValues(model: ValueModel, language: NameLanguage = 'zh', names: readonly string[] = []): TagValue[] {
  const values = writtenBy(model, language)
  return names.length === values.length ? values.map(({ value, rule }, i) => ({ value: names[i] ?? value, rule })) : values
}

function writtenBy(model: ValueModel, language: NameLanguage): TagValue[] {
  switch (model.kind) {
    case 'lifecycle':
      return lifecycleValues(model.settings, language)
    case 'bands':
      return valueBandValues(model.settings, language)
    case 'rfm':
      return rfmValues(model.settings, language)
    case 'preference':
      return preferenceValues(model.settings, language)
  }
}

/** A model stands for the rules of a tag; names are the tag's own. */
export function modelProblems({
  model,
  values,
  several,
}: {
  model: ValueModel | null
  values: readonly TagValue[]
  several?: boolean | undefined
}): Problem[] {
  if (model === null) return []
  if (several && !writesSeveral(model))
    return [{ path: 'several', message: 'the values of a model stand in its order: a person has one of them' }]
  if (!several && writesSeveral(model))
    return [{ path: 'several', message: 'a preference with a rank beyond 1 gives a person several of the values at once; set "several"' }]
  const rules = (list: readonly TagValue[]) => list.map((one) => one.rule)
  if (sameJson(rules(modelValues(model)), rules(values))) return []
  return [{ path: 'model', message: 'the rules are not those that the model writes; leave the model out where they are edited by hand' }]
}

/** Whether two values are the same JSON, in whatever order their fields stand. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [fields, others] = [one, other].map((object) => new Map(Object.entries(object).filter(([, value]) => value !== undefined)))
  if (fields === undefined || others === undefined || fields.size !== others.size) return false
  return [...fields].every(([name, value]) => others.has(name) && sameJson(value, others.get(name)))
}
