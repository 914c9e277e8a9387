import type { PropertyFilter, Scalar } from '@chaoxi/contract'

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

function readPath(document: unknown, path: readonly string[]): unknown {
  let value = document
  for (const step of path) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value === null ? undefined : value
}

/** The value under a dotted name; undefined where it is missing. JSON null counts as missing. */
export function readProperty(properties: Json, property: string): unknown {
  return readPath(properties, pathOf(property))
}

/** The number under a name, or null when there is none (or something else than a finite number). */
export function readNumber(properties: Json, property: string): number | null {
  const value = readProperty(properties, property)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** What a list holds; nothing where there is no list. */
function readList(properties: Json, property: string): unknown[] {
  const { list, inner } = listPathOf(property)
  const found = readPath(properties, list)
  if (!Array.isArray(found)) return []
  return inner === null ? found : found.map((element) => readPath(element, inner))
}

function matchesList(op: 'includes_any' | 'includes_all' | 'includes_none', wanted: readonly Scalar[], list: readonly unknown[]): boolean {
  if (op === 'includes_all') return wanted.every((value) => list.includes(value))
  return wanted.some((value) => list.includes(value)) === (op === 'includes_any')
}

export function matchesFilter(filter: PropertyFilter, properties: Json): boolean {
  const value = readProperty(properties, filter.property)
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
      return matchesList(filter.op, filter.value, readList(properties, filter.property))
    case 'exists':
      return value !== undefined
    case 'not_exists':
      return value === undefined
  }
}

/** Whether all filters hold; none hold for everything. */
export function matchesFilters(filters: readonly PropertyFilter[], properties: Json): boolean {
  return filters.every((filter) => matchesFilter(filter, properties))
}
