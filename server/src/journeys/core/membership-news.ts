import type { Heard } from './run.ts'

/** That somebody came into a segment or left it, was given a tag or one of its values, or lost it. */
export interface Turned {
  readonly kind: 'tag' | 'segment'
  readonly key: string
  /** Of a tag with values; empty otherwise. */
  readonly value: string
  readonly entered: boolean
  /** ms */
  readonly at: number
}

export const membershipKind = ({ kind, entered }: Pick<Turned, 'kind' | 'entered'>) => `${kind}_${entered ? 'entry' : 'exit'}` as const

/** What names it in the inbox. */
export function moveKeyOf({ kind, key, value, entered, at }: Turned, personId: number): string {
  const when = `${entered ? '' : 'out:'}${new Date(at).toISOString()}`
  return kind === 'tag' ? `tag:${key}:${value}:${personId}:${when}` : `segment:${key}:${personId}:${when}`
}

/** What the inbox hears of it; `reason`: what turned it. */
export function membershipNews(turned: Turned & { readonly reason: string }, personId: number): Heard {
  const { kind, key, value, at, reason } = turned
  return {
    sourceKey: moveKeyOf(turned, personId),
    kind: membershipKind(turned),
    name: key,
    properties: kind === 'tag' ? { tag: key, value, reason } : { segment: key, reason },
    occurredAt: at,
    receivedAt: at,
  }
}
