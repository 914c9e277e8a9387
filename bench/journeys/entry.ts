import { sql } from '../../server/src/platform/db/postgres.ts'
import { round, say } from '../harness/result.ts'
import { type Definition, messagesOf, onceAfter, plain, type Shop } from './shop.ts'

// Everybody of a segment comes into a journey at one stroke and gets a message. Next to it, the same rows of runs and messages copied
// within PostgreSQL into tables with the same indexes.

const definition = (when: Pick<ReturnType<typeof onceAfter>, 'at' | 'repeat'>): Definition => ({
  trigger: { kind: 'schedule', audience: { kind: 'segment', segment: 'customers' }, at: when.at, repeat: when.repeat },
  start: 'offer',
  nodes: [
    { id: 'offer', kind: 'send', channel: 'popup', template: 'offer', next: 'month' },
    { id: 'month', kind: 'wait', duration: { amount: 400, unit: 'day' }, next: 'end' },
    { id: 'end', kind: 'exit' },
  ],
})

export interface EntryFigures {
  readonly people: number
  readonly differences: readonly string[]
  readonly seconds: number
  readonly perSecond: number
  readonly rawSeconds: number
  readonly ratio: number
}

async function rawSeconds({ db, workspaceId }: Shop, journeyId: string): Promise<number> {
  const tables = ['journey_runs', 'messages']
  for (const table of tables) await db.run(plain(`create table raw_${table} (like ${table} including all)`))
  const start = performance.now()
  await db.run(
    sql`insert into raw_journey_runs select * from journey_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId}`,
  )
  await db.run(sql`insert into raw_messages select * from messages where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
  const seconds = (performance.now() - start) / 1000
  for (const table of tables) await db.run(plain(`drop table raw_${table}`))
  return seconds
}

export async function measureEntry(shop: Shop, people: number): Promise<EntryFigures> {
  const { chaoxi, clock, db, workspaceId } = shop
  say(`batch entry: a segment of ${people}`)
  await chaoxi.house.tags.definitions.create({ workspaceId, actor: 'bench' }, 'segment', {
    key: 'customers',
    name: 'customers',
    description: '',
    layer: null,
    scene: '',
    mode: 'dynamic',
    rule: { kind: 'attribute', filter: { property: 'member_level', op: 'exists' } },
  })
  const { work } = chaoxi.house.tags
  while (await work.compute());
  while (await work.flush());
  const when = onceAfter(clock.now())
  const id = await shop.publish('customers', definition(when))
  clock.set(when.dueAt)
  say('  due')
  const start = performance.now()
  await shop.settle()
  const seconds = (performance.now() - start) / 1000
  say(`  ${round(seconds)} s`)
  const messages = await messagesOf(db, workspaceId, id)
  const runs = await db.one<{ runs: number; people: number }>(sql`
    select count(*) as runs, count(distinct person_id) as people from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${id} and node_id = 'month' and state = 'waiting'`)
  const found = { ...messages, byNode: messages.byNode.offer ?? 0, runs: runs?.runs ?? 0, inside: runs?.people ?? 0 }
  const differences = Object.entries(found).flatMap(([what, n]) => (n === people ? [] : [`${what}: ${n}, not ${people}`]))
  const raw = await rawSeconds(shop, id)
  say(`  raw ${round(raw)} s`)
  return {
    people,
    differences,
    seconds: round(seconds),
    perSecond: Math.round(people / seconds),
    rawSeconds: round(raw, 2),
    ratio: round(seconds / raw),
  }
}
