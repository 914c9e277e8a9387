import { type Catalogue, isDateFilter, type PropertyFilter, type RuleFilter, type Scalar } from '@chaoxi/contract'

export type ValueType = 'string' | 'number' | 'boolean'
/** A test that can be edited in a line; the others are shown as a sentence. */
export type LineFilter = Exclude<PropertyFilter, { op: 'includes_any' | 'includes_all' | 'includes_none' }>
export type Operator = LineFilter['op']

export function isLineFilter(filter: RuleFilter): filter is LineFilter {
  return !isDateFilter(filter) && filter.op !== 'includes_any' && filter.op !== 'includes_all' && filter.op !== 'includes_none'
}

/** A property as the catalogue knows it: what its values look like. */
export type KnownProperty = Catalogue['attributes'][number]

const operatorsByType: Record<ValueType, readonly Operator[]> = {
  string: ['eq', 'neq', 'in', 'not_in', 'contains', 'not_contains', 'starts_with', 'ends_with', 'exists', 'not_exists'],
  number: ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'not_in', 'exists', 'not_exists'],
  boolean: ['eq', 'neq', 'exists', 'not_exists'],
}

export const operatorsOf = (type: ValueType): readonly Operator[] => operatorsByType[type]

/** The type to write a value in: what the filter holds already, else what the catalogue has seen, else text. */
export function valueTypeOf(filter: LineFilter, known: KnownProperty | undefined): ValueType {
  const held = heldValue(filter)
  if (typeof held === 'number') return 'number'
  if (typeof held === 'boolean') return 'boolean'
  if (typeof held === 'string' && held !== '') return 'string'
  return known?.type === 'number' || known?.type === 'boolean' ? known.type : 'string'
}

/** Whether values of this type can never equal what the property has held so far. */
export function typeMismatch(filter: LineFilter, known: KnownProperty | undefined): boolean {
  const held = heldValue(filter)
  if (held === undefined || held === '' || known === undefined) return false
  return (known.type === 'string' || known.type === 'number' || known.type === 'boolean') && typeof held !== known.type
}

/** The filter on another property: the operator stays where it makes sense there, the value starts empty. */
export function withProperty(filter: LineFilter, property: string, known: KnownProperty | undefined): LineFilter {
  const type: ValueType = known?.type === 'number' || known?.type === 'boolean' ? known.type : 'string'
  const op = operatorsByType[type].includes(filter.op) ? filter.op : 'eq'
  return makeFilter(property, op, emptyValue(type), type)
}

/** The filter with another operator, keeping the value as far as it fits. */
export function withOperator(filter: LineFilter, op: Operator, type: ValueType): LineFilter {
  return makeFilter(
    filter.property,
    op,
    heldValue(filter) ?? emptyValue(type),
    type,
    'value' in filter && Array.isArray(filter.value) ? filter.value : undefined,
  )
}

export function withType(filter: LineFilter, type: ValueType): LineFilter {
  const op = operatorsByType[type].includes(filter.op) ? filter.op : 'eq'
  return makeFilter(filter.property, op, converted(heldValue(filter), type), type)
}

export function withValue(filter: LineFilter, value: Scalar): LineFilter {
  return makeFilter(
    filter.property,
    filter.op,
    value,
    typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string',
  )
}

/** Values of an "is one of" list, read in the type that the property has. */
export function withValues(filter: LineFilter, texts: readonly string[], type: ValueType): LineFilter {
  if (filter.op !== 'in' && filter.op !== 'not_in') return filter
  return {
    property: filter.property,
    op: filter.op,
    value: texts.filter((text) => text.trim() !== '').map((text) => fromText(text.trim(), type)),
  }
}

/** A text as a value of the type; a text that is no number stays text. */
export function fromText(text: string, type: ValueType): Scalar {
  if (type === 'boolean') return text === 'true'
  if (type === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text)
  return text
}

function makeFilter(property: string, op: Operator, value: Scalar, type: ValueType, list?: Scalar[]): LineFilter {
  switch (op) {
    case 'eq':
    case 'neq':
      return { property, op, value }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { property, op, value: typeof value === 'number' ? value : 0 }
    case 'in':
    case 'not_in':
      return { property, op, value: list ?? (value === '' || type === 'boolean' ? [] : [value]) }
    case 'contains':
    case 'not_contains':
    case 'starts_with':
    case 'ends_with':
      return { property, op, value: typeof value === 'string' ? value : String(value) }
    case 'exists':
    case 'not_exists':
      return { property, op }
  }
}

const emptyValue = (type: ValueType): Scalar => (type === 'number' ? 0 : type === 'boolean' ? true : '')

function converted(value: Scalar | undefined, type: ValueType): Scalar {
  if (value === undefined) return emptyValue(type)
  if (type === 'string') return typeof value === 'boolean' ? '' : String(value)
  const result = fromText(String(value), type)
  return type === 'number' && typeof result !== 'number' ? 0 : result
}

function heldValue(filter: LineFilter): Scalar | undefined {
  if (!('value' in filter)) return undefined
  return Array.isArray(filter.value) ? filter.value[0] : filter.value
}
