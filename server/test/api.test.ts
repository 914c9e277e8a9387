import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endpoints } from '@chaoxi/contract'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../src/api.ts'
import type { Handlers } from '../src/platform/http/api.ts'
import { apiBodyBytesMax } from '../src/platform/http/requests.ts'
import { createWorkspaces, workspacesRoutes } from '../src/workspaces/index.ts'
import { createTestStores, type TestStores } from './harness/stores.ts'

let stores: TestStores
let app: Hono
let cookie: string
let storesAnswer = true
let startingWith: string | null = null
const folder = mkdtempSync(join(tmpdir(), 'chaoxi-files-'))

/** Handlers that misbehave, in the places of endpoints that this test does not need. */
const broken: Handlers = {
  overview: async () => {
    throw new Error('select secret from somewhere')
  },
  // What its schema does not allow: `items` is missing.
  tags: async () => JSON.parse('{"rows":[]}'),
}

beforeAll(async () => {
  stores = await createTestStores()
  const workspaces = createWorkspaces(stores)
  await workspaces.ensureFirstWorkspace({
    name: 'Shop',
    timeZone: 'Asia/Shanghai',
    adminEmail: 'boss@shop.cn',
    adminPassword: 'tide-tide',
    writeKey: null,
    apiKey: 'a-1',
  })
  mkdirSync(join(folder, 'console/assets'), { recursive: true })
  writeFileSync(join(folder, 'console/index.html'), '<title>console</title>')
  writeFileSync(join(folder, 'console/assets/a-1.js'), 'plain')
  writeFileSync(join(folder, 'console/assets/a-1.js.br'), 'small')
  writeFileSync(join(folder, 'chaoxi.js'), 'sdk')
  app = createApi({
    ...stores,
    handlers: [workspacesRoutes(workspaces), broken],
    authenticate: workspaces.authenticate,
    checkResponses: true,
    publicRoutes: { '/v1': new Hono().get('/ping', (c) => c.text('pong')) },
    readyChecks: {
      postgres: async () => {
        if (!storesAnswer) throw new Error('gone')
      },
    },
    startingWith: () => startingWith,
    files: { console: join(folder, 'console'), sdk: join(folder, 'chaoxi.js') },
  })
  const response = await post('/api/login', { email: 'boss@shop.cn', password: 'tide-tide' })
  cookie = response.headers.get('set-cookie') ?? ''
})
afterAll(async () => {
  await stores.close()
  rmSync(folder, { recursive: true })
})

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return app.request(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })
}
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })

