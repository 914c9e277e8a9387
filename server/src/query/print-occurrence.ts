import type { OccurrenceRule } from '@chaoxi/contract'
import { type PrintedLeaf, printComing, printEvents, printLeaves, printPresent } from './print-event.ts'
import { printEventFilters } from './print-filter.ts'
import { printDateWindow, printEventWindow, printedNever, printTurn } from './print-window.ts'
import type { Reading } from './reading.ts'

/**
 * The time of the first (last) event, and the time of the first (last) that also passes `where`: they are the same when one
 * of the events of that millisecond passes.
 */
export function printOccurrence(rule: OccurrenceRule, reading: Reading): PrintedLeaf {
  const events = printEvents(rule, printEventWindow(rule.window, reading), reading)
  const fn = rule.which === 'first' ? 'minOrNullIf' : 'maxOrNullIf'
  const time = reading.person(`${fn}(ms, ${events.hit})`)
  const where = printEventFilters(rule.where, reading)
  const conditions = [`isNotNull(${time})`]
  if (rule.where.length > 0) {
    const passing = reading.person(`${fn}(ms, ${[events.hit, ...where.conditions].join(' and ')})`)
    conditions.push(`ifNull(${passing} = ${time}, 0)`)
  }
  const next = [...printLeaves(time, events.window), ...printComing(events, reading), ...events.next]
  for (const flip of where.flips)
    next.push(`ifNull(${reading.person(`minOrNullIf(${reading.event(flip)}, ${events.hit})`)}, ${printedNever})`)
  if (rule.when !== undefined) {
    const when = printDateWindow(rule.when, reading)
    conditions.push(...when.inside(`assumeNotNull(${time})`))
    if (when.turns !== null) next.push(printPresent(time, (at) => printTurn(when, at, reading) ?? printedNever))
  }
  return { answer: `(${conditions.join(' and ')})`, next }
}
