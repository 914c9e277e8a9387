import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const customerSchema = z.object({
  userId: z.string(),
  name: z.string(),
  /** E.164. */
  phone: z.string(),
  /** Held by the customer's browser. */
  token: z.string(),
  /** Codes of claimed coupons by key. */
  coupons: z.record(z.string(), z.object({ code: z.string(), expiresAt: z.string() })),
})
const orderSchema = z.object({
  orderId: z.string(),
  userId: z.string(),
  lines: z.array(z.object({ itemId: z.string(), quantity: z.number() })),
  couponCode: z.string().nullable(),
  totalFen: z.number(),
  discountFen: z.number(),
  paid: z.boolean(),
})
export type Customer = z.infer<typeof customerSchema>
export type Order = z.infer<typeof orderSchema>
const stateSchema = z.object({ customers: z.array(customerSchema), orders: z.array(orderSchema) })

/** A demonstration is not a shop: beyond this the oldest are forgotten. */
const keptMax = 2_000

/** The shop's own database: what a merchant keeps apart from Chaoxi. */
export interface ShopState {
  customerByToken(token: string): Customer | undefined
  customerByPhone(phone: string): Customer | undefined
  order(orderId: string): Order | undefined
  save(change: { customer?: Customer; order?: Order }): void
}

/** Kept in one small file (null: in memory), so that the shop still knows its customers after a restart. */
export function openShopState(file: string | null): ShopState {
  const stored =
    file !== null && existsSync(file) ? stateSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : { customers: [], orders: [] }
  const customers = new Map(stored.customers.map((customer) => [customer.userId, customer]))
  const orders = new Map(stored.orders.map((order) => [order.orderId, order]))
  const find = (test: (customer: Customer) => boolean) => [...customers.values()].find(test)

  function keep<T>(map: Map<string, T>, key: string, value: T): void {
    map.set(key, value)
    const oldest = map.keys().next()
    if (map.size > keptMax && !oldest.done) map.delete(oldest.value)
  }

  return {
    customerByToken: (token) => find((customer) => customer.token === token),
    customerByPhone: (phone) => find((customer) => customer.phone === phone),
    order: (orderId) => orders.get(orderId),
    save({ customer, order }) {
      if (customer) keep(customers, customer.userId, customer)
      if (order) keep(orders, order.orderId, order)
      if (file === null) return
      // Written beside and renamed: a stop in the middle leaves the old file whole.
      writeFileSync(`${file}.new`, JSON.stringify({ customers: [...customers.values()], orders: [...orders.values()] }), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
  }
}
