import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type ClickHouse, openClickHouseServer, TooLarge } from '../src/platform/db/clickhouse.ts'
import { migrateClickHouse, readMigrations } from '../src/platform/db/migrate.ts'
import { type ClickHouseBridge, startClickHouseBridge } from './harness/clickhouse-bridge.ts'
import { createTestClock } from './harness/clock.ts'

// CLICKHOUSE_URL: the same client and the same SQL, over the network.
let bridge: ClickHouseBridge
let clickhouse: ClickHouse
const migrations = readMigrations(join(import.meta.dirname, '../migrations/clickhouse'))

beforeAll(async () => {
  bridge = await startClickHouseBridge({ folder: join(inject('scratchFolder'), `clickhouse-${process.pid}`), password: 'sea & salt' })
  clickhouse = openClickHouseServer(bridge.url)
  await migrateClickHouse(clickhouse, createTestClock(), migrations, null)
})
afterAll(async () => {
  await clickhouse.close()
  await bridge.close()
})

const event = (i: number, properties: object = {}) => ({
  workspace_id: 1,
  person_id: i,
  time: Date.parse('2026-03-02T02:00:00Z') + i,
  event: 'Product Viewed',
  type: 'track',
  message_id: `m${i}`,
  message_hash: createHash('sha256').update(`m${i}`).digest().readBigUInt64LE().toString(),
  user_id: `u${i}`,
  anonymous_id: '',
  properties: JSON.stringify(properties),
  context: '{}',
  received_at: Date.parse('2026-03-02T02:00:00Z'),
})

describe('a ClickHouse server over HTTP', () => {
  test('takes inserts and answers queries with bound values of every kind', async () => {
    const odd = `it's "odd" \\ \t\n 潮汐 🌊`
    await clickhouse.insert('events', [event(1, { odd }), event(2), event(3)])
    const rows = await clickhouse.query<{ person_id: number; odd: string; same: number }>(
      'interactive',
      `select person_id, JSONExtractString(properties, 'odd') as odd, JSONExtractString(properties, 'odd') = {odd:String} as same
       from events where workspace_id = {w:UInt32} and person_id in {people:Array(UInt64)} and event in {names:Array(String)} order by person_id`,
      { w: 1, people: [1, 3], names: ['Product Viewed', odd], odd },
    )
    expect(rows).toEqual([
      { person_id: 1, odd, same: 1 },
      { person_id: 3, odd: '', same: 0 },
    ])
  })

  test('answers a list of many people without losing one', async () => {
    const people = Array.from({ length: 20_000 }, (_, i) => i + 1)
    const [row] = await clickhouse.query<{ n: number }>('live', 'select length({people:Array(UInt64)}) as n', { people })
    expect(row?.n).toBe(people.length)
  })

  test('streams a large answer in blocks', async () => {
    let sum = 0
    await clickhouse.stream<{ number: number }>('batch', 'select number from numbers({n:UInt64})', { n: 50_000 }, (rows) => {
      for (const { number } of rows) sum += number
    })
    expect(sum).toBe((50_000 * 49_999) / 2)
  })

  test('answers columns, and says when they would be too large', async () => {
    const text = `select number as n, repeat('潮', number % 3) as t, toLowCardinality(toString(number % 7)) as w from numbers({n:UInt64})`
    const blocks = await clickhouse.blocks('batch', text, { n: 100_000 })
    expect(blocks.reduce((sum, block) => sum + block.rows, 0)).toBe(100_000)
    const last = blocks.at(-1)
    const [row, texts, words] = [(last?.rows ?? 0) - 1, last?.texts.get('t'), last?.words.get('w')]
    expect(last?.numbers.get('n')?.[row]).toBe(99_999)
    expect((texts?.ends[row - 1] ?? 0) - (texts?.starts[row - 1] ?? 0)).toBe(6)
    expect(words?.words[words.places[row] ?? -1]).toBe(`${99_999 % 7}`)
    await expect(clickhouse.blocks('batch', text, { n: 100_000 }, 50_000)).rejects.toThrow(TooLarge)
  })

  test('says what is wrong with a statement, with its code', async () => {
    await expect(clickhouse.query('interactive', 'select * from nothing_of_that_name')).rejects.toMatchObject({
      code: '60',
      type: 'UNKNOWN_TABLE',
    })
    await expect(clickhouse.query('interactive', 'selekt 1')).rejects.toMatchObject({ code: '62', type: 'SYNTAX_ERROR' })
    await expect(clickhouse.insert('events', [{ ...event(4), person_id: 'nobody' }])).rejects.toMatchObject({ code: '27' })
    expect(await clickhouse.query('interactive', 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('reads merged people through the dictionary', async () => {
    await clickhouse.insert('person_overrides', [{ workspace_id: 1, old_person_id: 7, person_id: 9, version: 1 }])
    await clickhouse.command('system reload dictionary person_override_map')
    expect(
      await clickhouse.query(
        'live',
        `select dictGetOrDefault('person_override_map', 'person_id', (toUInt32(1), toUInt64(7)), toUInt64(7)) as person`,
      ),
    ).toEqual([{ person: 9 }])
  })

  test('migrating again changes nothing', async () => {
    await migrateClickHouse(clickhouse, createTestClock(), migrations, null)
    expect(await clickhouse.query('interactive', 'select count() as n from migrations')).toEqual([{ n: migrations.length }])
  })
})

describe('the bridge itself', () => {
  test('speaks gzip both ways', async () => {
    const client = createClient({ url: bridge.url, compression: { request: true, response: true } })
    await client.insert({
      table: 'events',
      values: [event(10)],
      format: 'JSONEachRow',
      clickhouse_settings: { date_time_input_format: 'best_effort' },
    })
    const answer = await client.query({ query: 'select message_id from events where person_id = 10', format: 'JSONEachRow' })
    expect(await answer.json()).toEqual([{ message_id: 'm10' }])
    await client.close()
  })

  test('takes parameters in a form too, as clients send them when they are long', async () => {
    const client = createClient({ url: bridge.url, use_multipart_params: true })
    const answer = await client.query({ query: 'select {text:String} as text', query_params: { text: `a'b\\c` }, format: 'JSONEachRow' })
    expect(await answer.json()).toEqual([{ text: `a'b\\c` }])
    await client.close()
  })

  test('answers ping, refuses a wrong password, and lets GET only read', async () => {
    const { origin } = new URL(bridge.url)
    const authorization = `Basic ${Buffer.from('default:sea & salt').toString('base64')}`
    const get = async (path: string, headers = {}) => {
      const response = await fetch(origin + path, { headers })
      return { status: response.status, body: await response.text(), code: response.headers.get('x-clickhouse-exception-code') }
    }
    expect(await get('/ping')).toMatchObject({ status: 200, body: 'Ok.\n' })
    expect(await get('/?query=select+1')).toMatchObject({ status: 403, code: '516' })
    expect(await get('/?query=select+1', { authorization })).toMatchObject({ status: 200, body: '1\n' })
    expect(await get('/?query=drop+table+events', { authorization })).toMatchObject({ status: 500, code: '164' })
  })

  test('settings of one request do not stay for the next', async () => {
    const client = createClient({ url: bridge.url })
    const setting = async (settings: object) => {
      const answer = await client.query({
        query: `select toUInt64(getSetting('max_threads')) as n`,
        format: 'JSONEachRow',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0, ...settings },
      })
      return answer.json()
    }
    const before = await setting({})
    expect(await setting({ max_threads: 7 })).toEqual([{ n: 7 }])
    expect(await setting({})).toEqual(before)
    await client.close()
  })
})
