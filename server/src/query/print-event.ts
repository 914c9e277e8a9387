import type { Comparison, EventRule } from '@chaoxi/contract'
import { amountMax, microsPerUnit } from './amount.ts'
import type { ParamBag } from './params.ts'
import { type JsonPlace, jsonPlace, printFilter } from './print-filter.ts'
import { rollingMs, spanOf } from './window.ts'

/** An instant at which an answer may change, when there is none: the largest whole number that JSON carries exactly. */
const never = Number.MAX_SAFE_INTEGER
/** Typed: ClickHouse finds no common type for signed and unsigned 64 bits. */
export const printedNever = `toInt64(${never})`

/** An event leaf, printed: columns per event, columns per person, and what the answer is made of. */
export interface PrintedLeaf {
  /** `expression as name`, over the columns of `events`. */
  readonly perEvent: readonly string[]
  /** `aggregate as name`, over `perEvent`; null or absent for people without such events. */
  readonly perPerson: readonly string[]
  /** Boolean over `perPerson`, never null. */
  readonly answer: string
  /** Milliseconds (or `never`), over `perPerson`, never null. */
  readonly next: string
}

/** Up to this count the n-th latest event is kept to know when the answer really turns; beyond it the oldest one stands in. */
const exactCountMax = 64

const signs: Record<Comparison, string> = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' }

const instant = (ms: number, params: ParamBag) => `fromUnixTimestamp64Milli(${params.bind('Int64', ms)})`

/** How many events must be there for `count op value` to be on one side of its only turning point; null for `eq`. */
function turningCount(rule: EventRule): number | null {
  if (rule.op === 'gte' || rule.op === 'lt') return Math.ceil(rule.value)
  if (rule.op === 'gt' || rule.op === 'lte') return Math.floor(rule.value) + 1
  return null
}

interface Measured {
  readonly perPerson: string[]
  /** The boolean of a comparison like `>= {p1:Float64}`. */
  answer(against: string): string
}

function printMeasure(rule: EventRule, hit: string, name: string, place: JsonPlace | null): Measured {
  const { fn } = rule.measure
  if (fn === 'count' || place === null)
    return { perPerson: [`countIf(${hit}) as ${name}_n`], answer: (against) => `ifNull(${name}_n, 0) ${against}` }
  if (fn === 'distinct')
    return {
      perPerson: [`uniqExactIf(${place.raw}, ${hit} and ${place.type} != 'Null') as ${name}_n`],
      answer: (against) => `ifNull(${name}_n, 0) ${against}`,
    }
  const counts = `${hit} and ${place.isNumber}`
  if (fn === 'min' || fn === 'max')
    return { perPerson: [`${fn}OrNullIf(${place.number}, ${counts}) as ${name}_v`], answer: (against) => `ifNull(${name}_v ${against}, 0)` }
  const most = amountMax.toExponential()
  const micros = `toInt128(floor(least(greatest(${place.number}, -${most}), ${most}) * ${microsPerUnit} + 0.5))`
  const sum = `sumIf(${micros}, ${counts}) as ${name}_s`
  const total = `toFloat64(ifNull(${name}_s, toInt128(0))) / ${microsPerUnit}`
  if (fn === 'sum') return { perPerson: [sum], answer: (against) => `${total} ${against}` }
  return {
    perPerson: [sum, `countIf(${counts}) as ${name}_n`],
    answer: (against) => `if(ifNull(${name}_n, 0) = 0, 0, ${total} / ifNull(${name}_n, 1) ${against})`,
  }
}

/**
 * When a rolling window can change the answer: the moment an event leaves it. For a count compared with n that is when the
 * n-th latest leaves, and nothing before; otherwise the oldest leaving may be enough.
 */
function printLeaving(rule: EventRule, hit: string, name: string): { perPerson: string[]; next: string } {
  if (rule.window.kind !== 'rolling') return { perPerson: [], next: printedNever }
  const length = rollingMs(rule.window)
  const turning = rule.measure.fn === 'count' ? turningCount(rule) : null
  if (turning !== null && turning <= 0) return { perPerson: [], next: printedNever }
  if (turning === 1) return { perPerson: [`maxOrNullIf(ms, ${hit}) as ${name}_t`], next: `ifNull(${name}_t + ${length}, ${printedNever})` }
  if (turning !== null && turning <= exactCountMax) {
    const latest = `arrayElement(groupArraySortedIf(${turning})(-ms, ${hit}), ${turning})`
    return {
      perPerson: [`if(countIf(${hit}) >= ${turning}, -${latest}, null) as ${name}_t`],
      next: `ifNull(${name}_t + ${length}, ${printedNever})`,
    }
  }
  return { perPerson: [`minOrNullIf(ms, ${hit}) as ${name}_t`], next: `ifNull(${name}_t + ${length}, ${printedNever})` }
}

/** `name` is unique in the statement. The columns `event`, `time`, `ms` and `properties` are there. */
export function printEventLeaf(rule: EventRule, name: string, now: number, params: ParamBag): PrintedLeaf {
  const { after, until } = spanOf(rule.window, now)
  const conditions = [
    `event = ${params.bind('String', rule.event)}`,
    `time <= ${instant(until, params)}`,
    ...(after === null ? [] : [`time > ${instant(after, params)}`]),
    ...rule.filters.map((filter) => printFilter(filter, 'properties', params)),
  ]
  const hit = `${name}_hit`
  const place = rule.measure.fn === 'count' ? null : jsonPlace('properties', rule.measure.property, params)
  const measure = printMeasure(rule, hit, name, place)
  const leaving = printLeaving(rule, hit, name)
  return {
    perEvent: [`${conditions.join(' and ')} as ${hit}`],
    perPerson: [...measure.perPerson, ...leaving.perPerson],
    answer: `(${measure.answer(`${signs[rule.op]} ${params.bind('Float64', rule.value)}`)})`,
    next: leaving.next,
  }
}

/** When the next event that lies in the future becomes visible. */
export function printFuture(event: string, name: string, now: number, params: ParamBag): { perPerson: string; next: string } {
  return {
    perPerson: `minOrNullIf(ms, event = ${params.bind('String', event)} and time > ${instant(now, params)}) as ${name}`,
    next: `ifNull(${name}, ${printedNever})`,
  }
}
