import type { PropertyFilter, Scalar } from '@chaoxi/contract'
import type { ParamBag } from './params.ts'
import { pathOf } from './property.ts'

/** A property of a JSON text column, as the arguments of the JSON functions. */
export interface JsonPlace {
  readonly type: string
  readonly isNumber: string
  readonly number: string
  readonly string: string
  readonly bool: string
  readonly raw: string
}

export function jsonPlace(column: string, property: string, params: ParamBag): JsonPlace {
  const place = [column, ...pathOf(property).map((step) => params.bind('String', step))].join(', ')
  const type = `JSONType(${place})`
  return {
    type,
    isNumber: `${type} in ('Int64', 'UInt64', 'Double')`,
    number: `JSONExtractFloat(${place})`,
    string: `JSONExtractString(${place})`,
    bool: `JSONExtractBool(${place})`,
    raw: `JSONExtractRaw(${place})`,
  }
}

function equals(place: JsonPlace, value: Scalar, params: ParamBag): string {
  switch (typeof value) {
    case 'number':
      return `(${place.isNumber} and ${place.number} = ${params.bind('Float64', value)})`
    case 'string':
      return `(${place.type} = 'String' and ${place.string} = ${params.bind('String', value)})`
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
    ...(strings.length > 0 ? [`(${place.type} = 'String' and has(${params.bind('Array(String)', strings)}, ${place.string}))`] : []),
    ...bools.map((value) => equals(place, value, params)),
  ]
  return `(${parts.join(' or ')})`
}

const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/** A condition over the JSON text in `column`; never null. */
export function printFilter(filter: PropertyFilter, column: string, params: ParamBag): string {
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
    case 'exists':
      return `(${place.type} != 'Null')`
    case 'not_exists':
      return `(${place.type} = 'Null')`
  }
}
