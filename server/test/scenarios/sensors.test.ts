import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sensorsChecksum } from '../../src/ingest/sensors.ts'
import { startTestApp, type TestApp, writeKey } from '../harness/app.ts'

// A Sensors (神策) SDK pointed at us: the forms in which it sends, its identities, and its operations on profiles.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
const address = (path = '/sa') => `${app.url}${path}?project=default&token=${writeKey}`

function post(fields: Record<string, string>, url = address()): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
}
async function send(...records: object[]): Promise<void> {
  const data = base64(records)
  const answer = await post({ data_list: data, ext: `crc=${sensorsChecksum(data)}` })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
}

let track = 0
const record = (fields: object) => ({ time: app.clock.now() - 1_000, _track_id: ++track, type: 'track', properties: {}, ...fields })
const login = (id: string) => ({ distinct_id: id, login_id: id })

async function events(where: string): Promise<{ event: string; person: number; properties: Record<string, unknown> }[]> {
  const rows = await app.clickhouse.query<{ event: string; person: number; properties: string }>(
    'interactive',
    `select event, dictGetOrDefault(person_override_map, 'person_id', (workspace_id, person_id), person_id) as person, properties
     from events where workspace_id = {w:UInt32} and ${where} order by time, message_id`,
    { w: app.workspaceId },
  )
  return rows.map((row) => ({ ...row, properties: JSON.parse(row.properties) }))
}
async function person(search: string) {
  const [found] = (await app.call('people', { query: { q: search } })).items
  if (!found) throw new Error(`nobody is called ${search}`)
  return app.call('person', { params: { id: found.id } })
}

describe('how it is sent', () => {
  test("the documentation's own record, with its checksum, in a form, in the address and as a picture", async () => {
    const data =
      'eyJkaXN0aW5jdF9pZCI6InUxIiwidGltZSI6MTcwMDAwMDAwMDAwMCwidHlwZSI6InRyYWNrIiwiZXZlbnQiOiIkcGFnZXZpZXciLCJwcm9wZXJ0aWVzIjp7IiRsaWIiOiJqcyJ9fQ=='
    expect(sensorsChecksum(data)).toBe(274_837_696)
    expect((await post({ data, ext: 'crc=274837696' })).status).toBe(200)
    expect((await fetch(`${address()}&data=${encodeURIComponent(data)}`)).status).toBe(200)
    const picture = await fetch(`${address('/sa.gif')}&data=${encodeURIComponent(data)}&ext=crc%3D274837696`)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/gif'])
    // Three times the same record: the SDK tried again.
    expect(await events("event = '$pageview'")).toMatchObject([{ properties: { $lib: 'js' } }])
  })

  test('packed with gzip, and sent again with another time of sending', async () => {
    const one = record({ ...login('gz'), event: 'ViewProduct', properties: { product_id: 12345, product_name: '苹果' } })
    const packed = (flush: number) => gzipSync(JSON.stringify([{ ...one, _flush_time: flush }])).toString('base64')
    await post({ data_list: packed(app.clock.now()), gzip: '1' })
    await post({ data_list: packed(app.clock.now()), gzip: '1' })
    expect(await events("event = 'ViewProduct'")).toMatchObject([{ properties: { product_name: '苹果' } }])
  })

  test('two that differ only in their track id are two', async () => {
    const fields = { ...login('twice'), event: 'Tapped', time: app.clock.now() }
    await send(record(fields), record(fields))
    expect(await events("event = 'Tapped'")).toHaveLength(2)
  })

  test('what cannot be read, or has the wrong key, is said', async () => {
    expect((await post({ data: base64({}) }, `${app.url}/sa?project=nobody`)).status).toBe(401)
    for (const fields of [{ data: base64({ type: 'track' }), ext: 'crc=1' }, { data: '%%%' }, { data: 'AAAA', gzip: '1' }, {}])
      expect((await post(fields as Record<string, string>)).status).toBe(400)
    const { items } = await app.call('quarantine', { query: { reason: 'invalid_data' } })
    expect(items).toHaveLength(4)
  })

  test('the good ones of a list are taken, the bad ones wait with their reason, and can be mended', async () => {
    await send(
      record({ ...login('mend'), event: 'Fine' }),
      record({ ...login('mend'), event: '1 bad name' }),
      record({ ...login('mend'), event: 'Nested', properties: { a: { b: 1 } } }),
      record({ event: 'Nobody' }),
      record({ ...login('mend'), type: 'track_something' }),
      record({ ...login('mend'), type: 'profile_increment', properties: { coins: 'many' } }),
    )
    expect(await events("event = 'Fine'")).toHaveLength(1)
    const { items } = await app.call('quarantine', { query: { reason: 'invalid_message' } })
    expect(items.map((one) => one.problems[0]?.path).sort()).toEqual(['distinct_id', 'event', 'properties.a', 'properties.coins', 'type'])
    const bad = items.find((one) => one.problems[0]?.path === 'event')
    await app.call('quarantineReplay', {
      params: { id: bad?.id ?? '' },
      body: { raw: JSON.stringify(record({ ...login('mend'), event: 'Mended' })) },
    })
    expect(await events("event = 'Mended'")).toHaveLength(1)
  })
})

