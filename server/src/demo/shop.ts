import { AppError } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Ids } from '../platform/ids.ts'
import { itemById, newCustomerCoupon, productFields } from './catalogue.ts'
import { type Customer, type Order, openShopState } from './shop-state.ts'

export interface DemoShopDeps {
  readonly clock: Clock
  readonly ids: Ids
  /** Where the shop keeps its customers and orders; null: in memory. */
  readonly stateFile: string | null
  /** Which workspace the shop reports to, and with which write key its pages do. */
  account(): Promise<{ workspaceId: number; writeKey: string }>
  claimCoupon(workspaceId: number, key: string, input: { userId: string; requestId: string }): Promise<{ code: string; expiresAt: string }>
  useCoupon(workspaceId: number, input: { code: string; orderId: string; totalFen: number }): Promise<{ discountFen: number }>
  /** Messages of Segment's form, as a merchant's server sends them. */
  send(workspaceId: number, messages: readonly object[]): Promise<unknown>
}

export interface Registration {
  readonly name: string
  /** E.164. */
  readonly phone: string
}
export interface NewOrder {
  readonly lines: readonly { itemId: string; quantity: number }[]
  readonly useCoupon: boolean
}

/** The merchant's server: knows its customers, prices its orders itself, and asks Chaoxi for benefits. */
export interface DemoShop {
  account: DemoShopDeps['account']
  /** The customer with that number, made if there is none. */
  register(input: Registration): { customer: Customer; isNew: boolean }
  /** Throws `unauthorized`. */
  customer(token: string): Customer
  claim(customer: Customer, couponKey: string): Promise<{ code: string; expiresAt: string }>
  order(customer: Customer, input: NewOrder): Promise<Order>
  pay(customer: Customer, orderId: string): Promise<Order>
}

export function createDemoShop(deps: DemoShopDeps): DemoShop {
  const { clock, ids } = deps
  const state = openShopState(deps.stateFile)

  function couponFor(customer: Customer, totalFen: number): string | null {
    const claimed = customer.coupons[newCustomerCoupon.key]
    if (!claimed || Date.parse(claimed.expiresAt) <= clock.now() || totalFen < newCustomerCoupon.thresholdFen) return null
    return claimed.code
  }

  /** A coupon that Chaoxi refuses (used before, over) is no reason to lose the order. */
  async function discountOf(workspaceId: number, code: string, orderId: string, totalFen: number): Promise<number | null> {
    try {
      return (await deps.useCoupon(workspaceId, { code, orderId, totalFen })).discountFen
    } catch (error) {
      if (error instanceof AppError && error.code === 'coupon_unavailable') return null
      throw error
    }
  }

  return {
    account: deps.account,
    register({ name, phone }) {
      const known = state.customerByPhone(phone)
      const token = ids.secret(18)
      const customer = { ...(known ?? { userId: `shop-${ids.code(8).toLowerCase()}`, phone, coupons: {} }), name, token }
      state.save({ customer })
      return { customer, isNew: known === undefined }
    },
    customer(token) {
      const found = state.customerByToken(token)
      if (!found) throw new AppError('unauthorized', 'Please register or sign in to the shop first')
      return found
    },
    async claim(customer, couponKey) {
      const { workspaceId } = await deps.account()
      // One per customer and coupon, however often the button is pressed or the answer is lost.
      const claim = await deps.claimCoupon(workspaceId, couponKey, {
        userId: customer.userId,
        requestId: `demo-shop:${customer.userId}:${couponKey}`,
      })
      state.save({ customer: { ...customer, coupons: { ...customer.coupons, [couponKey]: claim } } })
      return claim
    },
    async order(customer, { lines, useCoupon }) {
      const subtotalFen = lines.reduce((sum, { itemId, quantity }) => {
        const item = itemById(itemId)
        if (!item) throw new AppError('not_found', `The shop does not sell ${itemId}`)
        return sum + item.priceFen * quantity
      }, 0)
      const orderId = `S${new Date(clock.now()).toISOString().slice(2, 10).replaceAll('-', '')}${ids.code(6)}`
      const code = useCoupon ? couponFor(customer, subtotalFen) : null
      const { workspaceId } = await deps.account()
      const discountFen = code === null ? null : await discountOf(workspaceId, code, orderId, subtotalFen)
      const order: Order = {
        orderId,
        userId: customer.userId,
        lines: [...lines],
        couponCode: discountFen === null ? null : code,
        totalFen: subtotalFen - (discountFen ?? 0),
        discountFen: discountFen ?? 0,
        paid: false,
      }
      state.save({ order })
      return order
    },
    async pay(customer, orderId) {
      const order = state.order(orderId)
      if (order?.userId !== customer.userId) throw new AppError('not_found', `There is no order ${orderId} of this customer`)
      const { workspaceId } = await deps.account()
      const paid = { ...order, paid: true }
      // Paying is told by the merchant's server, never by the page; the id makes a second press count once.
      await deps.send(workspaceId, [
        {
          type: 'track',
          event: 'Order Paid',
          userId: customer.userId,
          messageId: `demo-shop-paid:${orderId}`,
          timestamp: new Date(clock.now()).toISOString(),
          properties: orderFields(order),
        },
      ])
      state.save({ order: paid })
      return paid
    },
  }
}

/** An order as events carry it, in yuan. */
export function orderFields(order: Order): Record<string, unknown> {
  return {
    order_id: order.orderId,
    total: order.totalFen / 100,
    discount: order.discountFen / 100,
    ...(order.couponCode === null ? {} : { coupon: order.couponCode }),
    currency: 'CNY',
    products: order.lines.flatMap(({ itemId, quantity }) => {
      const item = itemById(itemId)
      return item ? [productFields(item, quantity)] : []
    }),
  }
}
