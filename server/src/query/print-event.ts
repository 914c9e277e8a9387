import type { Comparison, EventClock, EventRule, Measure } from '@chaoxi/contract'
import { amountMax, microsPerUnit } from './amount.ts'
import { weekSpans } from './clock.ts'
import type { EventTerms } from './hits.ts'
import { turningAbsences, turningCount } from './measure.ts'
import { jsonPlace, printEventFilters } from './print-filter.ts'
import { type PrintedWindow, printDay, printEventWindow, printedNever, printStartAhead } from './print-window.ts'
import type { Reading } from './reading.ts'

/** A leaf, printed over the columns of one row per person. */
export interface PrintedLeaf {
  /** Boolean, never null. */
  readonly answer: string
  /** When it may turn without an event (ms, or `never`), never null. */
  readonly next: readonly string[]
}

/** Which events a leaf reads, as columns of events. */
export interface PrintedEvents {
  readonly window: PrintedWindow
  /** The column: it is one of them, and in the window. */
  readonly hit: string
  /** The column: it is one of them, and will come into the window; null where none does. */
  readonly coming: string | null
  /** When the answer may turn because a filter of dates does, or an event of the future becomes visible. */
  readonly next: readonly string[]
}

/** An instant worked out of the aggregate `column`, or never where that is null. */
export const printPresent = (column: string, found: (at: string) => string): string =>
  `if(isNull(${column}), ${printedNever}, ${found(`assumeNotNull(${column})`)})`

/** When the event at the aggregate `column` (null: there is none), which lies in the window, leaves it. */
export function printLeaves(column: string, { turns }: PrintedWindow): string[] {
  return turns === null ? [] : [printPresent(column, turns.leaves)]
}

/** When the next event that lies in the future becomes visible. */
function printFuture(event: string, reading: Reading): string {
  const { params, moment } = reading
  const name = reading.person(`minOrNullIf(ms, event = ${params.bind('String', event)} and ms > ${params.bind('Int64', moment.now)})`)
  return `ifNull(${name}, ${printedNever})`
}

/** Whether the clocks showed such a time when the event happened. */
function printClock(clock: EventClock, { params, zone, date }: Reading): string {
  const at = 'fromUnixTimestamp64Milli(ms)'
  const minute = date(`(toDayOfWeek(${at}, 0, ${zone}) - 1) * 1440 + toHour(${at}, ${zone}) * 60 + toMinute(${at}, ${zone})`)
  const inside = weekSpans(clock).map(
    ({ from, to }) => `(${minute} >= ${params.bind('Int64', from)} and ${minute} < ${params.bind('Int64', to)})`,
  )
  return `(${inside.join(' or ')})`
}

export function printEvents(match: EventTerms, window: PrintedWindow, reading: Reading): PrintedEvents {
  const { params, moment } = reading
  reading.reads(match.event, window.after)
  const now = params.bind('Int64', moment.now)
  const { conditions: filters, flips } = printEventFilters(match.filters, reading)
  const conditions = [...(match.clock === undefined ? [] : [printClock(match.clock, reading)]), ...filters]
  const is = [`event = ${params.bind('String', match.event)}`, `ms <= ${now}`]
  // Filters last: properties are only parsed where all before them holds.
  const hit = reading.event([...new Set([...is, ...window.inside('ms'), ...conditions])].join(' and '))
  const comes = window.until !== null && window.until < moment.now
  const coming = comes ? reading.event([...is, `ms > ${params.bind('Int64', window.until ?? 0)}`, ...conditions].join(' and ')) : null
  const turning = flips.map((flip) => {
    const named = reading.event([`event = ${params.bind('String', match.event)}`, `ms <= ${now}`].join(' and '))
    return `ifNull(${reading.person(`minOrNullIf(${reading.event(flip)}, ${named})`)}, ${printedNever})`
  })
  return { window, hit, coming, next: [printFuture(match.event, reading), ...turning] }
}

/** When the first event that is not in the window yet comes in. */
export function printComing({ coming, window }: PrintedEvents, reading: Reading): string[] {
  return coming === null || window.turns === null ? [] : [printPresent(reading.person(`minOrNullIf(ms, ${coming})`), window.turns.enters)]
}

/** Up to this count the n-th latest event is kept to know when the answer really turns; beyond it the oldest one stands in. */
const exactCountMax = 64

const signs: Record<Comparison, string> = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' }

/**
 * The event whose leaving the window can turn the answer: for a count compared with n the n-th latest, and nothing before;
 * otherwise the oldest one leaving may be enough. Null when none can.
 */
