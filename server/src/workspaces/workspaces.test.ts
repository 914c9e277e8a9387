import type { Role } from '@chaoxi/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { sql } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import { createWorkspaces, type Workspaces } from './index.ts'
import { loginFailuresMax, loginWindowMs } from './login-limit.ts'
import { sessionLifeMs } from './sessions.ts'

const nothingGiven = { name: 'Shop', timeZone: 'Asia/Shanghai', adminEmail: null, adminPassword: null, writeKey: null, apiKey: null }
const ip = '10.0.0.1'

let stores: TestStores
let workspaces: Workspaces
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())
beforeEach(async () => {
  await stores.db.run(sql`truncate workspaces, accounts cascade`)
  workspaces = createWorkspaces(stores)
})

/** A workspace with one admin who is logged in. */
async function start(): Promise<{ caller: Caller; workspaceId: number; writeKey: string }> {
  const first = await workspaces.ensureFirstWorkspace({ ...nothingGiven, adminEmail: 'boss@shop.cn', adminPassword: 'tide-tide' })
  const { token } = await workspaces.sessions.login({ email: 'boss@shop.cn', password: 'tide-tide', ip })
  const caller = await workspaces.authenticate({ sessionToken: token, apiKey: null })
  if (!caller) throw new Error('the admin is not logged in')
  return { caller, workspaceId: first.workspaceId, writeKey: first.writeKey }
}

const member = (email: string, role: Role) => ({ email, name: email, role, password: 'tide-tide' })

describe('the first workspace', () => {
  test('is made on an empty store, with a login and a write key that work', async () => {
    const first = await workspaces.ensureFirstWorkspace(nothingGiven)
    expect(first.created).toBe(true)
    const { me } = await workspaces.sessions.login({ email: first.adminEmail ?? '', password: first.generatedPassword ?? '', ip })
    expect(me).toMatchObject({ role: 'admin', workspace: { id: first.workspaceId, name: 'Shop', timeZone: 'Asia/Shanghai' } })
    expect(await workspaces.workspaceOfWriteKey(first.writeKey)).toBe(first.workspaceId)
  })

  test('stays as it is at the next start, and its password is not told again', async () => {
    const first = await workspaces.ensureFirstWorkspace(nothingGiven)
    const again = await workspaces.ensureFirstWorkspace(nothingGiven)
    expect(again).toEqual({ ...first, created: false, generatedPassword: null })
    expect(await workspaces.all()).toEqual([first.workspaceId])
  })

  test('takes the login and the keys of the configuration, also later', async () => {
    const first = await workspaces.ensureFirstWorkspace(nothingGiven)
    const given = { ...nothingGiven, adminEmail: 'Boss@Shop.cn', adminPassword: 'new-password', writeKey: 'w-1', apiKey: 'a-1' }
    expect(await workspaces.ensureFirstWorkspace(given)).toMatchObject({ writeKey: 'w-1', adminEmail: 'boss@shop.cn' })
    await workspaces.ensureFirstWorkspace(given)
    expect((await workspaces.sessions.login({ email: 'boss@shop.cn', password: 'new-password', ip })).me.role).toBe('admin')
    expect(await workspaces.workspaceOfWriteKey('w-1')).toBe(first.workspaceId)
    expect((await workspaces.authenticate({ sessionToken: null, apiKey: 'a-1' }))?.workspaceId).toBe(first.workspaceId)
    expect(await workspaces.keys(first.workspaceId)).toHaveLength(3)
  })

  test('two programs that start at once make one', async () => {
    const made = await Promise.all([1, 2, 3].map(() => createWorkspaces(stores).ensureFirstWorkspace(nothingGiven)))
    expect(made.filter((first) => first.created)).toHaveLength(1)
    expect(await workspaces.all()).toHaveLength(1)
  })
})

describe('logging in', () => {
  test('an unknown address and a wrong password get the same answer', async () => {
    await start()
    const refusal = { code: 'login_failed', message: 'The e-mail address or the password is wrong' }
    await expect(workspaces.sessions.login({ email: 'nobody@shop.cn', password: 'x', ip })).rejects.toMatchObject(refusal)
    await expect(workspaces.sessions.login({ email: 'boss@shop.cn', password: 'x', ip })).rejects.toMatchObject(refusal)
  })

  test('after too many failures even the right password waits until the window is over, for that address and peer only', async () => {
    await start()
    const attempt = (password: string, from = ip) => workspaces.sessions.login({ email: ' BOSS@shop.cn', password, ip: from })
    for (let i = 0; i < loginFailuresMax; i++) await expect(attempt('wrong')).rejects.toMatchObject({ code: 'login_failed' })
    await expect(attempt('tide-tide')).rejects.toMatchObject({ code: 'rate_limited' })
    expect((await attempt('tide-tide', '10.0.0.2')).me.role).toBe('admin')
    stores.clock.advance(loginWindowMs)
    expect((await attempt('tide-tide')).me.role).toBe('admin')
  })

  test('a session ends with its 30 days and with logging out, and the store never holds its token', async () => {
    await start()
    const login = () => workspaces.sessions.login({ email: 'boss@shop.cn', password: 'tide-tide', ip })
    const isLive = async (token: string) => (await workspaces.authenticate({ sessionToken: token, apiKey: null })) !== null
    const { token } = await login()
    stores.clock.advance(sessionLifeMs - 1)
    expect(await isLive(token)).toBe(true)
    stores.clock.advance(1)
    expect(await isLive(token)).toBe(false)
    const second = await login()
    expect(JSON.stringify(await stores.db.many(sql`select encode(token_hash, 'escape') as hash from sessions`))).not.toContain(second.token)
    await workspaces.sessions.logout(second.token)
    expect(await isLive(second.token)).toBe(false)
  })
})

