import type { CallInput } from '@chaoxi/contract'
import { type Db, type Sql, sql } from '../../server/src/platform/db/postgres.ts'
import { call } from '../harness/api.ts'
import type { Program } from '../harness/program.ts'

// The shop of this benchmark: its journeys, and the loops that move them, one turn at a time.

export interface Shop extends Program {
  readonly workspaceId: number
  publish(key: string, definition: Definition): Promise<string>
  /** Turns of the loops that move runs, until none finds work. */
  settle(): Promise<void>
}

/** With what the contract fills in left out. */
export type Definition = NonNullable<CallInput<'journeyCreate'>['body']>['definition']

export const templates = ['offer', 'thanks', 'remind', 'local'] as const

/** Everything of the journeys' room but the watchdog, which looks in every 15 seconds. */
export const movingLoops = ['journey_occurrence', 'journey_inbox', 'journey_due', 'journey_absence', 'journey_deeds'] as const

export async function openShop(program: Program): Promise<Shop> {
  const { chaoxi } = program
  const { url, loops } = chaoxi
  for (const key of templates)
    await call(url, 'templateCreate', {
      body: {
        key,
        name: key,
        channel: 'popup',
        content: { kind: 'popup', title: '会员日', body: '今天是会员日，全场满减', button: '去看看', action: { kind: 'close' } },
      },
    })
  return {
    ...program,
    workspaceId: chaoxi.first.workspaceId,
    async publish(key, definition) {
      const { id } = await call(url, 'journeyCreate', { body: { key, name: key, definition } })
      await call(url, 'journeyPublish', { params: { id } })
      return id
    },
    async settle() {
      for (let worked = true; worked; ) {
        worked = false
        for (const name of movingLoops) if (await loops.runOnce(name)) worked = true
      }
    },
  }
}

/** A schedule that is due once, a minute after `now`. */
export function onceAfter(now: number): { at: string; repeat: { kind: 'once'; date: string }; dueAt: number } {
  const dueAt = Math.ceil((now + 60_000) / 60_000) * 60_000
  const local = new Date(dueAt + 8 * 3_600_000).toISOString()
  return { at: local.slice(11, 16), repeat: { kind: 'once', date: local.slice(0, 10) }, dueAt }
}

/** How often each node was entered, by the counters. */
export async function enteredOf(db: Db, workspaceId: number, journeyId: string): Promise<Record<string, number>> {
  const rows = await db.many<{ node_id: string; entered: number }>(sql`
    select node_id, sum(entered)::bigint as entered from journey_counters
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and way = '' and node_id <> '' group by node_id`)
  return Object.fromEntries(rows.map((row) => [row.node_id, row.entered]))
}

/** Messages by node, and under how many keys. */
export async function messagesOf(
  db: Db,
  workspaceId: number,
  journeyId: string,
): Promise<{ byNode: Record<string, number>; keys: number; people: number; all: number }> {
  const rows = await db.many<{ node_id: string; count: number }>(sql`
    select node_id, count(*) as count from messages where workspace_id = ${workspaceId} and journey_id = ${journeyId} group by node_id`)
  const all = await db.one<{ keys: number; people: number; all: number }>(sql`
    select count(distinct effect_key) as keys, count(distinct (node_id, person_id)) as people, count(*) as all from messages
    where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
  return {
    byNode: Object.fromEntries(rows.map((row) => [row.node_id, row.count])),
    keys: all?.keys ?? 0,
    people: all?.people ?? 0,
    all: all?.all ?? 0,
  }
}

/** A statement without values. */
export const plain = (text: string): Sql => ({ strings: [text], values: [] })
