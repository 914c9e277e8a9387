import { z } from 'zod'
import type { EventRule, Rule } from './rule.ts'
import type { RuleWindow } from './rule-window.ts'
import type { TagValue } from './tag-values.ts'

// Ready models (T3) write the values of a tag: each a rule that an operator can read and go on editing. Boundaries are fixed scales;
// amounts are in the unit of the property (yuan, where the shop sends yuan). Their order matters: a person has the first that holds.

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

export const rfmSchema = z
  .object({ event, property, days, recencyDays: days, frequency: times, amount })
  .refine((one) => one.recencyDays < one.days, { path: ['recencyDays'], message: 'must be less than the days that are looked at' })
export type Rfm = z.infer<typeof rfmSchema>

/** Settings to begin with, for a shop that sells several times a quarter. */
export const valueModelDefaults: { readonly lifecycle: Lifecycle; readonly bands: ValueBands; readonly rfm: Rfm } = {
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
}
export type ValueModel = keyof typeof valueModelDefaults

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
export function lifecycleValues(settings: Lifecycle): TagValue[] {
  const { event: bought, newDays, activeDays, lostDays } = settings
  return [
    {
      value: '新客',
      rule: { kind: 'occurrence', which: 'first', event: bought, filters: [], window: ever, when: within(newDays), where: [] },
    },
    {
      value: '回流',
      rule: all(
        count(bought, within(activeDays), 'gte', 1),
        count(bought, { kind: 'relative', from: lostDays, to: activeDays, unit: 'day' }, 'eq', 0),
        count(bought, { kind: 'relative', to: lostDays, unit: 'day' }, 'gte', 1),
      ),
    },
    { value: '活跃', rule: count(bought, within(activeDays), 'gte', 1) },
    { value: '沉睡风险', rule: count(bought, within(lostDays), 'gte', 1) },
    { value: '流失', rule: count(bought, ever, 'gte', 1) },
  ]
}

/**
 * By what was spent in the last `days`: 高价值 at least `high`, 中价值 at least `mid`; 潜力: less, or nothing, but so often interested
 * in the last `interestDays`; 低价值: bought in that time.
 */
export function valueBandValues(settings: ValueBands): TagValue[] {
  const { event: bought, property: of, high, mid, interest, interestDays, interestTimes } = settings
  const window = within(settings.days)
  return [
    { value: '高价值', rule: sum(bought, of, window, 'gte', high) },
    { value: '中价值', rule: sum(bought, of, window, 'gte', mid) },
    { value: '潜力', rule: count(interest, within(interestDays), 'gte', interestTimes) },
    { value: '低价值', rule: count(bought, window, 'gte', 1) },
  ]
}

/** Recency, frequency and monetary value high or not, by class. */
const rfmClasses = [
  ['重要价值', true, true, true],
  ['重要发展', true, false, true],
  ['重要保持', false, true, true],
  ['重要挽留', false, false, true],
  ['一般价值', true, true, false],
  ['一般发展', true, false, false],
  ['一般保持', false, true, false],
  ['一般挽留', false, false, false],
] as const

/**
 * The eight classes of who bought in the last `days`: R high when bought in the last `recencyDays`, F with at least `frequency`
 * orders, M with at least `amount` spent, both in the last `days`. Every class says all three, so their order does not matter.
 */
export function rfmValues(settings: Rfm): TagValue[] {
  const { event: bought, property: of, recencyDays, frequency, amount: least } = settings
  const window = within(settings.days)
  return rfmClasses.map(([value, recent, frequent, much]) => ({
    value,
    rule: all(
      count(bought, window, 'gte', 1),
      recent ? count(bought, within(recencyDays), 'gte', 1) : count(bought, within(recencyDays), 'eq', 0),
      frequent ? count(bought, window, 'gte', frequency) : count(bought, window, 'lt', frequency),
      much ? sum(bought, of, window, 'gte', least) : sum(bought, of, window, 'lt', least),
    ),
  }))
}
