import { sql } from '../../server/src/platform/db/postgres.ts'
import { percentile, round, say } from '../harness/result.ts'
import { type Definition, movingLoops, plain, type Shop } from './shop.ts'

// What a tick costs while few or very many wait: one that finds nothing due, and one that moves a batch.

const dayMs = 86_400_000
const dueAtOnce = 500
const warmTicks = 2
const measuredTicks = 8
const idleTicks = 50
const insertedAtOnce = 250_000

const definition: Definition = {
  trigger: { kind: 'call' },
  reentry: 'every_time',
  start: 'first',
  nodes: [
    { id: 'first', kind: 'wait', duration: { amount: 30, unit: 'day' }, next: 'offer' },
    { id: 'offer', kind: 'send', channel: 'popup', template: 'offer', next: 'second' },
    { id: 'second', kind: 'wait', duration: { amount: 30, unit: 'day' }, next: 'end' },
    { id: 'end', kind: 'exit' },
  ],
}

export interface TickFigures {
  readonly waiting: number
  /** Median of one run of each loop while nothing is due, of one that moves `dueAtOnce` runs, and of the watchdog. */
  readonly idleMs: number
  readonly movingMs: number
  readonly watchMs: number
  readonly moved: number
  readonly mustMove: number
}

/** People wait as the engine leaves them; every minute `dueAtOnce` of them are due, those who came first. */
async function fill({ db, workspaceId }: Shop, journeyId: string, people: number, range: { from: number; to: number }, firstAt: number) {
  const heard = { kind: 'call', name: journeyId, properties: { offer: 'spring' }, occurredAt: firstAt - dayMs, receivedAt: firstAt - dayMs }
  for (let from = range.from; from < range.to; from += insertedAtOnce) {
    const until = Math.min(range.to, from + insertedAtOnce) - 1
    await db.run(sql`
      insert into journey_runs (workspace_id, id, journey_id, version, person_id, entry_key, state, node_id, visit, wake_at, context, steps, entered_at, updated_at)
      select ${workspaceId}, 'run_' || lpad(i::text, 26, '0'), ${journeyId}, 1, 1 + (i::bigint * 7919) % ${people}, 'call:' || i, 'waiting', 'first', 1,
        ${new Date(firstAt)}::timestamptz + i / ${dueAtOnce}::int * interval '1 minute',
        jsonb_build_object('trigger', ${JSON.stringify(heard)}::jsonb || jsonb_build_object('sourceKey', 'call:' || i),
          'wait', jsonb_build_object('since', ${firstAt - dayMs}::bigint, 'until', ${firstAt}::bigint + i / ${dueAtOnce}::int * 60000::bigint)),
        1, ${new Date(firstAt - dayMs)}, ${new Date(firstAt - dayMs)}
      from generate_series(${from}::int, ${until}::int) i`)
    say(`  ${until + 1} wait`)
  }
  await db.run(plain('vacuum (analyze) journey_runs'))
  await db.run(plain('checkpoint'))
}

interface Side {
  readonly shop: Shop
  readonly id: string
  readonly ms: Record<'moving' | 'idle' | 'watch', number[]>
}

async function timed({ chaoxi }: Shop, names: readonly string[]): Promise<number> {
  const start = performance.now()
  for (const name of names) await chaoxi.loops.runOnce(name)
  return performance.now() - start
}

export const fewWaiting = (warmTicks + measuredTicks) * dueAtOnce

/**
 * Ticks of two shops side by side on one PostgreSQL, a database each: in one few wait, in the other very many. They take turns, so
 * that whatever else the machine does meets both.
 */
export async function measureWaiting(
  few: Shop,
  many: Shop,
  waiting: number,
  people: number,
): Promise<{ few: TickFigures; many: TickFigures }> {
  const firstAt = Math.ceil(few.clock.now() / 60_000) * 60_000 + dayMs
  const sides: Side[] = []
  for (const [shop, count] of [
    [few, fewWaiting],
    [many, waiting],
  ] as const) {
    say(`ticks: ${count} wait`)
    const id = await shop.publish('waiting', definition)
    await fill(shop, id, people, { from: 0, to: count }, firstAt)
    sides.push({ shop, id, ms: { moving: [], idle: [], watch: [] } })
  }
  for (let tick = 0; tick < warmTicks + measuredTicks; tick++) {
    few.clock.set(firstAt + tick * 60_000)
    for (const { shop, ms } of sides) {
      const moving = await timed(shop, ['journey_due'])
      const watch = await timed(shop, ['journey_watch'])
      if (tick < warmTicks) continue
      ms.moving.push(moving)
      ms.watch.push(watch)
    }
  }
  for (let tick = 0; tick < idleTicks; tick++) for (const { shop, ms } of sides) ms.idle.push(await timed(shop, movingLoops))
  const figures = async ({ shop: { db, workspaceId }, id, ms }: Side, count: number): Promise<TickFigures> => {
    const moved = await db.one<{ count: number }>(sql`
      select count(*) as count from messages where workspace_id = ${workspaceId} and journey_id = ${id}`)
    const median = (all: readonly number[]) => round(percentile(all, 0.5), 2)
    return {
      waiting: count,
      idleMs: median(ms.idle),
      movingMs: median(ms.moving),
      watchMs: median(ms.watch),
      moved: moved?.count ?? 0,
      mustMove: fewWaiting,
    }
  }
  const [one, other] = sides
  if (!one || !other) throw new Error('two shops are needed')
  return { few: await figures(one, fewWaiting), many: await figures(other, waiting) }
}
