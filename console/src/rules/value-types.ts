import { type Catalogue, isDateFilter, type RuleFilter, type Scalar } from '@chaoxi/contract'

/** How a value is written in a field. A list is tested by what it holds; an object only by being there. */
export type ValueType = 'string' | 'number' | 'boolean'
export type Operator = RuleFilter['op']

/** A property as the catalogue knows it: what its values look like. */
export type KnownProperty = Catalogue['attributes'][number]

const operatorsByType: Record<ValueType, readonly Operator[]> = {
  string: ['eq', 'neq', 'in', 'not_in', 'contains', 'not_contains', 'starts_with', 'ends_with', 'exists', 'not_exists'],
  number: ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'not_in', 'exists', 'not_exists'],
  boolean: ['eq', 'neq', 'exists', 'not_exists'],
}
const listOperators: readonly Operator[] = ['includes_any', 'includes_all', 'includes_none']
const dateOperators: readonly Operator[] = ['date_in', 'date_not_in', 'anniversary', 'month_day']
const presence: readonly Operator[] = ['exists', 'not_exists']

/** What may be asked of a property: by the type that the catalogue has seen, else by the type of the value. Dates are texts. */
export function operatorsOf(property: string, known: KnownProperty | undefined, type: ValueType, dates: boolean): readonly Operator[] {
  if (property.includes('[]')) return listOperators
  if (known?.type === 'array') return [...listOperators, ...presence]
  if (known?.type === 'object') return presence
  const listsToo = known === undefined && property !== ''
  return [...operatorsByType[type], ...(dates && type === 'string' ? dateOperators : []), ...(listsToo ? listOperators : [])]
}

/** The type to write a value in: what the filter holds already, else what the catalogue has seen, else text. */
export function valueTypeOf(filter: RuleFilter, known: KnownProperty | undefined): ValueType {
  const held = heldValue(filter)
  if (typeof held === 'number') return 'number'
  if (typeof held === 'boolean') return 'boolean'
  if (typeof held === 'string' && held !== '') return 'string'
  return known?.type === 'number' || known?.type === 'boolean' ? known.type : 'string'
}

/** Whether values of this type can never equal what the property has held so far. */
export function typeMismatch(filter: RuleFilter, known: KnownProperty | undefined): boolean {
  const held = heldValue(filter)
  if (held === undefined || held === '' || known === undefined) return false
  return (known.type === 'string' || known.type === 'number' || known.type === 'boolean') && typeof held !== known.type
}

/** The filter on another property: the operator stays where it makes sense there, the value starts empty. */
export function withProperty(filter: RuleFilter, property: string, known: KnownProperty | undefined): RuleFilter {
  const type: ValueType = known?.type === 'number' || known?.type === 'boolean' ? known.type : 'string'
  const operators = operatorsOf(property, known, type, true)
  const op = operators.includes(filter.op) ? filter.op : (operators[0] ?? 'eq')
  if (isDateFilter(filter) && op === filter.op) return { ...filter, property }
  return makeFilter(property, op, emptyValue(type), type)
}

/** The filter with another operator, keeping the value as far as it fits. */
export function withOperator(filter: RuleFilter, op: Operator, type: ValueType): RuleFilter {
  return makeFilter(
    filter.property,
    op,
    heldValue(filter) ?? emptyValue(type),
    type,
    'value' in filter && Array.isArray(filter.value) ? filter.value : undefined,
  )
}

export function withType(filter: RuleFilter, type: ValueType): RuleFilter {
  const op = operatorsOf(filter.property, undefined, type, false).includes(filter.op) ? filter.op : 'eq'
  return makeFilter(filter.property, op, converted(heldValue(filter), type), type)
}

export function withValue(filter: RuleFilter, value: Scalar): RuleFilter {
  return makeFilter(
    filter.property,
    filter.op,
    value,
    typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string',
  )
}

/** Values of a list, read in the type that the property has. */
export function withValues(filter: RuleFilter, texts: readonly string[], type: ValueType): RuleFilter {
  const value = texts.filter((text) => text.trim() !== '').map((text) => fromText(text.trim(), type))
  switch (filter.op) {
    case 'in':
    case 'not_in':
    case 'includes_any':
    case 'includes_all':
    case 'includes_none':
      return { property: filter.property, op: filter.op, value }
    default:
      return filter
  }
}

/** A text as a value of the type; a text that is no number stays text. */
export function fromText(text: string, type: ValueType): Scalar {
  if (type === 'boolean') return text === 'true'
  if (type === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text)
  return text
}

function makeFilter(property: string, op: Operator, value: Scalar, type: ValueType, list?: Scalar[]): RuleFilter {
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
    case 'includes_any':
    case 'includes_all':
    case 'includes_none':
      return { property, op, value: list ?? (value === '' || type === 'boolean' ? [] : [value]) }
    case 'contains':
    case 'not_contains':
    case 'starts_with':
    case 'ends_with':
      return { property, op, value: typeof value === 'string' ? value : String(value) }
    case 'exists':
    case 'not_exists':
      return { property, op }
    case 'date_in':
    case 'date_not_in':
      return { property, op, window: { kind: 'rolling', amount: 7, unit: 'day' } }
    case 'anniversary':
      return { property, op, window: { kind: 'calendar', unit: 'day', from: 0, to: 7 } }
    case 'month_day':
      return { property, op, from: '01-01', to: '01-31' }
  }
}

const emptyValue = (type: ValueType): Scalar => (type === 'number' ? 0 : type === 'boolean' ? true : '')

function converted(value: Scalar | undefined, type: ValueType): Scalar {
  if (value === undefined) return emptyValue(type)
  if (type === 'string') return typeof value === 'boolean' ? '' : String(value)
  const result = fromText(String(value), type)
  return type === 'number' && typeof result !== 'number' ? 0 : result
}

function heldValue(filter: RuleFilter): Scalar | undefined {
  if (!('value' in filter)) return undefined
  return Array.isArray(filter.value) ? filter.value[0] : filter.value
}