function printLeaving(rule: EventRule, hit: string, reading: Reading): string | null {
  const turning = rule.measure.fn === 'count' ? turningCount(rule) : null
  if (turning !== null && turning <= 0) return null
  if (turning === 1) return reading.person(`maxOrNullIf(ms, ${hit})`)
  if (turning !== null && turning <= exactCountMax) {
    const latest = `arrayElement(groupArraySortedIf(${turning})(-ms, ${hit}), ${turning})`
    return reading.person(`if(countIf(${hit}) >= ${turning}, -${latest}, null)`)
  }
  return reading.person(`minOrNullIf(ms, ${hit})`)
}

type Property = Extract<Measure, { property: string }>
type Days = Extract<Measure, { fn: 'days' | 'streak' | 'current_streak' | 'days_absent' }>

/** A number as whole millionths. */
export function printMicros(number: string): string {
  const most = amountMax.toExponential()
  return `toInt128(floor(least(greatest(${number}, -${most}), ${most}) * ${microsPerUnit} + 0.5))`
}

/** The boolean of a comparison like `>= {p1:Float64}` with a measured property. */
function printProperty(measure: Property, hit: string, against: string, reading: Reading): string {
  const { fn } = measure
  reading.properties.needed = true
  const place = jsonPlace('properties', measure.property, reading.params)
  if (fn === 'distinct') {
    const different = reading.person(`uniqExactIf(${place.raw}, ${hit} and ${place.type} != 'Null')`)
    return `ifNull(${different}, 0) ${against}`
  }
  const counts = `${hit} and ${place.isNumber}`
  if (fn === 'min' || fn === 'max') return `ifNull(${reading.person(`${fn}OrNullIf(${place.number}, ${counts})`)} ${against}, 0)`
  const total = `toFloat64(ifNull(${reading.person(`sumIf(${printMicros(place.number)}, ${counts})`)}, toInt128(0))) / ${microsPerUnit}`
  if (fn === 'sum') return `${total} ${against}`
  const number = reading.person(`countIf(${counts})`)
  return `if(ifNull(${number}, 0) = 0, 0, ${total} / ifNull(${number}, 1) ${against})`
}

function printDays(rule: EventRule, measure: Days, hit: string, against: string, reading: Reading): PrintedLeaf {
  const { zone, now } = reading.moment
  const today = zone.dayOf(now)
  const day = reading.event(printDay('ms', reading))
  switch (measure.fn) {
    case 'days':
      return { answer: `ifNull(${reading.person(`uniqExactIf(${day}, ${hit})`)}, 0) ${against}`, next: [] }
    case 'days_absent': {
      const last = reading.person(`maxOrNullIf(${day}, ${hit})`)
      const next = turningAbsences(rule.op, rule.value).map((edge) => {
        const ahead = `toInt64(assumeNotNull(${last})) + ${edge + 1} - ${today}`
        return `if(isNotNull(${last}) and ${ahead} > 0, ${printStartAhead('day', ahead, reading)}, ${printedNever})`
      })
      return { answer: `if(isNull(${last}), 0, greatest(${today} - toInt64(assumeNotNull(${last})) - 1, 0) ${against})`, next }
    }
    default: {
      const days = reading.derived(`arraySort(${reading.person(`groupUniqArrayIf(${day}, ${hit})`)})`)
      // Days without a gap have the same distance from their place in the list.
      const runs = `arrayEnumerateUniq(arrayMap((d, i) -> d - i, ${days}, arrayEnumerate(${days})))`
      if (measure.fn === 'streak') return { answer: `arrayMax(${runs}) ${against}`, next: [] }
      const last = `${days}[-1]`
      const starts = [1, 2].map((ahead) => reading.params.bind('Int64', zone.startOf(today + ahead)))
      return {
        answer: `if(notEmpty(${days}) and ${last} >= ${today - 1}, ${runs}[-1], 0) ${against}`,
        next: [
          `if(notEmpty(${days}), multiIf(${last} = ${today}, ${starts[1]}, ${last} = ${today - 1}, ${starts[0]}, ${printedNever}), ${printedNever})`,
        ],
      }
    }
  }
}

function printMeasured(rule: EventRule, hit: string, reading: Reading): PrintedLeaf {
  const against = `${signs[rule.op]} ${reading.params.bind('Float64', rule.value)}`
  const { measure } = rule
  if ('property' in measure) return { answer: printProperty(measure, hit, against, reading), next: [] }
  if (measure.fn !== 'count') return printDays(rule, measure, hit, against, reading)
  return { answer: `ifNull(${reading.person(`countIf(${hit})`)}, 0) ${against}`, next: [] }
}

export function printEventLeaf(rule: EventRule, reading: Reading): PrintedLeaf {
  const events = printEvents(rule, printEventWindow(rule.window, reading), reading)
  const { answer, next } = printMeasured(rule, events.hit, reading)
  const leaving = events.window.turns === null ? null : printLeaving(rule, events.hit, reading)
  const leaves = leaving === null ? [] : printLeaves(leaving, events.window)
  return { answer: `(${answer})`, next: [...next, ...leaves, ...printComing(events, reading), ...events.next] }
}
