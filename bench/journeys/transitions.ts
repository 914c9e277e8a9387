import type { ClickHouse } from '../../server/src/platform/db/clickhouse.ts'
import { type Db, sql } from '../../server/src/platform/db/postgres.ts'
import { round, say } from '../harness/result.ts'
import { type Definition, enteredOf, messagesOf, onceAfter, plain, type Shop } from './shop.ts'

// A journey as shops draw them, for every member of the upper levels: conditions on what people did and who they are, messages, waits.
// Next to it, rows of the same table claimed and updated by nobody but a loop.

const dayMs = 86_400_000
const levels = ['金卡', '钻石']
const city = '上海'
const looked = { event: 'Product Viewed', days: 30, atLeast: 2 } as const
const bought = 'Order Paid'

const count = (event: string, atLeast: number, window: { kind: 'ever' } | { kind: 'rolling'; amount: number; unit: 'day' }) =>
  ({ kind: 'event', event, filters: [], window, measure: { fn: 'count' }, op: 'gte', value: atLeast }) as const

function definition(when: Pick<ReturnType<typeof onceAfter>, 'at' | 'repeat'>): Definition {
  const send = (id: string, next: string) => ({ id, kind: 'send', channel: 'popup', template: id, next }) as const
  const { at, repeat } = when
  return {
    trigger: {
      kind: 'schedule',
      audience: { kind: 'rule', rule: { kind: 'attribute', filter: { property: 'member_level', op: 'in', value: levels } } },
      at,
      repeat,
    },
    start: 'looked',
    nodes: [
      {
        id: 'looked',
        kind: 'condition',
        rule: count(looked.event, looked.atLeast, { kind: 'rolling', amount: looked.days, unit: 'day' }),
        next: 'offer',
        otherwise: 'pause',
      },
      send('offer', 'day'),
      { id: 'day', kind: 'wait', duration: { amount: 1, unit: 'day' }, next: 'bought' },
      { id: 'bought', kind: 'condition', rule: count(bought, 1, { kind: 'ever' }), next: 'thanks', otherwise: 'remind' },
      send('thanks', 'end'),
      send('remind', 'end'),
      { id: 'pause', kind: 'wait', duration: { amount: 2, unit: 'day' }, next: 'city' },
      {
        id: 'city',
        kind: 'condition',
        rule: { kind: 'attribute', filter: { property: 'city', op: 'eq', value: city } },
        next: 'local',
        otherwise: 'end',
      },
      send('local', 'end'),
      { id: 'end', kind: 'exit' },
    ],
  }
}

/** Where people come by what SQL written by hand says of each of them. */
async function oracle(clickhouse: ClickHouse, workspaceId: number, now: number): Promise<Record<string, number>> {
  const [row] = await clickhouse.query<Record<string, number>>(
    'batch',
    `select count() as looked, countIf(saw) as offer, countIf(saw and paid) as thanks, countIf(saw and not paid) as remind,
       countIf(not saw) as pause, countIf(not saw and local) as local
     from (
       select person_id, JSONExtractString(attributes, 'city') = {city:String} as local,
         person_id in (select person_id from events where workspace_id = {workspace:UInt32} and event = {looked:String}
           and time > fromUnixTimestamp64Milli({now:Int64} - {days:Int64} * 86400000) and time <= fromUnixTimestamp64Milli({now:Int64})
           group by person_id having count() >= {atLeast:UInt32}) as saw,
         person_id in (select person_id from events where workspace_id = {workspace:UInt32} and event = {bought:String}) as paid
       from profiles final
       where workspace_id = {workspace:UInt32} and merged = 0 and JSONExtractString(attributes, 'member_level') in {levels:Array(String)})`,
    { workspace: workspaceId, now, city, levels, looked: looked.event, days: looked.days, atLeast: looked.atLeast, bought },
  )
  if (!row) throw new Error('the oracle said nothing')
  const of = (name: string) => row[name] ?? 0
  return {
    looked: of('looked'),
    offer: of('offer'),
    day: of('offer'),
    bought: of('offer'),
    thanks: of('thanks'),
    remind: of('remind'),
    pause: of('pause'),
    city: of('pause'),
    local: of('local'),
    end: of('looked'),
  }
}

