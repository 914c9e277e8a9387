import type { Posting } from '../../platform/outbound/post.ts'
import type { Seal } from '../../platform/seal.ts'
import type { EndpointRow } from './endpoint-store.ts'

/** What of an endpoint is sealed. */
export interface EndpointSecrets {
  readonly secret: string
  readonly before: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** Null: it cannot be opened with the key of this program. */
export function secretsOf(seal: Seal, row: Pick<EndpointRow, 'secrets'>): EndpointSecrets | null {
  const text = seal.open(row.secrets)
  return text === null ? null : JSON.parse(text)
}

/** What an endpoint is told, around the values of the node. */
export interface Told {
  readonly id: string
  readonly at: Date
  readonly test?: true
  readonly journey: { readonly key: string; readonly name: string } | null
  readonly node: string | null
  readonly run: string | null
  readonly person: { readonly id: number; readonly userId: string | null } | null
  readonly data: Readonly<Record<string, unknown>>
}

export function postingFor(row: EndpointRow, secrets: EndpointSecrets, told: Told, now: number): Posting {
  const { id, at, data, ...more } = told
  const both = secrets.before !== null && row.before_until !== null && row.before_until.getTime() > now
  return {
    id,
    url: row.url,
    secrets: both && secrets.before !== null ? [secrets.secret, secrets.before] : [secrets.secret],
    headers: secrets.headers,
    body: JSON.stringify({ type: 'journey.webhook', timestamp: at.toISOString(), ...more, data }),
    timeoutMs: row.timeout_seconds * 1_000,
  }
}
