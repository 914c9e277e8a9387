import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@chaoxi/contract'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { parseInput } from '../platform/http/api.ts'
import { bearerOf, readJson } from '../platform/http/requests.ts'
import { newCustomerCoupon, shopItems } from './catalogue.ts'
import { type DemoShop, orderFields } from './shop.ts'

const pageFolder = join(import.meta.dirname, 'page')
const types = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
} as const

// The page is ours alone: no foreign script, and inline none either.
const pagePolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'"

/** Requests to the shop's own server are small. */
const bodyBytesMax = 20_000
const quantityMax = 99

const registration = z.object({
  name: z.string().trim().min(1).max(40),
  /** A mobile number of mainland China. */
  phone: z.string().regex(/^1[3-9]\d{9}$/),
})
const newOrder = z.object({
  lines: z
    .array(z.object({ itemId: z.string().max(20), quantity: z.number().int().min(1).max(quantityMax) }))
    .min(1)
    .max(shopItems.length),
  useCoupon: z.boolean(),
})

const escapeAttribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/** `/demo`: the storefront's page, and under `/demo/api` the small server that a merchant would run. */
export function demoRoutes(shop: DemoShop): Hono {
  const app = new Hono()
  const body = (c: Context) => readJson(c.req.raw, bodyBytesMax)
  const customerOf = (c: Context) => shop.customer(bearerOf(c) ?? '')

  app.get('/api/shop', (c) => c.json({ items: shopItems, coupon: newCustomerCoupon }))
  app.post('/api/register', async (c) => {
    const { name, phone } = parseInput(registration, await body(c), 'body')
    const { customer, isNew } = shop.register({ name, phone: `+86${phone}` })
    return c.json({ userId: customer.userId, phone: customer.phone, token: customer.token, isNew })
  })
  app.get('/api/me', (c) => {
    const { name, phone, userId, coupons } = customerOf(c)
    return c.json({ name, phone, userId, coupons })
  })
  app.post('/api/coupons/:key/claim', async (c) => c.json(await shop.claim(customerOf(c), c.req.param('key'))))
  app.post('/api/orders', async (c) => {
    const order = await shop.order(customerOf(c), parseInput(newOrder, await body(c), 'body'))
    return c.json({ orderId: order.orderId, totalFen: order.totalFen, discountFen: order.discountFen, fields: orderFields(order) })
  })
  app.post('/api/orders/:id/pay', async (c) => {
    const order = await shop.pay(customerOf(c), c.req.param('id'))
    return c.json({ orderId: order.orderId, paid: order.paid })
  })

  const page = async (c: Context) => {
    const { writeKey } = await shop.account()
    const html = readFileSync(join(pageFolder, 'index.html'), 'utf8').replace('WRITE_KEY', escapeAttribute(writeKey))
    return c.html(html, 200, { 'cache-control': 'no-cache', 'content-security-policy': pagePolicy })
  }
  app.get('/', page)
  app.get('/page/:file{[a-z-]+\\.(js|css|svg)}', (c) => {
    const file = c.req.param('file')
    const type = z.enum(['js', 'css', 'svg']).parse(file.split('.')[1])
    try {
      return c.body(readFileSync(join(pageFolder, file), 'utf8'), 200, { 'content-type': types[type], 'cache-control': 'no-cache' })
    } catch {
      throw new AppError('not_found', `The shop has no file ${file}`)
    }
  })
  // `/demo/?coupon=…`, where links of messages lead: the router tells it from `/demo`.
  app.get('/*', (c, next) => (c.req.path.endsWith('/') ? page(c) : next()))
  return app
}
