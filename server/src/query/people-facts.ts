import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { byName, type FactEvent, type PersonHistory } from './facts.ts'
import { type FactsInput, printFactEvents, printFactMembers, printPeople } from './print-facts.ts'

interface EventsRow {
  person: number
  kinds: number[]
  times: number[]
  texts: string[]
}

export interface LoadedFacts {
  readonly histories: PersonHistory[]
  /** Those who have more than the wanted number of events. */
  readonly tooMany: number[]
}

/** An event whose properties are parsed when they are asked for. */
class StoredEvent implements FactEvent {
  readonly event: string
  readonly time: number
  readonly #text: string
  #properties: Readonly<Record<string, unknown>> | null = null
  constructor(event: string, time: number, text: string) {
    this.event = event
    this.time = time
    this.#text = text
  }
  get properties(): Readonly<Record<string, unknown>> {
    this.#properties ??= readObject(this.#text)
    return this.#properties
  }
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  return text === '' || text === '{}' ? {} : JSON.parse(text)
}

/** Everything that the needs ask of the given people who live and have at most so many events each; others are left out. */
export async function loadFacts(clickhouse: ClickHouse, input: FactsInput, eventsMax: number): Promise<LoadedFacts> {
  const { needs } = input
  const living = printPeople(input)
  const events = needs.events.size > 0 ? printFactEvents(input, eventsMax + 1) : null
  const members = needs.members.length > 0 ? printFactMembers(input) : null
  const [profiles, eventRows, memberRows] = await Promise.all([
    clickhouse.query<{ person: number; attributes?: string }>('live', living.text, living.params),
    events === null ? [] : clickhouse.query<EventsRow>('live', events.text, events.params),
    members === null
      ? []
      : clickhouse.query<{ person: number; kind: string; key: string; value: string }>('live', members.text, members.params),
  ])
  const names = [...needs.events.keys()]
  const rowOf = new Map(eventRows.map((row) => [row.person, row]))
  const membersOf = Map.groupBy(memberRows, (row) => row.person)
  const loaded: LoadedFacts = { histories: [], tooMany: [] }
  for (const { person, attributes } of profiles) {
    const row = rowOf.get(person)
    if (row !== undefined && row.times.length > eventsMax) {
      loaded.tooMany.push(person)
      continue
    }
    const held = membersOf.get(person) ?? []
    const tags = Map.groupBy(
      held.filter((one) => one.kind === 'tag'),
      (one) => one.key,
    )
    loaded.histories.push({
      personId: person,
      attributes: readObject(attributes ?? ''),
      events: byName(eventsOf(row, names)),
      tags: new Map([...tags].map(([key, values]) => [key, new Set(values.map((one) => one.value))])),
      segments: new Set(held.filter((one) => one.kind === 'segment').map((one) => one.key)),
    })
  }
  return loaded
}

function eventsOf(row: EventsRow | undefined, names: readonly string[]): FactEvent[] {
  if (row === undefined) return []
  return row.times.map((time, i) => new StoredEvent(names[(row.kinds[i] ?? 0) - 1] ?? '', time, row.texts[i] ?? ''))
}
