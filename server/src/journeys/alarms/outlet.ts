import { createHmac } from 'node:crypto'
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

export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** Tells one thing; answers why it was not taken, or null. Redirects are not followed: the address is the one that somebody typed. */
export async function post(outlet: OutletRow, telling: object, now: number): Promise<string | null> {
  const body = JSON.stringify(telling)
  const timestamp = String(now)
  try {
    const answer = await fetch(outlet.url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMsMax),
      headers: {
        'content-type': 'application/json',
        'x-chaoxi-timestamp': timestamp,
        'x-chaoxi-signature': signatureOf(outlet.secret, timestamp, body),
      },
      body,
    })
    await answer.body?.cancel()
    return answer.ok ? null : `it answered ${answer.status}`
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? `no answer within ${answerMsMax / 1_000} s` : 'it could not be reached'
  }
}