describe('who it is', () => {
  test('track_signup joins what the device did before', async () => {
    await send(record({ distinct_id: 'cookie-1', event: 'Before' }))
    await send(record({ type: 'track_signup', distinct_id: 'user-1', original_id: 'cookie-1', event: '$SignUp' }))
    await send(record({ distinct_id: 'user-1', event: 'After', properties: { $is_login_id: true } }))
    const rows = await events("event in ('Before', '$SignUp', 'After')")
    expect(rows).toHaveLength(3)
    expect(new Set(rows.map((row) => row.person)).size).toBe(1)
  })

  test('a shared device never merges two accounts', async () => {
    await send(record({ type: 'track_signup', distinct_id: 'sister', original_id: 'tablet' }))
    await send(record({ type: 'track_signup', distinct_id: 'brother', original_id: 'tablet' }))
    expect((await person('sister')).id).not.toBe((await person('brother')).id)
  })

  test('one WeChat user in two apps is one person by unionid', async () => {
    const wechat = (app: string, openid: string) => ({ [`$identity_mp_${app}_openid`]: openid, $identity_mp_unionid: 'oU-1' })
    await send(record({ distinct_id: 'mp-1', identities: { $identity_mp_id: 'mp-1', ...wechat('wx1', 'o-1') }, event: 'InShop' }))
    await send(record({ distinct_id: 'mp-2', identities: { $identity_mp_id: 'mp-2', ...wechat('wx2', 'o-2') }, event: 'InClub' }))
    const rows = await events("event in ('InShop', 'InClub')")
    expect(new Set(rows.map((row) => row.person)).size).toBe(1)
    const detail = await app.call('person', { params: { id: rows[0]?.person ?? 0 } })
    expect(detail.identities.map((one) => `${one.kind} ${one.value}`).sort()).toEqual([
      'anonymous_id mp-1',
      'anonymous_id mp-2',
      'openid wx1:o-1',
      'openid wx2:o-2',
      'unionid oU-1',
    ])
  })

  test('a telephone number is bound, and unbound again', async () => {
    const numbers = async () => (await person('binder')).identities.filter((one) => one.kind === 'phone').length
    await send(
      record({ ...login('binder'), type: 'track_id_bind', identities: { $identity_login_id: 'binder', $identity_mobile: '13900000001' } }),
    )
    expect(await numbers()).toBe(1)
    await send(record({ ...login('binder'), type: 'track_id_unbind', identities: { $identity_mobile: '13900000001' } }))
    expect(await numbers()).toBe(0)
    // Free again: the next one to name it gets it.
    await send(record({ ...login('heir'), type: 'track_id_bind', identities: { $identity_mobile: '13900000001' } }))
    expect((await person('heir')).identities.map((one) => one.kind)).toContain('phone')
  })
})

describe('profiles', () => {
  test('set, set once, increment, append, unset and delete', async () => {
    const said = (type: string, properties: object) => record({ ...login('saver'), type, properties })
    const attributes = async () => (await person('saver')).attributes
    await send(said('profile_set', { $name: '王小满', city: '长沙', level: 'silver', $lib: 'js' }))
    await send(said('profile_set_once', { city: '北京', first_channel: 'douyin' }))
    const sum = said('profile_increment', { coins: 30 })
    await send(sum, said('profile_increment', { coins: 12.5 }))
    await send(sum)
    await send(said('profile_append', { movies: ['甲', '乙'] }), said('profile_append', { movies: ['乙', '丙'] }))
    await send(said('profile_unset', { level: true }))
    expect(await attributes()).toEqual({ name: '王小满', city: '长沙', first_channel: 'douyin', coins: 42.5, movies: ['甲', '乙', '丙'] })
    await send(said('profile_delete', {}))
    expect(await attributes()).toEqual({})
  })

  test('item_set fills the catalogue', async () => {
    await send({
      type: 'item_set',
      time: app.clock.now(),
      item_type: '图书',
      item_id: '0321714113',
      properties: { name: '潮汐的故事', price: 45.5 },
    })
    const rows = await app.db.many<{ name: string; category: string; price_fen: number }>({
      strings: ["select name, category, price_fen from items where item_id = '0321714113'"],
      values: [],
    })
    expect(rows).toEqual([{ name: '潮汐的故事', category: '图书', price_fen: 4_550 }])
  })
})
