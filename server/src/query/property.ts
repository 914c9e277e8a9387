import type { PropertyFilter, RuleFilter } from '@chaoxi/contract'

type Json = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The steps into nested objects that a property's name stands for. */
export function pathOf(property: string): readonly string[] {
  let path = paths.get(property)
  if (path === undefined) {
    path = property.split('.')
    if (paths.size >= pathsMax) paths.clear()
    paths.set(property, path)
  }
  return path
}
/** Rules ask for the same few properties of every event. */
const paths = new Map<string, readonly string[]>()
const pathsMax = 10_000

/** `products[].category`: the list, and what to read of each of its objects. */
export function listPathOf(property: string): { list: readonly string[]; inner: readonly string[] | null } {
  const at = property.indexOf('[].')
  if (at < 0) return { list: pathOf(property), inner: null }
  return { list: pathOf(property.slice(0, at)), inner: pathOf(property.slice(at + 3)) }
}

/** The value at the end of a path; undefined where it is missing. JSON null counts as missing. */
function readPath(document: unknown, path: readonly string[]): unknown {
  let value = document
  for (const step of path) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value === null ? undefined : value
}

/** The value under a dotted name. */
export function readProperty(properties: Json, property: string): unknown {
  return readPath(properties, pathOf(property))
}

/** Of the tests that read lists: whether they look into lists of objects (`products[].category`) stands in the property's name. */
type ListFilter = Extract<RuleFilter, { op: 'includes_any' | 'includes_all' | 'includes_none' }>

const readsList = (filter: RuleFilter): filter is ListFilter =>
  filter.op === 'includes_any' || filter.op === 'includes_all' || filter.op === 'includes_none'

/** The name of the value that a filter is asked of: of a list of objects the list. */
export function columnOf(filter: RuleFilter): string {
  const at = readsList(filter) ? filter.property.indexOf('[].') : -1
  return at < 0 ? filter.property : filter.property.slice(0, at)
}

function matchesList(filter: ListFilter, value: unknown): boolean {
  const { inner } = listPathOf(filter.property)
  const found: unknown[] = Array.isArray(value) ? value : []
  const list = inner === null ? found : found.map((element) => readPath(element, inner))
  if (filter.op === 'includes_all') return filter.value.every((wanted) => list.includes(wanted))
  return filter.value.some((wanted) => list.includes(wanted)) === (filter.op === 'includes_any')
}

/** Whether a filter holds for the value under its `columnOf`; undefined where it is missing. */
export function matchesValue(filter: PropertyFilter, value: unknown): boolean {
  switch (filter.op) {
    case 'eq':
      return value === filter.value
    case 'neq':
      return value !== filter.value
    case 'gt':
      return typeof value === 'number' && value > filter.value
    case 'gte':
      return typeof value === 'number' && value >= filter.value
    case 'lt':
      return typeof value === 'number' && value < filter.value
    case 'lte':
      return typeof value === 'number' && value <= filter.value
    case 'in':
      return filter.value.some((wanted) => wanted === value)
    case 'not_in':
      return !filter.value.some((wanted) => wanted === value)
    case 'contains':
      return typeof value === 'string' && value.includes(filter.value)
    case 'not_contains':
      return !(typeof value === 'string' && value.includes(filter.value))
    case 'starts_with':
      return typeof value === 'string' && value.startsWith(filter.value)
    case 'ends_with':
      return typeof value === 'string' && value.endsWith(filter.value)
    case 'includes_any':
    case 'includes_all':
    case 'includes_none':
      return matchesList(filter, value)
    case 'exists':
      return value !== undefined
    case 'not_exists':
      return value === undefined
  }
}

/** Whether all filters hold; none hold for everything. */
export function matchesFilters(filters: readonly PropertyFilter[], properties: Json): boolean {
  return filters.every((filter) => matchesValue(filter, readProperty(properties, columnOf(filter))))
}
