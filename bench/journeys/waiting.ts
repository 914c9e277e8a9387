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

/** Medians of ticks; runs from the `tick`-th minute on are still waiting. */
async function ticks(shop: Shop, journeyId: string, firstAt: number, fromTick: number): Promise<Omit<TickFigures, 'waiting'>> {
  const { chaoxi, clock, db, workspaceId } = shop
  const timed = async (names: readonly string[]) => {
    const start = performance.now()
    for (const name of names) await chaoxi.loops.runOnce(name)
    return performance.now() - start
  }
  const [moving, idle, watch]: number[][] = [[], [], []]
  for (let tick = 0; tick < warmTicks + measuredTicks; tick++) {
    clock.set(firstAt + (fromTick + tick) * 60_000)
    const ms = await timed(['journey_due'])
    if (tick >= warmTicks) moving?.push(ms)
  }
  for (let tick = 0; tick < idleTicks; tick++) idle?.push(await timed(movingLoops))
  for (let tick = 0; tick < warmTicks + measuredTicks; tick++) watch?.push(await timed(['journey_watch']))
  const moved = await db.one<{ count: number }>(sql`
    select count(*) as count from messages where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
  return {
    idleMs: round(percentile(idle ?? [], 0.5), 2),
    movingMs: round(percentile(moving ?? [], 0.5), 2),
    watchMs: round(percentile(watch ?? [], 0.5), 2),
    moved: moved?.count ?? 0,
    mustMove: (fromTick + warmTicks + measuredTicks) * dueAtOnce,
  }
}

export interface Waiting {
  few(): Promise<TickFigures>
  many(waiting: number): Promise<TickFigures>
}

export const fewWaiting = (warmTicks + measuredTicks) * dueAtOnce

export async function createWaiting(shop: Shop, people: number): Promise<Waiting> {
  const id = await shop.publish('waiting', definition)
  const firstAt = Math.ceil(shop.clock.now() / 60_000) * 60_000 + dayMs
  return {
    async few() {
      say(`ticks: ${fewWaiting} wait`)
      await fill(shop, id, people, { from: 0, to: fewWaiting }, firstAt)
      return { waiting: fewWaiting, ...(await ticks(shop, id, firstAt, 0)) }
    },
    async many(waiting) {
      say(`ticks: ${waiting} wait`)
      await fill(shop, id, people, { from: fewWaiting, to: waiting }, firstAt)
      return { waiting, ...(await ticks(shop, id, firstAt, warmTicks + measuredTicks)) }
    },
  }
}
