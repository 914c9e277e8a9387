import type { Catalogue } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import * as store from './store.ts'

/** What has arrived so far: names of events with their properties, and of attributes, for whoever writes a rule. */
export interface CatalogueReader {
  catalogue(workspaceId: number): Promise<Catalogue>
}

/** An answer is good for this long: names change slowly, and a builder asks at every opening. */
const freshMs = 30_000
const eventNamesMax = 300
const propertiesMax = 200
/** Values that are seen again and again are kinds of something, which rules and tags are made of; of others a few say what they are like. */
const samplesMax = 24
const samplesOnceMax = 6
/** Beyond these, new ones are not counted. */
const differentMax = 300
const sampleLengthMax = 60
const nestingMax = 3

type ValueType = Catalogue['attributes'][number]['type']
type Field = Catalogue['attributes'][number]

// Samples help to write a rule; they must not show whose they are. A `name` is a person's on a profile, a thing's on an event.
const personalProperties = /phone|mobile|e-?mail|address|id_?card|birth|wechat|openid|unionid|(^|[._])ip$|手机|电话|邮箱|姓名|地址|身份证/i
const personalAttributes = new RegExp(`${personalProperties.source}|name`, 'i')
const personalValues = /@|^\+?\d{7,}$/

function typeOf(value: unknown): ValueType {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      return 'object'
  }
}

interface Seen {
  readonly types: Map<ValueType, number>
  /** How often each was seen. */
  readonly samples: Map<string, number>
}

function note(fields: Map<string, Seen>, name: string, value: unknown, personal: RegExp): void {
  let seen = fields.get(name)
  if (seen === undefined) {
    if (fields.size >= propertiesMax) return
    seen = { types: new Map(), samples: new Map() }
    fields.set(name, seen)
  }
  const type = typeOf(value)
  seen.types.set(type, (seen.types.get(type) ?? 0) + 1)
  const text = String(value)
  const showable = type === 'string' || type === 'number' || type === 'boolean'
  if (!showable || text === '' || personal.test(name) || personalValues.test(text)) return
  const sample = text.slice(0, sampleLengthMax)
  const before = seen.samples.get(sample)
  if (before !== undefined || seen.samples.size < differentMax) seen.samples.set(sample, (before ?? 0) + 1)
}

/** The most frequent first. */
function samplesOf({ samples }: Seen): string[] {
  const ranked = [...samples].sort((a, b) => b[1] - a[1])
  return ranked.filter(([, count], place) => place < samplesOnceMax || (count > 1 && place < samplesMax)).map(([text]) => text)
}

/** Names are dotted paths, as rules write them. */
function noteAll(fields: Map<string, Seen>, document: object, personal: RegExp, prefix = '', depth = 1): void {
  for (const [key, value] of Object.entries(document)) {
    const name = prefix + key
    note(fields, name, value, personal)
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < nestingMax)
      noteAll(fields, value, personal, `${name}.`, depth + 1)
  }
}

/** The type seen most often; null only where there was nothing else. */
function fieldsOf(documents: readonly string[], personal: RegExp): Field[] {
  const fields = new Map<string, Seen>()
  for (const document of documents) {
    const parsed: unknown = JSON.parse(document)
    if (typeof parsed === 'object' && parsed !== null) noteAll(fields, parsed, personal)
  }
  return [...fields]
    .map(([name, seen]) => {
      const { types } = seen
      const [best] = [...types].filter(([type]) => type !== 'null').sort((a, b) => b[1] - a[1])
      return { name, type: best?.[0] ?? 'null', types: [...types.keys()].sort(), samples: samplesOf(seen) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function createCatalogue({ clickhouse, clock }: { clickhouse: ClickHouse; clock: Clock }): CatalogueReader {
  const cache = new Map<number, { at: number; answer: Promise<Catalogue> }>()

  async function read(workspaceId: number): Promise<Catalogue> {
    const [names, recent, attributes] = await Promise.all([
      store.eventCounts(clickhouse, workspaceId, eventNamesMax),
      store.recentProperties(clickhouse, workspaceId),
      store.recentAttributes(clickhouse, workspaceId),
    ])
    const samples = Map.groupBy(recent, (row) => row.event)
    const rare = names.map((row) => row.event).filter((event) => !samples.has(event))
    for (const row of rare.length > 0 ? await store.propertiesOf(clickhouse, workspaceId, rare) : [])
      samples.set(row.event, [...(samples.get(row.event) ?? []), row])
    return {
      events: names.map(({ event, count }) => ({
        name: event,
        count,
        properties: fieldsOf(
          (samples.get(event) ?? []).map((row) => row.properties),
          personalProperties,
        ),
      })),
      attributes: fieldsOf(
        attributes.map((row) => row.attributes),
        personalAttributes,
      ),
    }
  }

  return {
    catalogue(workspaceId) {
      const now = clock.now()
      const known = cache.get(workspaceId)
      if (known !== undefined && now - known.at < freshMs && now >= known.at) return known.answer
      const answer = read(workspaceId)
      cache.set(workspaceId, { at: now, answer })
      answer.catch(() => cache.delete(workspaceId))
      return answer
    },
  }
}
