import type { PreferenceRule } from '@chaoxi/contract'
import { type PrintedLeaf, printComing, printEvents, printLeaves, printMicros } from './print-event.ts'
import { jsonPlace } from './print-filter.ts'
import { printEventWindow } from './print-window.ts'
import type { Reading } from './reading.ts'

// `ranking.ts` in array functions: the events of a person as tuples of their value and time are sorted, which puts equal
// values together, and cut where the value changes.

/** The value of an event: whether it is a number, the text, the number; and where there is one. */
function printValue({ of }: PreferenceRule, { params, zone }: Reading): { value: string; there: string } {
  if (of.kind === 'hours') {
    const hour = `toHour(fromUnixTimestamp64Milli(ms), ${zone})`
    const [edges, first, last] = [params.bind('Array(Int64)', of.edges), of.edges[0] ?? 0, of.edges.at(-1) ?? 0]
    const band = `if(${hour} < ${params.bind('Int64', first)}, ${params.bind('Int64', last)}, arrayLast(e -> e <= ${hour}, ${edges}))`
    return { value: `toUInt8(1), '', toFloat64(${band})`, there: '1' }
  }
  const place = jsonPlace('properties', of.property, params)
  if (of.kind === 'property') {
    const value = `toUInt8(${place.isNumber}), if(${place.type} = 'String', ${place.string}, ''), if(${place.isNumber}, ${place.number}, 0.)`
    return { value, there: `(${place.type} = 'String' or ${place.isNumber})` }
  }
  const band = `arrayLast(e -> e <= ${place.number}, ${params.bind('Array(Float64)', of.edges)})`
  return {
    value: `toUInt8(1), '', ${band}`,
    there: `(${place.isNumber} and ${place.number} >= ${params.bind('Float64', of.edges[0] ?? 0)})`,
  }
}

/** The different values by rank: score and last time (both negative, so that the greatest come first), value, events. */
function printRanked(rule: PreferenceRule, hit: string, reading: Reading): string {
  const { params, derived } = reading
  if (rule.of.kind !== 'hours' || rule.sum !== undefined) reading.properties.needed = true
  const { value, there } = printValue(rule, reading)
  const amount = rule.sum === undefined ? [] : [printAmount(rule.sum, reading)]
  const events = reading.person(`groupArrayIf((${[value, 'ms', ...amount].join(', ')}), ${hit} and ${there})`)
  const sorted = derived(`arraySort(${events})`)
  const different = '(e, p) -> (e.1, e.2, e.3) != (p.1, p.2, p.3)'
  const groups = derived(`arraySplit(${different}, ${sorted}, arrayPopBack(arrayPushFront(${sorted}, ${sorted}[1])))`, 1)
  const score =
    rule.sum === undefined
      ? 'toInt64(length(g))'
      : `toFloat64(arrayReduce('sum', arrayMap(e -> e.5, g))) / ${params.bind('Float64', 1_000_000)}`
  return derived(`arraySort(arrayMap(g -> (-(${score}), -g[-1].4, g[1].1, g[1].2, g[1].3, length(g)), ${groups}))`, 2)
}

function printAmount(property: string, { params }: Reading): string {
  const place = jsonPlace('properties', property, params)
  return `if(${place.isNumber}, ${printMicros(place.number)}, toInt128(0))`
}

export function printPreference(rule: PreferenceRule, reading: Reading): PrintedLeaf {
  const { params } = reading
  const events = printEvents(rule, printEventWindow(rule.window, reading), reading)
  const ranked = printRanked(rule, events.hit, reading)
  const texts = rule.values.filter((value) => typeof value === 'string')
  const numbers = rule.values.filter((value) => typeof value === 'number')
  const wanted = `if(r.3 = 1, has(${params.bind('Array(Float64)', numbers)}, r.5), has(${params.bind('Array(String)', texts)}, r.4))`
  const isOne = `r.6 >= ${params.bind('Int64', rule.least)} and ${wanted}`
  const answer = `arrayExists(r -> ${isOne}, arraySlice(${ranked}, 1, ${params.bind('Int64', rule.rank)}))`
  const leaves = printLeaves(reading.person(`minOrNullIf(ms, ${events.hit})`), events.window)
  return { answer: `(${answer})`, next: [...leaves, ...printComing(events, reading), ...events.next] }
}
