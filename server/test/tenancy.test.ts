import { createHash } from 'node:crypto'
import { type EndpointName, endpoints, type Role, rolePermissions, roleSchema } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../src/platform/db/postgres.ts'
import { endpointOf, type PublicEndpointName } from '../src/platform/http/api.ts'
import { endpointNames, handlersByName } from '../src/platform/http/endpoints.ts'
import { startTestApp, type TestApp } from './harness/app.ts'
import { endpointInputs, everBought, sendAndExit, type Things } from './harness/endpoint-inputs.ts'

// Every endpoint of the table: without a login, without the permission, with a bad body, and about another shop's things.
// An endpoint that is added to the table is tested here without anybody thinking of it.

/** Stands in every name that the first shop gives, and may be in nothing that another shop reads. */
const marker = 'lighthouse'
const things: Omit<
  Things,
  'person' | 'merge' | 'journey' | 'rehearsal' | 'save' | 'trial' | 'recipient' | 'code' | 'quarantined' | 'apiKey' | 'member'
> = {
  userId: `${marker}-user`,
  tag: `${marker}-tag`,
  segment: `${marker}-segment`,
  template: `${marker}-template`,
  coupon: `${marker}-coupon`,
  run: `run_${marker}`,
  message: `msg_${marker}`,
  playbook: 'new-user-activation',
  task: 'tsk_first',
  endpoint: `${marker}-endpoint`,
  posting: `${marker}:posting`,
}

let app: TestApp
let of: Things
let others: number

interface Call {
  readonly session?: string
  /** In the place of the well-formed one. */
  readonly body?: unknown
  readonly params?: Record<string, unknown>
}

/** Calls an endpoint with its sample input about the first shop's things. */
async function call(name: EndpointName, { session, ...instead }: Call = {}): Promise<{ status: number; text: string }> {
  const { method, path } = endpointOf(name)
  const input = { ...endpointInputs(of)[name], ...instead }
  const params: Record<string, unknown> = { ...input.params }
  const target = path.replace(/:(\w+)/g, (_, part: string) => encodeURIComponent(String(params[part])))
  const query = Object.entries({ ...input.query }).map(([name, value]): [string, string] => [name, String(value)])
  const response = await fetch(`${app.url}${target}?${new URLSearchParams(query)}`, {
    method,
    headers: { 'content-type': 'application/json', ...(session ? { cookie: `chaoxi_session=${session}` } : {}) },
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: JSON.stringify('body' in input ? input.body : {}) }),
  })
  return { status: response.status, text: await response.text() }
}

/** Puts somebody with this role into the workspace, logged in; the session's token is `<role>-<workspace>`. */
async function addMember(workspaceId: number, role: Role): Promise<string> {
  const token = `${role}-${workspaceId}`
  const at = new Date(app.clock.now())
  const name = workspaceId === app.workspaceId ? `${marker} ${role}` : role
  await app.db.run(sql`insert into accounts values (${`acc_${token}`}, ${`${token}@example.com`}, ${name}, 'none', ${at})`)
  await app.db.run(sql`insert into members values (${workspaceId}, ${`acc_${token}`}, ${role}, ${at})`)
  await app.db.run(sql`
    insert into sessions values (${createHash('sha256').update(token).digest()}, ${workspaceId}, ${`acc_${token}`}, ${at},
      ${new Date(app.clock.now() + 86_400_000)})`)
  return token
}

async function idOf(statement: ReturnType<typeof sql>): Promise<string> {
  const row = await app.db.one<{ id: string }>(statement)
  if (!row) throw new Error('the first shop lacks something')
  return row.id
}

