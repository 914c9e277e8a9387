import type { JourneyDefinition } from './journey.ts'
import { replyEvent } from './journey-reply.ts'
import type { EventMatch } from './journey-terms.ts'
import type { PropertyFilter, Scalar } from './rule-filter.ts'

/** What brings people into a journey, made up. `editable`: its properties are anybody's to say. */
export interface SampleTrigger {
  readonly name: string
  readonly properties: Record<string, unknown>
  readonly editable: boolean
}

const first = (values: readonly Scalar[]): Scalar => values[0] ?? ''

/** A value that passes the filter as far as one filter says it; undefined: it is in order when there is none. */
function valueFor(filter: PropertyFilter, before: unknown): unknown {
  switch (filter.op) {
    case 'eq':
      return filter.value
    case 'neq':
      return before ?? (filter.value === 'sample' ? 'other' : 'sample')
    case 'gt':
      return typeof before === 'number' && before > filter.value ? before : filter.value + 1
    case 'gte':
      return typeof before === 'number' && before >= filter.value ? before : filter.value
    case 'lt':
      return typeof before === 'number' && before < filter.value ? before : filter.value - 1
    case 'lte':
      return typeof before === 'number' && before <= filter.value ? before : filter.value
    case 'in':
      return first(filter.value)
    case 'not_in':
      return before ?? (filter.value.includes('sample') ? 'other' : 'sample')
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return filter.value
    case 'not_contains':
      return before ?? 'sample'
    case 'includes_any':
      return [first(filter.value)]
    case 'includes_all':
      return filter.value
    case 'includes_none':
      return before ?? []
    case 'exists':
      return before ?? 'sample'
    case 'not_exists':
      return undefined
  }
}

/** `address.city` and `products[].category` written out. */
function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const [step, ...rest] = path.split('.')
  if (step === undefined || value === undefined) return
  if (rest.length === 0) {
    into[step.replace(/\[\]$/, '')] = value
    return
  }
  const name = step.replace(/\[\]$/, '')
  if (step.endsWith('[]')) {
    const values = Array.isArray(value) ? value : [value]
    into[name] = values.map((one: unknown) => {
      const item: Record<string, unknown> = {}
      put(item, rest.join('.'), one)
      return item
    })
    return
  }
  const known = into[name]
  const child: Record<string, unknown> = typeof known === 'object' && known !== null && !Array.isArray(known) ? { ...known } : {}
  put(child, rest.join('.'), value)
  into[name] = child
}

/** Properties with which an event would pass the filters, as far as each says it alone. */
export function sampleProperties({ filters }: Pick<EventMatch, 'filters'>): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const filter of filters) put(properties, filter.property, valueFor(filter, properties[filter.property]))
  return properties
}

export function sampleTrigger({ trigger }: Pick<JourneyDefinition, 'trigger'>): SampleTrigger {
  switch (trigger.kind) {
    case 'event':
    case 'event_absence':
      return { name: trigger.event, properties: sampleProperties(trigger), editable: true }
    case 'inbound_message':
      return { name: replyEvent, properties: { channel: 'sms', text: trigger.words[0] ?? 'OK' }, editable: true }
    case 'segment_entry':
    case 'segment_exit':
      return { name: trigger.segment, properties: { segment: trigger.segment }, editable: false }
    case 'tag_entry':
    case 'tag_exit':
      return { name: trigger.tag, properties: { tag: trigger.tag, ...(trigger.value ? { value: trigger.value } : {}) }, editable: false }
    case 'item_change':
      return { name: '', properties: { change: trigger.change, product_id: 'sample', name: 'sample' }, editable: true }
    case 'call':
      return { name: '', properties: {}, editable: true }
    case 'schedule':
    case 'date':
      return { name: '', properties: {}, editable: false }
  }
}