/** As many rows as were moved, claimed and updated in batches of the engine's size, on a table of the same columns and indexes. */
async function rawRowsPerSecond(db: Db, workspaceId: number, journeyId: string, rows: number, batch: number): Promise<number> {
  await db.run(plain('drop table if exists raw_runs'))
  await db.run(plain('create table raw_runs (like journey_runs including all)'))
  const now = new Date()
  // Wake-ups in the order of entry, as people who came in together wait.
  await db.run(sql`
    insert into raw_runs
    select workspace_id, id || '-' || copy, journey_id, version, person_id, entry_key || '-' || copy, 'waiting', node_id, visit,
      ${now}::timestamptz - interval '1 day' + row_number() over (order by copy, id) * interval '1 millisecond', context, null, steps, tries, entered_at, updated_at
    from journey_runs cross join generate_series(1, 20) copy
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} order by copy, id limit ${rows}`)
  await db.run(plain('analyze raw_runs'))
  const later = new Date(now.getTime() + dayMs)
  const start = performance.now()
  let done = 0
  for (;;) {
    const claimed = await db.tx(async (tx) => {
      const due = await tx.many<{ id: string }>(sql`
        select * from raw_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting')
          and wake_at <= ${now} order by wake_at, id limit ${batch} for update skip locked`)
      if (due.length > 0)
        await tx.run(sql`
          update raw_runs set state = 'waiting', wake_at = ${later}, visit = visit + 1, updated_at = ${now}
          where workspace_id = ${workspaceId} and id = any(${due.map((row) => row.id)}::text[])`)
      return due.length
    })
    done += claimed
    if (claimed === 0) break
  }
  const seconds = (performance.now() - start) / 1000
  if (done !== rows) throw new Error(`${done} of ${rows} raw rows were claimed`)
  await db.run(plain('drop table raw_runs'))
  return done / seconds
}

export interface TransitionFigures {
  readonly people: number
  readonly transitions: number
  readonly differences: readonly string[]
  readonly messages: number
  readonly effectKeys: number
  readonly seconds: { entry: number; afterWaits: number }
  readonly perSecond: number
  readonly rawPerSecond: number
  readonly ratio: number
}

export async function measureTransitions(shop: Shop, batch: number): Promise<TransitionFigures> {
  const { clock, db, clickhouse, workspaceId } = shop
  const when = onceAfter(clock.now())
  const id = await shop.publish('members', definition(when))
  const expected = await oracle(clickhouse, workspaceId, when.dueAt)
  const timed = async (at: number) => {
    clock.set(at)
    const start = performance.now()
    await shop.settle()
    return (performance.now() - start) / 1000
  }
  say(`transitions: ${expected.looked} people`)
  const entry = await timed(when.dueAt)
  say(`  they are in after ${round(entry)} s`)
  const afterWaits = (await timed(when.dueAt + dayMs)) + (await timed(when.dueAt + 2 * dayMs))
  const entered = await enteredOf(db, workspaceId, id)
  const messages = await messagesOf(db, workspaceId, id)
  const sends = ['offer', 'thanks', 'remind', 'local']
  const differences = [
    ...Object.entries(expected).flatMap(([node, n]) => (entered[node] === n ? [] : [`${node}: ${entered[node]} entered, not ${n}`])),
    ...sends.flatMap((node) =>
      messages.byNode[node] === expected[node] ? [] : [`${node}: ${messages.byNode[node]} messages, not ${expected[node]}`],
    ),
    ...(messages.keys === messages.all ? [] : ['an effect is there twice']),
  ]
  const transitions = Object.values(entered).reduce((sum, n) => sum + n, 0)
  say(`  ${transitions} transitions in ${round(entry + afterWaits)} s; raw`)
  const rawPerSecond = await rawRowsPerSecond(db, workspaceId, id, transitions, batch)
  const perSecond = transitions / (entry + afterWaits)
  say(`  ${round(perSecond)} and ${round(rawPerSecond)} per second`)
  return {
    people: expected.looked ?? 0,
    transitions,
    differences,
    messages: messages.all,
    effectKeys: messages.keys,
    seconds: { entry: round(entry), afterWaits: round(afterWaits) },
    perSecond: Math.round(perSecond),
    rawPerSecond: Math.round(rawPerSecond),
    ratio: round(perSecond / rawPerSecond, 3),
  }
}
