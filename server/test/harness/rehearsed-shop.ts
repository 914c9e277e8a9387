import type { CallInput } from '@chaoxi/contract'
import { sql } from '../../src/platform/db/postgres.ts'
import { startTestApp, type TestApp } from './app.ts'
import { createRandom } from './random.ts'

// A shop whose history is lived event by event, with every instant at which something is due visited on the way.

export type Draft = NonNullable<CallInput<'journeyCreate'>['body']>['definition']

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export interface Lived {
  readonly userId: string
  readonly at: number
  readonly event: string
  readonly properties: Record<string, unknown>
}

/** Random shopping of some people: views, carts, orders, and what they say of themselves. */
export function shopping(seed: number, people: number, from: number, days: number): Lived[] {
  const random = createRandom(seed)
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T
  const lived: Lived[] = []
  for (let person = 0; person < people; person++) {
    const userId = `u${person}`
    let at = from + Math.floor(random() * day)
    while (at < from + days * day) {
      const item = pick(['tea', 'cup', 'pot'])
      const price = Math.floor(random() * 100)
      const event = pick(['Viewed', 'Viewed', 'Viewed', 'Added', 'Order Paid', '$identify'])
      const due = new Date(at + Math.floor(random() * 4) * day).toISOString().slice(0, 10)
      const properties = event === '$identify' ? { level: pick(['a', 'b']), due } : { item, price }
      lived.push({ userId, at, event, properties })
      // In bursts, with odd milliseconds so that nothing falls on the stroke of something else.
      at += random() < 0.5 ? 1 + Math.floor(random() * 50 * minute) : Math.floor(random() * 30 * hour) + 1
    }
  }
  return lived.toSorted((a, b) => a.at - b.at)
}

export async function openRehearsedShop(timeZone: string): Promise<TestApp> {
  const app = await startTestApp()
  const workspace = await app.callAsAdmin('workspace')
  await app.callAsAdmin('workspaceUpdate', {
    body: { ...workspace, timeZone, quietHours: { start: '21:00', end: '08:00' }, marketingCap: { max: 100, hours: 24 } },
  })
  return app
}

/** The next instant at which something is due. */
async function nextDue({ db }: TestApp): Promise<number> {
  const row = await db.one<{ at: Date | null }>(sql`
    select least(
      (select min(wake_at) from journey_runs where state in ('active', 'waiting')),
      (select min(due_at) from journey_absences),
      (select min(due_at) from journey_schedules),
      (select min(due_at) from journey_contests where decided_at is null),
      (select min(due_at) from person_memberships),
      (select min(due_at) from messages where due_at is not null)) as at`)
  return row?.at?.getTime() ?? Number.POSITIVE_INFINITY
}

/** Lives the history, until `to`. */
export async function live(app: TestApp, history: readonly Lived[], to: number): Promise<void> {
  const visit = async (until: number) => {
    for (;;) {
      const due = await nextDue(app)
      if (due > until) return
      app.clock.set(new Date(Math.max(due, app.clock.now())).toISOString())
      await app.settle()
    }
  }
  for (const [i, { userId, at, event, properties }] of history.entries()) {
    await visit(at - 1)
    app.clock.set(new Date(at).toISOString())
    const timestamp = new Date(at).toISOString()
    const message =
      event === '$identify'
        ? { type: 'identify', userId, messageId: `m${i}`, timestamp, traits: properties }
        : { type: 'track', userId, messageId: `m${i}`, timestamp, event, properties }
    await app.events([message])
    await app.settle()
  }
  await visit(to)
  app.clock.set(new Date(to).toISOString())
  await app.settle()
}

/** What a journey did, one line each: from what it wrote, not from its story. */
export async function effectsOf(app: TestApp, journeyId: string): Promise<string[]> {
  const rows = await app.db.many<{ at: Date; key: string; what: string }>(sql`
    select created_at as at, effect_key as key, channel || ' ' || template as what from messages where journey_id = ${journeyId}
    union all
    select claimed_at, request_id, 'grant ' || coupon_key from coupon_claims where request_id like ${`${journeyId}:%`}
    union all
    select opened_at, effect_key, 'task' from tasks where journey_id = ${journeyId}`)
  const users = new Map(
    (
      await app.db.many<{ id: string; user: string }>(sql`
      select r.id, i.value as user from journey_runs r
      join person_identities i on i.workspace_id = r.workspace_id and i.person_id = r.person_id and i.kind = 'user_id'`)
    ).map((row) => [row.id, row.user]),
  )
  return rows
    .map(({ at, key, what }) => {
      const [, , run = '', node = '', visit = ''] = key.split(':')
      return `${at.toISOString()} ${users.get(run)} ${node} ${visit} ${what}`
    })
    .toSorted()
}