/** One of everything, in the first shop, all at rest. */
async function furnish(): Promise<Things> {
  const rule = everBought
  await app.call('tagCreate', { body: { key: things.tag, name: things.tag, layer: 'behaviour', mode: 'dynamic', rule } })
  await app.call('segmentCreate', { body: { key: things.segment, name: things.segment, mode: 'dynamic', rule } })
  const sms = { kind: 'sms', text: `${marker} text` } as const
  await app.call('templateCreate', { body: { key: things.template, name: things.template, channel: 'sms', content: sms } })
  await app.call('couponCreate', {
    body: {
      key: things.coupon,
      name: things.coupon,
      kind: 'amount_off',
      value: 1000,
      thresholdFen: 0,
      stock: 10,
      perPersonMax: 2,
      validDays: 7,
    },
  })
  await app.events([{ type: 'track', anonymousId: `${marker}-device`, event: 'Page Viewed' }])
  await app.events([
    {
      type: 'identify',
      userId: things.userId,
      traits: { name: marker, phone: '13800138000' },
      context: { consent: { marketing: { sms: true, textVersion: marker } } },
    },
    { type: 'track', userId: things.userId, event: 'Order Paid', properties: { order_id: `${marker}-order`, total: 99, currency: 'CNY' } },
  ])
  await app.events([{ type: 'identify', userId: things.userId, anonymousId: `${marker}-device` }])
  await app.send('/v1/track', { userId: things.userId, note: marker })
  const { code } = await app.call('couponClaim', { params: { key: things.coupon }, body: { userId: things.userId, requestId: marker } })
  const journey = await app.call('journeyCreate', {
    body: { key: `${marker}-journey`, name: `${marker}-journey`, definition: sendAndExit(things.template) },
  })
  await app.callAsAdmin('webhookEndpointCreate', { body: { key: things.endpoint, name: things.endpoint, url: 'http://127.0.0.1:1/' } })
  await app.db.run(sql`
    insert into webhook_postings (workspace_id, effect_key, endpoint, journey_id, run_id, node_id, deed, state, asked_at, until)
    values (${app.workspaceId}, ${things.posting}, ${things.endpoint}, ${journey.id}, ${things.run}, 'hello', '{"values": {}}', 'failed',
      ${new Date(app.clock.now())}, ${new Date(app.clock.now())})`)
  const person = Number(await idOf(sql`select person_id as id from person_identities where value = ${things.userId}`))
  await pastRun(journey.id, person)
  const rehearsal = await app.call('journeyRehearse', { params: { id: journey.id } })
  const save = await app.call('peopleSave', { body: { name: `${marker}-saved`, filter: {} } })
  const recipient = await app.call('testRecipientAdd', {
    body: { name: marker, channel: 'popup', address: marker, belongsToStaff: true },
  })
  const trial = await app.call('journeyTry', { params: { id: journey.id }, body: { people: { kind: 'list', people: [person] } } })
  await app.settle()
  await app.call('journeyTrialAct', { params: { id: journey.id, trial: trial.id }, body: { kind: 'stop' } })
  return {
    ...things,
    save: save.id,
    person,
    merge: await idOf(sql`select id from person_merge_history where workspace_id = ${app.workspaceId}`),
    code,
    journey: journey.id,
    rehearsal: rehearsal.id,
    trial: trial.id,
    recipient: recipient.id,
    quarantined: await idOf(sql`select id from quarantined_events where workspace_id = ${app.workspaceId}`),
    apiKey: await idOf(sql`select id from api_keys where workspace_id = ${app.workspaceId} and kind = 'api'`),
    member: `acc_editor-${app.workspaceId}`,
  }
}

/** A run that is over and the message that it sent. */
async function pastRun(journeyId: string, person: number): Promise<void> {
  const at = new Date(app.clock.now())
  const workspace = app.workspaceId
  await app.db.run(sql`
    insert into journey_versions (workspace_id, journey_id, version, definition, published_at, published_by)
    values (${workspace}, ${journeyId}, 1, ${JSON.stringify(sendAndExit(things.template))}, ${at}, ${marker})`)
  await app.db.run(sql`
    insert into journey_runs (workspace_id, id, journey_id, version, person_id, entry_key, state, node_id, visit, context, entered_at, updated_at)
    values (${workspace}, ${things.run}, ${journeyId}, 1, ${person}, ${marker}, 'finished', 'end', 3, '{}', ${at}, ${at})`)
  await app.db.run(sql`
    insert into tasks (workspace_id, id, effect_key, journey_id, node_id, run_id, person_id, title, instructions, context, priority, who, outcomes,
      state, opened_at, due_at, note)
    values (${workspace}, ${things.task}, ${marker}, ${journeyId}, 'call', ${things.run}, ${person}, ${marker}, ${marker}, '{"event": {}}', 'high',
      '{"kind": "anyone"}', '[{"id": "done", "name": ""}]', 'open', ${at}, ${at}, '')`)
  await app.db.run(sql`
    insert into task_entries (workspace_id, task_id, kind, text, details, at) values (${workspace}, ${things.task}, 'opened', '', '{}', ${at})`)
  await app.db.run(sql`
    insert into journey_steps values (${workspace}, ${things.run}, 1, ${JSON.stringify([{ nodeId: 'hello', at, outcome: 'passed', details: {} }])}, ${at}, '{}')`)
  await app.db.run(sql`
    insert into messages (workspace_id, id, effect_key, person_id, channel, purpose, template, journey_id, journey_version, node_id, run_id,
      context, state, address, text, created_at, sent_at, delivered_at)
    values (${workspace}, ${things.message}, ${marker}, ${person}, 'sms', 'marketing', ${things.template}, ${journeyId}, 1, 'hello',
      ${things.run}, '{}', 'delivered', '+8613800138000', ${`${marker} text`}, ${at}, ${at}, ${at})`)
}

/** Everything of the first shop in both stores. */
async function snapshot(): Promise<Record<string, unknown>> {
  const tables = await app.db.many<{ name: string }>(sql`
    select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'workspace_id' and t.table_type = 'BASE TABLE' order by 1`)
  const content: Record<string, unknown> = {}
  for (const { name } of tables) {
    content[name] = await app.db.many({
      strings: [`select to_jsonb(t) as row from "${name}" t where workspace_id = `, ' order by to_jsonb(t)::text'],
      values: [app.workspaceId],
    })
  }
  for (const table of ['events', 'profiles', 'person_overrides', 'membership_changes']) {
    content[`clickhouse.${table}`] = await app.clickhouse.query(
      'interactive',
      `select count() as rows, groupBitXor(cityHash64(*)) as hash from ${table} where workspace_id = {w:UInt32}`,
      { w: app.workspaceId },
    )
  }
  return content
}

