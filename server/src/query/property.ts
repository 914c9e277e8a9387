import type { PropertyFilter } from '@chaoxi/contract'

type Json = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The steps into nested objects that a property's name stands for. */
export function pathOf(property: string): string[] {
  return property.split('.')
}

/** The value under a dotted name; undefined where it is missing. JSON null counts as missing. */
export function readProperty(properties: Json, property: string): unknown {
  let value: unknown = properties
  for (const step of pathOf(property)) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value === null ? undefined : value
}

/** The number under a name, or null when there is none (or something else than a finite number). */
export function readNumber(properties: Json, property: string): number | null {
  const value = readProperty(properties, property)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
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
