import type { ClickHouse } from '../../server/src/platform/db/clickhouse.ts'
import { type Db, sql } from '../../server/src/platform/db/postgres.ts'
import { say } from '../harness/result.ts'
import * as world from './world.ts'

// Everything is a hash of (seed, person, number of the event), worked out inside ClickHouse: the same seed, people and `now`
// give the same shop. People are copied to PostgreSQL through a file.

export interface DataInput {
  readonly workspaceId: number
  readonly people: number
  readonly seed: number
  /** Milliseconds; the newest event lies before it. */
  readonly now: number
  /** A file that both stores can reach. */
  readonly file: string
}

export interface DataFigures {
  readonly events: number
  readonly eventsOfBusiest: number
  readonly clickhouseBytes: number
  readonly seconds: number
}

/** People whose events are made by one statement: about a million rows. */
const peopleAtOnce = 50_000
const dayMs = 86_400_000
/** So long before `now` everything had come in: further back than where a start looks for what a stop cut off. */
const receivedBeforeMs = 3_600_000
/** Events a person: Lomax-distributed with this scale and shape, cut at the most. The mean is 20, the median 4. */
const lomax = { scale: 6.6, shape: 1.3, max: 5_000 }

const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`
/** In [0, 1). */
const unit = (hash: string) => `(bitShiftRight(${hash}, 11) * 1.1102230246251565e-16)`
const slotsOf = (weights: readonly number[]) => `[${weights.flatMap((weight, i) => Array.from({ length: weight }, () => i + 1)).join(',')}]`

/** One of the names by its weight. */
function pick(hash: string, names: world.Weighted): string {
  const weights = names.map(([, weight]) => weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return `[${names.map(([name]) => quote(name)).join(',')}][${slotsOf(weights)}[1 + ${hash} % ${total}]]`
}

const perPerson = (seed: number, what: number) => `cityHash64(toUInt64(${seed}), toUInt64(${what}), i)`
const eventCount = (seed: number) =>
  `least(${lomax.max}, toUInt32(floor(${lomax.scale} * (pow(1 - ${unit(perPerson(seed, 1))}, ${-1 / lomax.shape}) - 1))) + (${perPerson(seed, 2)} % 20 != 0))`

function eventsStatement({ workspaceId, seed, now }: DataInput, from: number, count: number): string {
  const hours = world.hourWeights.reduce((sum, weight) => sum + weight, 0)
  // China has had one offset since 1991.
  const midnight = Math.floor((now + 8 * 3_600_000) / dayMs) * dayMs - 8 * 3_600_000
  const product = `'"product_id":"p', toString(product), '","category":"', category, '","price":', toString(fen / 100), ',"quantity":', toString(quantity)`
  return `
    insert into events (workspace_id, person_id, time, event, type, message_id, message_hash, user_id, anonymous_id, properties, context, received_at)
    select ${workspaceId}, i, fromUnixTimestamp64Milli(at, 'UTC'), name, 'track', concat('d', toString(i), '-', toString(k)), bitAnd(h, 9007199254740991), concat('u', toString(i)), '',
      multiIf(
        name in ('Order Completed', 'Order Paid', 'Order Refunded'),
          concat('{"order_id":"o', toString(i), '-', toString(k), '","total":', toString(fen * quantity / 100), ',"promotion":"', promotion, '",', ${product}, ',"products":[{', ${product}, '}]}'),
        name in ('Promotion Viewed', 'Coupon Applied'), concat('{"promotion":"', promotion, '","coupon_id":"c', toString(product % 50), '"}'),
        name = 'Products Searched', concat('{"query":"', category, '","results":', toString(h % 200), '}'),
        name = 'Product List Viewed', concat('{"category":"', category, '"}'),
        name in ('Cart Viewed', 'Checkout Started'), concat('{"total":', toString(fen * quantity / 100), ',"quantity":', toString(quantity), '}'),
        concat('{', ${product}, '}')),
      '{}', fromUnixTimestamp64Milli(least(at, ${now - receivedBeforeMs}), 'UTC')
    from (
      select i, k, h, ${pick('cityHash64(h, 1)', world.eventShares)} as name,
        toUInt32(floor(${world.products} * pow(${unit(`cityHash64(${seed}, i, cityHash64(h, 2) % (1 + intDiv(n, 4)))`)}, 2))) as product,
        ${pick('cityHash64(product, 11)', world.categories)} as category,
        toUInt32(500 + floor(150000 * pow(${unit('cityHash64(product, 12)')}, 3))) as fen,
        1 + (cityHash64(h, 3) % 10 > 6) + (cityHash64(h, 3) % 10 > 8) as quantity,
        ${pick('cityHash64(h, 4)', world.promotions)} as promotion,
        toUInt32(floor(quiet + (${world.daysOfHistory} - quiet) * ${unit('cityHash64(h, 5)')})) as days_ago,
        (${slotsOf(world.hourWeights)}[1 + cityHash64(h, 6) % ${hours}] - 1) * 3600000 + cityHash64(h, 7) % 3600000 as of_day,
        toInt64(${midnight}) - days_ago * ${dayMs} + of_day as wished,
        wished < ${now} ? wished : wished - ${dayMs} as at
      from (
        select number as i, ${eventCount(seed)} as n, 140 * pow(${unit(perPerson(seed, 3))}, 2) as quiet
        from numbers(${from}, ${count})
      )
      array join range(n) as k, arrayMap(x -> cityHash64(${seed}, i, x), range(n)) as h
    )
    settings max_threads = 2, max_insert_threads = 1`
}

function profilesStatement({ workspaceId, people, seed, now }: DataInput): string {
  const second = Math.floor(now / 1000)
  const registered = `toDateTime(${second} - 60 - toUInt32(floor(${3 * 365 * 86_400} * pow(${unit(perPerson(seed, 14))}, 1.5))), 'UTC')`
  const hash = (what: number) => perPerson(seed, what)
  return `
    insert into profiles (workspace_id, person_id, attributes, merged, created_at, version)
    select ${workspaceId}, i, concat('{"city":"', ${pick(hash(10), world.cities)}, '","gender":"', ${pick(hash(11), world.genders)},
        '","member_level":"', ${pick(hash(12), world.memberLevels)}, '","channel":"', ${pick(hash(13), world.channels)},
        '","registered_at":"', formatDateTime(registered, '%Y-%m-%dT%H:%i:%SZ'), '"',
        if(${hash(15)} % 10 < 7, concat(',"birthday":"', toString(toDate('1966-01-01') + ${hash(16)} % 15000), '"'), ''), '}'),
      0, registered, 1
    from (select number as i, ${registered} as registered from numbers(1, ${people}))
    settings max_threads = 2`
}

/** As the intake keeps people: their numbers, attributes and user ids, and that nothing is left half done. */
async function copyPeople(db: Db, clickhouse: ClickHouse, { workspaceId, people, now, file }: DataInput): Promise<void> {
  await clickhouse.command(`
    insert into function file(${quote(file)}, 'TSV')
    select workspace_id, person_id, attributes, '{}' as times, '{}' as sources, formatDateTime(created_at, '%Y-%m-%dT%H:%i:%SZ', 'UTC') as created, version
    from profiles where workspace_id = ${workspaceId} order by person_id settings engine_file_truncate_on_insert = 1`)
  const copy = `copy persons (workspace_id, id, attributes, attribute_times, attribute_sources, created_at, version) from '${file}'`
  await db.run({ strings: [copy], values: [] })
  await db.run(sql`
    insert into person_identities (workspace_id, kind, value, person_id, origin, linked_at, via, message_id)
    select workspace_id, 'user_id', 'u' || id, id, id, created_at, 'new', '' from persons where workspace_id = ${workspaceId}`)
  await db.run(sql`select setval('person_ids', ${people})`)
  await db.run(sql`
    insert into ingest_checkpoint (flush, received_at, items_received_at)
    values (nextval('flush_numbers'), ${new Date(now)}, ${new Date(now)})
    on conflict (one) do update set flush = excluded.flush, received_at = excluded.received_at, items_received_at = excluded.items_received_at`)
  for (const table of ['persons', 'person_identities']) await db.run({ strings: [`analyze ${table}`], values: [] })
}

export async function generate(db: Db, clickhouse: ClickHouse, input: DataInput): Promise<DataFigures> {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  await clickhouse.command(profilesStatement(input))
  for (let from = 1; from <= input.people; from += peopleAtOnce) {
    await clickhouse.command(eventsStatement(input, from, Math.min(peopleAtOnce, input.people - from + 1)))
    if ((from - 1) % (peopleAtOnce * 4) === 0) say(`  events of ${from - 1} people, ${seconds().toFixed(1)} s`)
  }
  await copyPeople(db, clickhouse, input)
  const [counted] = await clickhouse.query<{ events: number; busiest: number }>(
    'batch',
    'select sum(n) as events, max(n) as busiest from (select count() as n from events group by person_id)',
  )
  const [stored] = await clickhouse.query<{ bytes: number }>('batch', 'select sum(bytes_on_disk) as bytes from system.parts where active')
  return {
    events: counted?.events ?? 0,
    eventsOfBusiest: counted?.busiest ?? 0,
    clickhouseBytes: stored?.bytes ?? 0,
    seconds: seconds(),
  }
}
