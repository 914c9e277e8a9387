import type { Post } from '../../platform/outbound/post.ts'
import type { AlarmRow, OutletRow } from './alarm-store.ts'
import { type Robot, robots } from './robots.ts'
import { linesOf, testLine } from './telling-words.ts'

/** Whoever listens has this long to answer. */
const answerMsMax = 10_000

/** One thing to be told of an alarm. */
export interface Telling {
  readonly alarm: AlarmRow
  readonly state: 'opened' | 'closed'
}

/** What a webhook is told, as JSON. `state` and `id` together are told once, or again after an answer that was no success. */
function webhookBody({ alarm, state }: Telling) {
  const { id, journey_id, name, kind, opened_at, closed_at, stands } = alarm
  return {
    type: 'journey_alarm',
    ...{ id, state, kind, journey: { id: journey_id, name } },
    openedAt: opened_at.toISOString(),
    closedAt: state === 'closed' ? (closed_at?.toISOString() ?? null) : null,
    ...stands,
  }
}

/** What tells an outlet. */
export interface Teller {
  readonly post: Post
  /** Where the console is. */
  readonly publicUrl: string
  readonly timeZone: string
}

export interface Told {
  /** Why it was not taken; null: it was. */
  readonly problem: string | null
  /** How many of the tellings, from the first on, were in it. */
  readonly count: number
}

/** Tells a webhook one thing, a robot as many as go into one message. */
export async function tell(teller: Teller, outlet: OutletRow, tellings: readonly Telling[], now: number): Promise<Told> {
  const [first] = tellings
  if (first === undefined) return { problem: null, count: 0 }
  if (outlet.kind === 'webhook') {
    const problem = await tellWebhook(teller.post, outlet, `${first.alarm.id}:${first.state}`, webhookBody(first), now)
    return { problem, count: 1 }
  }
  const { lines, count } = linesOf(tellings, { ...teller, language: outlet.language })
  const opened = tellings.slice(0, count).some((one) => one.state === 'opened')
  return { problem: await tellRobot(teller, outlet, robots[outlet.kind], { lines, opened }, now), count }
}

/** Answers why a test was not taken. */
export async function tellTest(teller: Teller, outlet: OutletRow, now: number): Promise<string | null> {
  if (outlet.kind === 'webhook')
    return tellWebhook(teller.post, outlet, `test:${now}`, { type: 'journey_alarm_test', at: new Date(now) }, now)
  return tellRobot(teller, outlet, robots[outlet.kind], { lines: [testLine(outlet.language)], opened: false }, now)
}

async function tellWebhook(post: Post, { url, secret }: OutletRow, id: string, body: object, now: number): Promise<string | null> {
  const secrets = secret === null ? [] : [secret]
  const posted = await post({ url, id, secrets, body: JSON.stringify(body), timeoutMs: answerMsMax }, now)
  if (posted.kind === 'failed') return posted.detail
  return posted.status >= 200 && posted.status < 300 ? null : `it answered ${posted.status}`
}

async function tellRobot(
  { post, publicUrl }: Teller,
  { url, secret, language }: OutletRow,
  robot: Robot,
  { lines, opened }: { lines: readonly string[]; opened: boolean },
  now: number,
): Promise<string | null> {
  const { target, body } = robot.message({ url, secret, now, lines, opened, language, link: `${publicUrl}/journeys` })
  const posted = await post({ url: target, id: `robot:${now}`, secrets: [], body: JSON.stringify(body), timeoutMs: answerMsMax }, now)
  if (posted.kind === 'failed') return posted.detail
  if (posted.status !== 200) return `it answered ${posted.status}`
  return robot.problem(posted.body ?? '')
}
