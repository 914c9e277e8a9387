import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, playbookSchema } from '@chaoxi/contract'
import { Hono } from 'hono'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createTestClock } from '../../test/harness/clock.ts'
import { createLog } from '../../test/harness/log.ts'
import { createRandomBytes } from '../../test/harness/random.ts'
import { errorAnswer } from '../platform/http/answers.ts'
import { createIds } from '../platform/ids.ts'
import { newCustomerCoupon, shopItems } from './catalogue.ts'
import { demoRoutes } from './routes.ts'
import { createDemoShop } from './shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'chaoxi-shop-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let sent: Record<string, unknown>[]
let claims: { userId: string; requestId: string }[]
let refuseUse: boolean
const clock = createTestClock()
const ids = createIds(clock, createRandomBytes(7))

function open(stateFile: string | null = null): Hono {
  const shop = createDemoShop({
    clock,
    ids,
    stateFile,
    account: async () => ({ workspaceId: 1, writeKey: 'cxw_"<demo>' }),
    async claimCoupon(_workspaceId, key, input) {
      if (key !== newCustomerCoupon.key) throw new AppError('coupon_unavailable', 'There is no such coupon')
      claims.push(input)
      return { code: 'CODE1', expiresAt: new Date(clock.now() + 86_400_000).toISOString() }
    },
    async useCoupon() {
      if (refuseUse) throw new AppError('coupon_unavailable', 'The coupon is over')
      return { discountFen: 2_000 }
    },
    send: async (_workspaceId, messages) => void sent.push(...messages.map((message) => ({ ...message }))),
  })
  const app = new Hono()
  app.onError((error) => errorAnswer(error, 'r1', createLog()))
  return app.route('/demo', demoRoutes(shop))
}

let app: Hono
beforeEach(() => {
  sent = []
  claims = []
  refuseUse = false
  app = open()
})

/** What the shop's server answers, all of it together. */
interface Answer {
  token?: string
  userId?: string
  orderId?: string
  code?: string
  totalFen?: number
  discountFen?: number
  error?: { code: string; problems: unknown[] }
}

async function ask(method: string, path: string, body?: unknown, token?: string, shop = app): Promise<{ status: number; body: Answer }> {
  const response = await shop.request(`/demo${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const parsed: Answer = JSON.parse(await response.text())
  return { status: response.status, body: parsed }
}
const register = async (shop = app) => (await ask('POST', '/api/register', { name: '张女士', phone: '13800001234' }, undefined, shop)).body

test('the page carries the write key, escaped, and loads only what is there', async () => {
  for (const path of ['/demo', '/demo/', '/demo/?coupon=x']) {
    const response = await app.request(path)
    const html = await response.text()
    expect(html).toContain('data-write-key="cxw_&quot;&lt;demo>"')
    for (const [, file] of html.matchAll(/"(\/demo\/page\/[^"]+)"/g)) expect((await app.request(file ?? '')).status).toBe(200)
  }
  expect((await app.request('/demo/page/none.js')).status).toBe(404)
  expect((await app.request('/demo/page/..%2fshop.ts')).status).toBe(404)
})

test('every module that a module of the page imports is there', async () => {
  const seen = new Set<string>()
  const look = async (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    const response = await app.request(`/demo/page/${file}`)
    expect([file, response.status]).toEqual([file, 200])
    for (const [, next] of (await response.text()).matchAll(/from '\.\/([\w-]+\.js)'/g)) await look(next ?? '')
  }
  await look('app.js')
  expect(seen.size).toBeGreaterThan(8)
})

test('the same number is the same customer', async () => {
  const first = await register()
  const again = await register()
  expect(first).toMatchObject({ phone: '+8613800001234', isNew: true })
  expect(again).toMatchObject({ userId: first.userId, isNew: false })
  expect((await ask('POST', '/api/register', { name: '', phone: '12' })).body.error?.problems).toHaveLength(2)
})

test('an order is priced by the shop, with the coupon that was claimed, and paid once', async () => {
  const { token, userId } = await register()
  expect((await ask('POST', `/api/coupons/${newCustomerCoupon.key}/claim`, {}, token)).body.code).toBe('CODE1')
  const lines = [{ itemId: 'p06', quantity: 1 }]
  const { body: order } = await ask('POST', '/api/orders', { lines, useCoupon: true }, token)
  expect(order).toMatchObject({ totalFen: 57_900, discountFen: 2_000, fields: { total: 579, discount: 20, coupon: 'CODE1' } })
  await ask('POST', `/api/orders/${order.orderId}/pay`, {}, token)
  expect(sent).toMatchObject([{ event: 'Order Paid', userId, messageId: `demo-shop-paid:${order.orderId}`, properties: { total: 579 } }])
  expect(claims).toEqual([{ userId, requestId: `demo-shop:${userId}:${newCustomerCoupon.key}` }])
})

test('a coupon that the platform refuses does not lose the order', async () => {
  const { token } = await register()
  await ask('POST', `/api/coupons/${newCustomerCoupon.key}/claim`, {}, token)
  refuseUse = true
  const { status, body } = await ask('POST', '/api/orders', { lines: [{ itemId: 'p06', quantity: 1 }], useCoupon: true }, token)
  expect([status, body.totalFen, body.discountFen]).toEqual([200, 59_900, 0])
})

test('nobody orders, claims or pays without being signed in, or for another', async () => {
  const { token } = await register()
  const { body: order } = await ask('POST', '/api/orders', { lines: [{ itemId: 'p01', quantity: 2 }], useCoupon: false }, token)
  const other = (await ask('POST', '/api/register', { name: '李', phone: '13900000000' })).body.token
  expect((await ask('POST', `/api/orders/${order.orderId}/pay`, {}, other)).status).toBe(404)
  expect((await ask('POST', '/api/orders', { lines: [{ itemId: 'p01', quantity: 2 }], useCoupon: false })).status).toBe(401)
  expect((await ask('POST', '/api/coupons/none/claim', {}, token)).body.error?.code).toBe('coupon_unavailable')
  expect((await ask('POST', '/api/orders', { lines: [{ itemId: 'p99', quantity: 1 }], useCoupon: false }, token)).status).toBe(404)
  expect((await ask('POST', '/api/orders', { lines: [{ itemId: 'p01', quantity: 0.5 }], useCoupon: false }, token)).status).toBe(400)
})

test('the shop still knows its customers and orders after a restart', async () => {
  const file = join(folder, 'shop.json')
  const { token } = await register(open(file))
  expect((await ask('GET', '/api/me', undefined, token, open(file))).body).toMatchObject({ name: '张女士', phone: '+8613800001234' })
})

test('the coupon of the page is the coupon of the playbook', () => {
  const file = join(import.meta.dirname, '../../../playbooks/new-user-activation.json')
  const playbook = playbookSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const { nameEn: _, ...terms } = newCustomerCoupon
  expect(playbook.coupons).toEqual([terms])
})

test('every item has its picture', async () => {
  const pictures = await (await app.request('/demo/page/pictures.js')).text()
  for (const { id } of shopItems) expect(pictures).toContain(`  ${id}: [`)
})
