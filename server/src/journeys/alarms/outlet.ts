import type { Post } from '../../platform/outbound/post.ts'
import type { AlarmRow, OutletRow } from './alarm-store.ts'

/** Whoever listens has this long to answer. */
const answerMsMax = 10_000

/** What an outlet is told, as JSON. `state` and `id` together are told once, or again after an answer that was no success. */
export function tellingOf(alarm: AlarmRow, state: 'opened' | 'closed') {
  const { id, journey_id, name, kind, opened_at, closed_at, stands } = alarm
  return {
    type: 'journey_alarm',
    ...{ id, state, kind, journey: { id: journey_id, name } },
    openedAt: opened_at.toISOString(),
    closedAt: state === 'closed' ? (closed_at?.toISOString() ?? null) : null,
    ...stands,
  }
}

/** Tells one thing; answers why it was not taken, or null. */
export async function tellOutlet(
  post: Post,
  outlet: OutletRow,
  telling: { id: string; state: string },
  now: number,
): Promise<string | null> {
  const { url, secret } = outlet
  const id = `${telling.id}:${telling.state}`
  const posted = await post({ url, id, secrets: [secret], body: JSON.stringify(telling), timeoutMs: answerMsMax }, now)
  if (posted.kind === 'failed') return posted.detail
  return posted.status >= 200 && posted.status < 300 ? null : `it answered ${posted.status}`
}