describe('keys', () => {
  test('an api key acts as an operator and stops at once when it is revoked', async () => {
    const { caller, workspaceId } = await start()
    const { row, key } = await workspaces.createKey(caller, 'api', 'ERP')
    const program = await workspaces.authenticate({ sessionToken: null, apiKey: key })
    expect(program).toMatchObject({ workspaceId, actor: row.id, me: { role: 'operator', account: { name: 'ERP' } } })
    expect(program?.me.permissions).not.toContain('settings.write')
    expect(program?.me.permissions).not.toContain('journeys.review')
    await workspaces.revokeKey(caller, row.id)
    expect(await workspaces.authenticate({ sessionToken: null, apiKey: key })).toBeNull()
    await expect(workspaces.revokeKey(caller, row.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a write key may be shown again, an api key may not', async () => {
    const { caller, workspaceId } = await start()
    const { key } = await workspaces.createKey(caller, 'api', 'ERP')
    const write = await workspaces.createKey(caller, 'write', 'App')
    const listed = JSON.stringify(await workspaces.keys(workspaceId))
    expect(listed).not.toContain(key)
    expect(listed).toContain(write.key)
  })

  test('a key of one kind is nothing for the other', async () => {
    const { caller, writeKey } = await start()
    const { key } = await workspaces.createKey(caller, 'api', 'ERP')
    expect(await workspaces.workspaceOfWriteKey(key)).toBeNull()
    expect(await workspaces.authenticate({ sessionToken: null, apiKey: writeKey })).toBeNull()
    expect(await workspaces.workspaceOfWriteKey('')).toBeNull()
  })
})

describe('members', () => {
  test('the last admin can neither go nor lose the role', async () => {
    const { caller } = await start()
    const refused = { code: 'conflict' }
    await expect(workspaces.members.remove(caller, caller.actor)).rejects.toMatchObject(refused)
    await expect(workspaces.members.setRole(caller, caller.actor, 'analyst')).rejects.toMatchObject(refused)
    await workspaces.members.add(caller, member('second@shop.cn', 'admin'))
    expect((await workspaces.members.setRole(caller, caller.actor, 'analyst')).role).toBe('analyst')
  })

  test('two admins who remove each other at once leave one', async () => {
    const { caller, workspaceId } = await start()
    const second = await workspaces.members.add(caller, member('second@shop.cn', 'admin'))
    const results = await Promise.allSettled([
      workspaces.members.remove(caller, second.account_id),
      workspaces.members.remove({ ...caller, actor: second.account_id }, caller.actor),
    ])
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect(await workspaces.members.list(workspaceId)).toHaveLength(1)
  })

  test('a member who is removed is out at once, and may come back with a new password', async () => {
    const { caller } = await start()
    const added = await workspaces.members.add(caller, member('a@shop.cn', 'editor'))
    const { token } = await workspaces.sessions.login({ email: 'a@shop.cn', password: 'tide-tide', ip })
    await workspaces.members.remove(caller, added.account_id)
    expect(await workspaces.authenticate({ sessionToken: token, apiKey: null })).toBeNull()
    await expect(workspaces.sessions.login({ email: 'a@shop.cn', password: 'tide-tide', ip })).rejects.toMatchObject({
      code: 'login_failed',
    })
    const again = await workspaces.members.add(caller, { ...member('A@shop.cn', 'agent'), password: 'other-tide' })
    expect(again).toMatchObject({ account_id: added.account_id, role: 'agent' })
    expect((await workspaces.sessions.login({ email: 'a@shop.cn', password: 'other-tide', ip })).me.role).toBe('agent')
    await expect(workspaces.members.add(caller, member('a@shop.cn', 'agent'))).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('settings are read anew as soon as they change here, and within seconds when another process changes them', async () => {
  const { caller, workspaceId } = await start()
  const elsewhere = createWorkspaces(stores)
  const before = await elsewhere.settings(workspaceId)
  expect(before).toMatchObject({ quietHours: { start: '21:00', end: '08:00' }, marketingCap: { max: 3, hours: 24 } })
  await workspaces.updateSettings(caller, { ...before, timeZone: 'Asia/Urumqi' })
  expect((await workspaces.settings(workspaceId)).timeZone).toBe('Asia/Urumqi')
  expect((await elsewhere.settings(workspaceId)).timeZone).toBe('Asia/Shanghai')
  stores.clock.advance(5_000)
  expect((await elsewhere.settings(workspaceId)).timeZone).toBe('Asia/Urumqi')
})

test('every change is in the audit log, newest first, page by page', async () => {
  const { caller, workspaceId } = await start()
  stores.clock.advance(1)
  const { row } = await workspaces.createKey(caller, 'api', 'ERP')
  stores.clock.advance(1)
  await workspaces.revokeKey(caller, row.id)
  stores.clock.advance(1)
  const added = await workspaces.members.add(caller, member('a@shop.cn', 'editor'))
  const first = await workspaces.auditPage(workspaceId, null, 3)
  expect(first.rows.map((entry) => [entry.action, entry.subject])).toEqual([
    ['member.added', added.account_id],
    ['api_key.revoked', row.id],
    ['api_key.created', row.id],
  ])
  const second = await workspaces.auditPage(workspaceId, first.nextCursor, 3)
  expect(second).toMatchObject({ rows: [{ action: 'session.started', account: 'boss@shop.cn' }], nextCursor: null })
})
