import type { ParamBag } from './params.ts'
import type { Moment } from './window.ts'

/**
 * Collects, over all rules of a pass, what has to be read; equal expressions become one column, so that leaves share what
 * they have in common. Each method answers the name of a column.
 */
export interface Reading {
  readonly params: ParamBag
  readonly moment: Moment
  /** The placeholder of the zone's name. */
  readonly zone: string
  /** Over a person's `attributes`. */
  attribute(expression: string): string
  /** Of an event, over `event`, `ms`, `properties` and what `since` answers. */
  date(expression: string): string
  /** Of an event, over those and what `date` answers. */
  event(expression: string): string
  /** An aggregate over the above. */
  person(expression: string): string
  /** Of a person, over aggregates (level 0) and columns of lower levels: long expressions take ClickHouse long to plan. */
  derived(expression: string, level?: number): string
  /** The date in an attribute, as an array of at most one instant, beside each event. */
  since(attribute: string): string
  member(condition: string): string
  /** Events of this name are read, later than `after` (ms; null: all). */
  reads(event: string, after: number | null): void
  readonly properties: { needed: boolean }
  readonly columns: Readonly<Record<'attribute' | 'date' | 'event' | 'person' | 'member', ReadonlyMap<string, string>>>
  /** By level. */
  readonly derivedColumns: readonly ReadonlyMap<string, string>[]
  readonly sinceAttributes: ReadonlyMap<string, string>
  readonly events: ReadonlySet<string>
  readonly oldest: number | null
}

export function createReading(params: ParamBag, moment: Moment): Reading {
  const named = (prefix: string) => {
    const names = new Map<string, string>()
    const nameOf = (expression: string) => {
      const name = names.get(expression) ?? `${prefix}${names.size}`
      names.set(expression, name)
      return name
    }
    return { names, nameOf }
  }
  const attribute = named('b')
  const date = named('d')
  const event = named('h')
  const person = named('a')
  const derived: ReturnType<typeof named>[] = []
  const since = named('s')
  const member = named('m')
  const events = new Set<string>()
  let oldest = Number.POSITIVE_INFINITY
  return {
    params,
    moment,
    zone: params.bind('String', moment.zone.name),
    attribute: attribute.nameOf,
    date: date.nameOf,
    event: event.nameOf,
    person: person.nameOf,
    derived(expression, level = 0) {
      while (derived.length <= level) derived.push(named(`x${derived.length}_`))
      return derived[level]?.nameOf(expression) ?? ''
    },
    since: since.nameOf,
    member: member.nameOf,
    reads(name, after) {
      events.add(name)
      oldest = Math.min(oldest, after ?? Number.NEGATIVE_INFINITY)
    },
    properties: { needed: false },
    columns: {
      attribute: attribute.names,
      date: date.names,
      event: event.names,
      person: person.names,
      member: member.names,
    },
    get derivedColumns() {
      return derived.map((level) => level.names)
    },
    sinceAttributes: since.names,
    events,
    get oldest() {
      return Number.isFinite(oldest) ? oldest : null
    },
  }
}
