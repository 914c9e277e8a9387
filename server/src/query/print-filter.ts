import { isDateFilter, type PropertyFilter, type RuleFilter, type Scalar } from '@chaoxi/contract'
import { jsonText } from '../platform/json-text.ts'
import type { ParamBag } from './params.ts'
import { type PrintedTest, printDateFilter } from './print-date.ts'
import { listPathOf, pathOf } from './property.ts'
import type { Reading } from './reading.ts'

/** A property of a JSON text column, as the arguments of the JSON functions. */
export interface JsonPlace {
  readonly type: string
  readonly isNumber: string
  readonly number: string
  readonly string: string
  readonly bool: string
  readonly raw: string
  /** A condition without which the property cannot be one of the texts; empty where none is known. */
  mentions(texts: readonly string[]): string
}

/** More than ClickHouse looks for at once. */
const needlesMax = 200

/**
 * Our JSON has no spaces and one way to write a text (`platform/json-text.ts`), so a property that is a text stands in it letter for
 * letter. Looking for the letters leaves the parsing to the few rows that have them.
 */
function printMentions(json: string, key: string, texts: readonly string[], params: ParamBag): string {
  const needles = texts.map((text) => jsonText({ [key]: text }).slice(1, -1))
  if (needles.length > needlesMax) return ''
  if (needles.length === 1) return `position(${json}, ${params.bind('String', needles[0] ?? '')}) > 0 and `
  return `multiSearchAny(${json}, ${params.bind('Array(String)', needles)}) and `
}

/** Whether a filter looks for a text before it parses. */
export function hasNeedle(filter: RuleFilter): boolean {
  if (filter.op === 'eq') return typeof filter.value === 'string'
  return filter.op === 'in' && filter.value.length <= needlesMax && filter.value.every((value) => typeof value === 'string')
}

function placeOf(json: string, path: readonly string[], params: ParamBag): JsonPlace {
  const key = path.at(-1)
  const place = [json, ...path.map((step) => params.bind('String', step))].join(', ')
  const type = `JSONType(${place})`
  return {
    type,
    isNumber: `${type} in ('Int64', 'UInt64', 'Double')`,
    number: `JSONExtractFloat(${place})`,
    string: `JSONExtractString(${place})`,
    bool: `JSONExtractBool(${place})`,
    raw: `JSONExtractRaw(${place})`,
    mentions: (texts) => (key === undefined ? '' : printMentions(json, key, texts, params)),
  }
}

export function jsonPlace(column: string, property: string, params: ParamBag): JsonPlace {
  return placeOf(column, pathOf(property), params)
}

function equals(place: JsonPlace, value: Scalar, params: ParamBag): string {
  switch (typeof value) {
    case 'number':
      return `(${place.isNumber} and ${place.number} = ${params.bind('Float64', value)})`
    case 'string':
      return `(${place.mentions([value])}${place.type} = 'String' and ${place.string} = ${params.bind('String', value)})`
    case 'boolean':
      return `(${place.type} = 'Bool' and ${value ? place.bool : `not ${place.bool}`})`
  }
}

function isOneOf(place: JsonPlace, values: readonly Scalar[], params: ParamBag): string {
  const numbers = values.filter((value) => typeof value === 'number')
  const strings = values.filter((value) => typeof value === 'string')
  const bools = [true, false].filter((value) => values.includes(value))
  const parts = [
    ...(numbers.length > 0 ? [`(${place.isNumber} and has(${params.bind('Array(Float64)', numbers)}, ${place.number}))`] : []),
    ...(strings.length > 0
      ? [`(${place.mentions(strings)}${place.type} = 'String' and has(${params.bind('Array(String)', strings)}, ${place.string}))`]
      : []),
    ...bools.map((value) => equals(place, value, params)),
  ]
  return `(${parts.join(' or ')})`
}

/** A test of the elements of a list; no list has none. */
function printList(filter: Extract<PropertyFilter, { value: Scalar[] }>, column: string, params: ParamBag): string {
  const { list, inner } = listPathOf(filter.property)
  const steps = (path: readonly string[]) => path.map((step) => `, ${params.bind('String', step)}`).join('')
  const elements = `JSONExtractArrayRaw(${column}${steps(list)})`
  const values = inner === null ? elements : `arrayMap(e -> JSONExtractRaw(e${steps(inner)}), ${elements})`
  const element = placeOf('v', [], params)
  if (filter.op === 'includes_all')
    return `(${filter.value.map((value) => `arrayExists(v -> ${equals(element, value, params)}, ${values})`).join(' and ')})`
  const any = `arrayExists(v -> ${isOneOf(element, filter.value, params)}, ${values})`
  return filter.op === 'includes_any' ? any : `(not ${any})`
}

const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/** A condition over the JSON text in `column`; never null. */
function printTimeless(filter: PropertyFilter, column: string, params: ParamBag): string {
  const place = jsonPlace(column, filter.property, params)
  switch (filter.op) {
    case 'eq':
      return equals(place, filter.value, params)
    case 'neq':
      return `not ${equals(place, filter.value, params)}`
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return `(${place.isNumber} and ${place.number} ${signs[filter.op]} ${params.bind('Float64', filter.value)})`
    case 'in':
      return isOneOf(place, filter.value, params)
    case 'not_in':
      return `not ${isOneOf(place, filter.value, params)}`
    case 'contains':
      return `(${place.type} = 'String' and position(${place.string}, ${params.bind('String', filter.value)}) > 0)`
    case 'not_contains':
      return `not (${place.type} = 'String' and position(${place.string}, ${params.bind('String', filter.value)}) > 0)`
    case 'starts_with':
      return `(${place.type} = 'String' and startsWith(${place.string}, ${params.bind('String', filter.value)}))`
    case 'ends_with':
      return `(${place.type} = 'String' and endsWith(${place.string}, ${params.bind('String', filter.value)}))`
    case 'includes_any':
    case 'includes_all':
    case 'includes_none':
      return printList(filter, column, params)
    case 'exists':
      return `(${place.type} != 'Null')`
    case 'not_exists':
      return `(${place.type} = 'Null')`
  }
}

/** A test of the JSON text in `column`, whose columns for dates go where `dateColumn` puts them. */
export function printFilter(filter: RuleFilter, column: string, reading: Reading, dateColumn: (expression: string) => string): PrintedTest {
  if (!isDateFilter(filter)) return { condition: printTimeless(filter, column, reading.params), flips: null }
  const place = jsonPlace(column, filter.property, reading.params)
  return printDateFilter(filter, `if(${place.type} = 'String', ${place.string}, '')`, reading, dateColumn)
}

/** All filters of an event. */
export function printEventFilters(filters: readonly RuleFilter[], reading: Reading): { conditions: string[]; flips: string[] } {
  if (filters.length > 0) reading.properties.needed = true
  const printed = filters.map((filter) => printFilter(filter, 'properties', reading, reading.date))
  return { conditions: printed.map((test) => test.condition), flips: printed.flatMap((test) => test.flips ?? []) }
}