describe('who asks', () => {
  test('the login cookie is out of reach of scripts and other sites, and lives 30 days', () => {
    expect(cookie).toMatch(/^chaoxi_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('the cookie and an api key both tell who asks, and nothing else does', async () => {
    expect(await (await get('/api/me', { cookie })).json()).toMatchObject({ role: 'admin', account: { email: 'boss@shop.cn' } })
    expect(await (await get('/api/me', { authorization: 'Bearer a-1' })).json()).toMatchObject({ role: 'operator' })
    const refused = await get('/api/me', { authorization: 'Bearer wrong', cookie })
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ error: { code: 'unauthorized', requestId: refused.headers.get('x-request-id') } })
  })

  test('a role without the permission is refused', async () => {
    const response = await post('/api/settings/keys', { kind: 'api', name: 'x' }, { authorization: 'Bearer a-1' })
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('settings.write')
  })

  test('a page of another site cannot write in the name of who is logged in', async () => {
    const write = (headers: Record<string, string>) => post('/api/settings/keys', { kind: 'api', name: 'x' }, { cookie, ...headers })
    expect((await write({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await write({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await write({ origin: 'https://evil.example', host: 'shop.example' })).status).toBe(403)
    expect((await write({ origin: 'null', host: 'shop.example' })).status).toBe(403)
    expect((await write({ origin: 'https://shop.example', host: 'shop.example' })).status).toBe(200)
    expect((await write({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await write({})).status).toBe(200)
  })

  test('logging out ends the session and clears the cookie', async () => {
    const own = (await post('/api/login', { email: 'boss@shop.cn', password: 'tide-tide' })).headers.get('set-cookie') ?? ''
    const out = await post('/api/logout', '', { cookie: own })
    expect(out.headers.get('set-cookie')).toContain('chaoxi_session=; Max-Age=0')
    expect((await get('/api/me', { cookie: own })).status).toBe(401)
  })
})

describe('what is asked', () => {
  test('every wrong field is named with its path', async () => {
    const response = await post('/api/settings/members', { email: 'no', name: ' ', role: 'king', password: 'x' }, { cookie })
    expect(response.status).toBe(400)
    const { error } = JSON.parse(await response.text())
    expect(error.code).toBe('invalid_request')
    expect(error.problems.map((problem: { path: string }) => problem.path)).toEqual([
      'body.email',
      'body.name',
      'body.role',
      'body.password',
    ])
  })

  test('a time zone that does not exist is refused', async () => {
    const settings = { name: 'x', quietHours: { start: '21:00', end: '08:00' }, marketingCap: { max: 3, hours: 24 } }
    const put = (timeZone: string) =>
      app.request('/api/settings/workspace', { method: 'PUT', headers: { cookie }, body: JSON.stringify({ ...settings, timeZone }) })
    expect((await put('Mars/Olympus')).status).toBe(400)
    expect((await put('+08:00')).status).toBe(400)
    expect((await put('Asia/Urumqi')).status).toBe(200)
  })

  test('a body that is not JSON, or not text, is said to be so', async () => {
    const broken = await post('/api/settings/keys', '{"kind": ', { cookie })
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ error: { message: 'The body is not JSON', problems: [{ path: 'body' }] } })
    const bytes = await app.request('/api/settings/keys', { method: 'POST', headers: { cookie }, body: new Uint8Array([0xff, 0xfe]) })
    expect(bytes.status).toBe(400)
  })

  test('a body past the limit is refused, also when its length is not announced', async () => {
    const large = JSON.stringify({ kind: 'api', name: 'x'.repeat(apiBodyBytesMax) })
    expect(await (await post('/api/settings/keys', large, { cookie })).json()).toMatchObject({ error: { code: 'body_too_large' } })
    const stream = new Blob([large]).stream()
    const request = new Request('http://localhost/api/settings/keys', { method: 'POST', headers: { cookie }, body: stream, duplex: 'half' })
    expect(await (await app.request(request)).json()).toMatchObject({ error: { code: 'body_too_large' } })
  })

  test('an unknown endpoint is said not to exist', async () => {
    const response = await get('/api/nothing', { cookie })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
  })
})

describe('what is answered', () => {
  test('a bug answers 500 with an id and nothing of the inside', async () => {
    const response = await get('/api/overview', { cookie })
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).not.toContain('secret')
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'internal', requestId: response.headers.get('x-request-id') } })
  })

  test('an answer that its schema does not allow is a bug', async () => {
    expect((await get('/api/tags', { cookie })).status).toBe(500)
  })

  test('answers of the API are kept by no cache', async () => {
    expect((await get('/api/me', { cookie })).headers.get('cache-control')).toBe('no-store')
  })
})

describe('the rest of the port', () => {
  test('health does not ask the stores, readiness does', async () => {
    expect((await get('/readyz')).status).toBe(200)
    storesAnswer = false
    expect((await get('/healthz')).status).toBe(200)
    const response = await get('/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ ready: false, checks: { postgres: 'failed' }, reason: 'no answer from postgres' })
    storesAnswer = true
  })

  test('readiness waits for what the program is still about, and names it', async () => {
    startingWith = 'the sample workspace is loading'
    const response = await get('/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ ready: false, checks: { postgres: 'ok' }, reason: 'the sample workspace is loading' })
    startingWith = null
    expect(await (await get('/readyz')).json()).toEqual({ ready: true, checks: { postgres: 'ok' } })
  })

  test('metrics count requests by the pattern of their route', async () => {
    await app.request('/api/settings/members/acc_nobody', { method: 'DELETE', headers: { cookie } })
    const metrics = await (await get('/metrics')).text()
    expect(metrics).toContain('chaoxi_http_request_seconds_count{method="DELETE",route="/api/settings/members/:id",status="404"} 1')
    expect(metrics).not.toContain('acc_nobody')
  })

  test('OpenAPI describes every endpoint of the table, and its references lead somewhere', async () => {
    const text = await (await get('/api/openapi.json')).text()
    const document = JSON.parse(text)
    const operations = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((path) => Object.values(path))
    expect(operations.map((operation) => operation.operationId).sort()).toEqual(Object.keys(endpoints).sort())
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(document.components.schemas).toHaveProperty([name ?? ''])
    expect(text).not.toContain('#/$defs')
  })

  test('public routes stand where they are wired', async () => {
    expect(await (await get('/v1/ping')).text()).toBe('pong')
  })

  test('every address of a page leads to the console, a missing file to nothing', async () => {
    for (const path of ['/', '/journeys/jny_1']) {
      const response = await get(path)
      expect(await response.text()).toContain('console')
      expect(response.headers.get('cache-control')).toBe('no-cache')
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
    }
    expect((await get('/assets/gone.js')).status).toBe(404)
    expect((await get('/../package.json')).status).toBe(404)
    expect((await get('/%2e%2e/chaoxi.js')).status).toBe(404)
  })

  test('assets are remembered for ever and sent small to who takes it', async () => {
    const small = await get('/assets/a-1.js', { 'accept-encoding': 'gzip, br' })
    expect(await small.text()).toBe('small')
    expect(small.headers.get('content-encoding')).toBe('br')
    expect(small.headers.get('cache-control')).toContain('immutable')
    expect(await (await get('/assets/a-1.js')).text()).toBe('plain')
  })

  test('the SDK may be loaded by any shop', async () => {
    const response = await get('/sdk/chaoxi.js')
    expect(await response.text()).toBe('sdk')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  })
})
