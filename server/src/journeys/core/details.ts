import type { Heard } from './run.ts'

// How stories tell of times and of what was heard.

export const iso = (at: number) => new Date(at).toISOString()

/** What a story tells of what was heard: enough to find it, not its payload. */
export function heardDetails({ sourceKey, kind, name, properties, occurredAt, receivedAt, caller }: Heard): Record<string, unknown> {
  const times = { sourceKey, occurredAt: iso(occurredAt), receivedAt: iso(receivedAt) }
  if (kind === 'event') return { name, ...times }
  const { value } = properties
  return { kind, name, ...(value === undefined || value === '' ? {} : { value }), ...(caller ? { caller } : {}), ...times }
}
