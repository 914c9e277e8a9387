import type { Me } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { sql } from '../platform/db/postgres.ts'
import { type Compliance, type ConsentEvent, createCompliance, type Refusal } from './compliance.ts'

let stores: TestStores
let compliance: Compliance
let workspaceId: number
let refusals: Refusal[] = []
let audits = 0

beforeAll(async () => {
  stores = await createTestStores()
  workspaceId = await stores.createWorkspace()
  compliance = createCompliance({
    ...stores,
    audit: async () => {
      audits++
    },
  })
  compliance.onRefusal(async (_tx, refusal) => {
    refusals.push(refusal)
  })
})
afterAll(() => stores.close())

const hour = 3_600_000
let count = 0
const identify = (personId: number, marketing: object, at = stores.clock.now(), messageId = `m-${++count}`): ConsentEvent => ({
  workspaceId,
  personId,
  type: 'identify',
  messageId,
  time: at,
  receivedAt: stores.clock.now(),
  context: { ip: '1.2.3.4', userAgent: 'ua', consent: { marketing } },
})
const take = (...events: ConsentEvent[]) => stores.db.tx((tx) => compliance.identifyConsumer(tx, events))
const granted = async (personId: number) => {
  const channels = (await compliance.consents(stores.db, workspaceId, [personId])).get(personId)
  return { sms: channels?.get('sms')?.granted, popup: channels?.get('popup')?.granted }
}

test('consent comes with identify, and its evidence is kept', async () => {
  await take(identify(1, { sms: true, in_app: false, textVersion: 'v1', text: '我同意', source: 'register' }))
  expect(await granted(1)).toEqual({ sms: true, popup: false })
  const { consents } = await compliance.views(workspaceId, 1, [])
  expect(consents.find((entry) => entry.channel === 'sms')).toMatchObject({
    granted: true,
    source: 'register',
    textVersion: 'v1',
    evidence: { messageId: 'm-1', ip: '1.2.3.4', userAgent: 'ua', text: '我同意' },
  })
})

test('the same message twice is one statement', async () => {
  const event = identify(2, { sms: true, textVersion: 'v1' })
  await take(event)
  await take(event, event)
  expect(await stores.db.many(sql`select id from consent_entries where workspace_id = ${workspaceId} and person_id = 2`)).toHaveLength(1)
})

test('the newest statement counts, in whatever order they arrive, and a stale no cancels nothing', async () => {
  const now = stores.clock.now()
  refusals = []
  await take(identify(3, { sms: true, textVersion: 'v1' }, now - hour))
  await take(identify(3, { sms: false, textVersion: 'v1' }, now - 2 * hour))
  expect(await granted(3)).toMatchObject({ sms: true })
  expect(refusals).toEqual([])
  await take(identify(3, { sms: false }, now))
  expect(await granted(3)).toMatchObject({ sms: false })
  expect(refusals).toEqual([{ workspaceId, personId: 3, channel: 'sms' }])
})

test('a clock that runs ahead does not outvote a later no', async () => {
  await take(identify(4, { sms: true, textVersion: 'v1' }, stores.clock.now() + 48 * hour))
  stores.clock.advance(hour)
  await take(identify(4, { sms: false }))
  expect(await granted(4)).toMatchObject({ sms: false })
})

test('a yes without the version of its text, and what is no consent at all, are not taken', async () => {
  await take(identify(5, { sms: true }), identify(5, { sms: 'yes', textVersion: 'v1' }), { ...identify(5, {}), context: {} })
  expect(await granted(5)).toEqual({ sms: undefined, popup: undefined })
})

test('merging keeps every statement, and the newest of both people counts', async () => {
  const now = stores.clock.now()
  await take(identify(6, { sms: false, textVersion: 'v1' }, now - hour), identify(7, { sms: true, textVersion: 'v1' }, now - 2 * hour))
  refusals = []
  await stores.db.tx((tx) => compliance.mergeConsumer(tx, workspaceId, 6, 7))
  expect(await granted(7)).toMatchObject({ sms: false })
  expect(refusals).toContainEqual({ workspaceId, personId: 7, channel: 'sms' })
})

test('a change by hand is a statement with its note, and is audited', async () => {
  const me: Me = {
    account: { id: 'a', email: '', name: '' },
    workspace: { id: workspaceId, name: '', timeZone: 'UTC' },
    role: 'admin',
    permissions: [],
  }
  await compliance.setByHand({ workspaceId, me, actor: 'acc_9' }, 8, { channel: 'sms', granted: true, note: '来电同意' })
  expect(await granted(8)).toMatchObject({ sms: true })
  expect((await compliance.views(workspaceId, 8, [])).consents[0]?.evidence).toEqual({ note: '来电同意', account: 'acc_9' })
  expect(audits).toBe(1)
})

test('a refused address stays refused; only a refusal of more takes the place of one of less', async () => {
  const address = '+8613900000001'
  const suppress = (reason: 'opt_out' | 'refused_all', at: number) =>
    stores.db.tx((tx) => compliance.suppress(tx, { workspaceId, channel: 'sms', address, reason, at, evidence: { raw: reason } }))
  const reason = async () => (await compliance.suppressions(stores.db, workspaceId, [address])).get(`sms:${address}`)
  await suppress('opt_out', 1_000)
  await suppress('opt_out', 2_000)
  expect(await reason()).toEqual({ reason: 'opt_out', at: 1_000 })
  await suppress('refused_all', 3_000)
  await suppress('opt_out', 4_000)
  expect(await reason()).toEqual({ reason: 'refused_all', at: 3_000 })
  expect((await compliance.suppressions(stores.db, workspaceId + 1, [address])).size).toBe(0)
})