beforeAll(async () => {
  app = await startTestApp()
  others = await app.createWorkspace()
  for (const workspaceId of [app.workspaceId, others]) {
    for (const role of roleSchema.options) await addMember(workspaceId, role)
  }
  of = await furnish()
})
afterAll(() => app?.close())

/** Not called with a session: the next test needs it. */
const ends: EndpointName = 'logout'
const isRead = (name: EndpointName) => endpointOf(name).method === 'GET'
const protectedNames = endpointNames.filter((name) => endpointOf(name).permission !== 'public')
const writing = endpointNames.filter((name) => ['POST', 'PUT'].includes(endpointOf(name).method))
const rolesWithout = (name: EndpointName) => {
  const { permission } = endpointOf(name)
  if (permission === null || permission === 'public') return []
  return roleSchema.options.filter((role) => !rolePermissions[role].includes(permission))
}

test('every endpoint of the table has one handler', () => {
  // Two for one endpoint throw.
  expect([...handlersByName(app.chaoxi.house.handlers).keys()].sort()).toEqual([...endpointNames].sort())
})

test('only the login is open to everybody', () => {
  const open: PublicEndpointName[] = ['login']
  expect(endpointNames.filter((name) => endpointOf(name).permission === 'public')).toEqual(open)
})

test.each(protectedNames)('%s asks for a login', async (name) => {
  expect(await call(name)).toMatchObject({ status: 401 })
  expect(await call(name, { session: 'made-up' })).toMatchObject({ status: 401 })
})

test.each(endpointNames.filter((name) => rolesWithout(name).length > 0))('%s is refused to roles without its permission', async (name) => {
  for (const role of rolesWithout(name)) {
    const { status, text } = await call(name, { session: `${role}-${app.workspaceId}` })
    expect([role, status, JSON.parse(text).error.code]).toEqual([role, 403, 'forbidden'])
  }
})

test.each(writing)('%s names what is wrong with a bad body', async (name) => {
  for (const body of [[], 'text', null]) {
    const { status, text } = await call(name, { session: `admin-${app.workspaceId}`, body })
    expect([body, status, JSON.parse(text).error.problems.length > 0]).toEqual([body, 400, true])
  }
})

describe('as another shop’s admin', () => {
  /** Named by what the program ships, not by what a shop made. */
  const shipped: readonly EndpointName[] = ['playbook', 'playbookInstall', 'channelAccountUpdate']
  const aboutOne = endpointNames.filter((name) => endpointOf(name).path.includes(':') && !shipped.includes(name))
  let before: Record<string, unknown>
  beforeAll(async () => {
    before = await snapshot()
  })

  test('the snapshot sees the shop', () => {
    for (const table of ['persons', 'definitions', 'journeys', 'messages', 'tasks', 'coupon_claims', 'audit_entries']) {
      expect(before[table]).not.toEqual([])
    }
  })

  test.each(aboutOne)('%s does not find the first shop’s thing', async (name) => {
    const { status, text } = await call(name, { session: `admin-${others}` })
    expect([status, JSON.parse(text).error?.code]).toEqual([404, 'not_found'])
  })

  test.each(endpointNames.filter((name) => !aboutOne.includes(name) && name !== ends && name !== 'login'))(
    '%s tells nothing of the first shop',
    async (name) => {
      const { status, text } = await call(name, { session: `admin-${others}` })
      expect(status).toBeLessThan(500)
      expect(text).not.toContain(marker)
    },
  )

  test('the first shop’s people cannot be put into tags of one’s own', async () => {
    const session = `admin-${others}`
    await call('tagCreate', { session, body: { key: 'own', name: 'own', layer: 'basic', mode: 'static', rule: null } })
    await call('tagMembers', { session, params: { key: 'own' }, body: { add: [of.person], remove: [] } })
    const rows = await app.db.many(sql`select 1 from person_memberships where workspace_id = ${others} and person_id = ${of.person}`)
    expect(rows).toEqual([])
  })

  test('nothing of the first shop has changed', async () => {
    await app.settle()
    expect(await snapshot()).toEqual(before)
  })
})

// Last, since this does what the endpoints are there for.
test.each([...protectedNames.filter(isRead), ...protectedNames.filter((name) => !isRead(name) && name !== ends)])(
  '%s answers its own admin without a bug of ours',
  async (name) => {
    const { status, text } = await call(name, { session: `admin-${app.workspaceId}` })
    expect([status < 500 && status !== 401 && status !== 403, text]).toEqual([true, text])
    if (isRead(name)) expect([status, text]).toEqual([200, text])
  },
)

test('the table and the samples name the same endpoints', () => {
  expect(Object.keys(endpointInputs(of)).sort()).toEqual(Object.keys(endpoints).sort())
})
