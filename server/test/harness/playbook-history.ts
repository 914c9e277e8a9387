import { productFields, type ShopItem, shopItems } from '../../src/demo/catalogue.ts'

// Twelve weeks of a small shop in Shanghai, the weeks around Double 11: for each of the shipped playbooks somebody who lets it run to its end,
// and somebody who buys on the way.

export const shopOpened = '2026-08-20T10:00:00+08:00'
export const playedFrom = '2026-08-26T00:00:00+08:00'
export const playedTo = '2026-11-25T22:00:00+08:00'

type Sent = Record<string, unknown>
const item = (id: string): ShopItem => {
  const found = shopItems.find((one) => one.id === id)
  if (found === undefined) throw new Error(`the shop does not sell ${id}`)
  return found
}
const at = (when: string) => new Date(`2026-${when.replace(' ', 'T')}:00+08:00`)

/** What one customer does: `when` is `09-01 20:00` by Shanghai's clocks. */
class Customer {
  readonly sent: Sent[] = []
  private readonly userId: string
  constructor(userId: string, traits: Record<string, unknown> = {}) {
    this.userId = userId
    this.says('08-21 12:00', { name: userId, ...traits })
  }
  private put(when: string, message: Sent): this {
    const messageId = `${this.userId}:${this.sent.length}`
    this.sent.push({ userId: this.userId, messageId, timestamp: at(when).toISOString(), ...message })
    return this
  }
  says(when: string, traits: Record<string, unknown>): this {
    return this.put(when, { type: 'identify', traits })
  }
  does(when: string, event: string, properties: Record<string, unknown> = {}): this {
    return this.put(when, { type: 'track', event, properties })
  }
  views(when: string, id: string): this {
    return this.does(when, 'Product Viewed', productFields(item(id)))
  }
  adds(when: string, id: string): this {
    return this.does(when, 'Product Added', productFields(item(id), 1))
  }
  orders(when: string, order: string, ...ids: string[]): this {
    return this.does(when, 'Order Completed', this.order(order, ids))
  }
  pays(when: string, order: string, ...ids: string[]): this {
    return this.does(when, 'Order Paid', this.order(order, ids))
  }
  visits(...whens: string[]): this {
    for (const when of whens) this.put(when, { type: 'page', name: '首页' })
    return this
  }
  private order(order: string, ids: readonly string[]) {
    const items = ids.map(item)
    const total = items.reduce((sum, one) => sum + one.priceFen, 0) / 100
    return { order_id: `${this.userId}-${order}`, total, currency: 'CNY', products: items.map((one) => productFields(one, 1)) }
  }
}

const claimed = (code: string) => ({ coupon_key: 'shop_20', coupon_code: code, coupon_name: '店铺券', coupon_kind: 'amount_off' })

function customers(): Customer[] {
  return [
    // New-user activation: one does nothing, one claims in time and buys the next morning.
    new Customer('newcomer').does('09-02 14:00', 'Signed Up').visits('09-02 14:05'),
    new Customer('starter')
      .does('09-02 14:00', 'Signed Up')
      .visits('09-02 14:05')
      .does('09-02 14:30', 'Coupon Claimed', { ...claimed('n1'), coupon_key: 'new_customer_20' })
      .pays('09-03 09:00', '1', 'p02'),
    // Carts: dear, cheap, bought within the hour, bought in the night before the reminder may go.
    new Customer('cart-dear').adds('09-03 15:00', 'p01'),
    new Customer('cart-cheap').adds('09-03 15:00', 'p08').visits('09-05 12:00'),
    new Customer('cart-quick').adds('09-03 15:00', 'p01').orders('09-03 15:20', '1', 'p01').pays('09-03 15:21', '1', 'p01'),
    new Customer('cart-night').adds('09-03 22:30', 'p01').orders('09-04 07:00', '1', 'p01').pays('09-04 07:01', '1', 'p01'),
    // Looking: dear and left alone, added to the cart on the next day.
    new Customer('looker').views('09-07 10:00', 'p06').views('09-07 10:10', 'p06').views('09-07 10:20', 'p06').visits('09-07 15:00'),
    new Customer('looker-adds')
      .views('09-07 10:00', 'p06')
      .views('09-07 10:10', 'p06')
      .views('09-07 10:20', 'p06')
      .visits('09-07 15:00')
      .adds('09-08 09:00', 'p06'),
    // Interests: five times cosmetics over days, one buys after the first message.
    ...['interested', 'interested-buys'].map((name) => {
      const customer = new Customer(name)
      for (const day of ['10', '11', '12', '13', '14']) customer.views(`09-${day} 21:30`, 'p04')
      return name === 'interested' ? customer.visits('09-17 20:00') : customer.pays('09-16 12:00', '1', 'p01')
    }),
    // Repurchase: nuts and serum, nuts bought again before they are due, a dress.
    new Customer('eater').pays('09-01 20:00', '1', 'p11').visits('10-02 12:00'),
    new Customer('eater-again').pays('09-01 20:00', '1', 'p11').pays('09-20 20:00', '2', 'p11'),
    new Customer('serum').pays('09-05 20:00', '1', 'p04'),
    // Coupons: left lying, used on the fourth day, used after the reminder.
    new Customer('coupon-left').does('09-15 12:00', 'Coupon Claimed', claimed('a1')).visits('09-21 15:00'),
    new Customer('coupon-used').does('09-15 12:00', 'Coupon Claimed', claimed('a2')).does('09-19 12:00', 'Coupon Used', claimed('a2')),
    new Customer('coupon-late')
      .does('09-15 12:00', 'Coupon Claimed', claimed('a3'))
      .does('09-20 18:00', 'Coupon Used', claimed('a3'))
      .visits('09-21 15:00'),
    // Silent after an order: for good, and back after the first message with an order.
    ...Array.from({ length: 8 }, (_, i) => new Customer(`silent-${i}`).pays(`08-28 1${i}:00`, '1', 'p03').visits('09-11 20:00')),
    new Customer('silent-looks').pays('08-28 12:00', '1', 'p03').views('09-29 12:00', 'p03'),
    new Customer('silent-buys').pays('08-28 12:00', '1', 'p03').pays('10-01 12:00', '2', 'p03'),
    // Birthdays: coupon not used, coupon used, and born on 29 February (not within these weeks).
    new Customer('birthday', { birthday: '1995-09-18' }).visits('09-18 12:00'),
    new Customer('birthday-used', { birthday: '1990-09-18' })
      .visits('09-18 12:00')
      .does('09-19 12:00', 'Coupon Used', { coupon_key: 'birthday_30', coupon_code: 'b1' }),
    new Customer('leapling', { birthday: '2000-02-29' }),
    // Tiers: to gold, to gold and later to diamond and back again.
    new Customer('golden', { tier: '银卡' }).says('09-08 20:30', { tier: '金卡' }).visits('09-09 12:00'),
    new Customer('climber', { tier: '银卡' })
      .says('09-08 12:00', { tier: '金卡' })
      .pays('09-12 12:00', '1', 'p06')
      .says('10-08 12:00', { tier: '钻石' })
      .says('11-20 12:00', { tier: '金卡' }),
    // Unpaid: large, paid after the first wave, cancelled before it, ordered at night.
    new Customer('debtor').orders('09-10 12:00', '1', 'p06').visits('09-10 16:00'),
    new Customer('debtor-pays').orders('09-10 12:00', '1', 'p06').pays('09-10 13:00', '1', 'p06').visits('09-10 16:00'),
    new Customer('debtor-cancels')
      .orders('09-10 12:00', '1', 'p06')
      .does('09-10 12:10', 'Order Cancelled', { order_id: 'debtor-cancels-1' }),
    new Customer('debtor-night').orders('09-10 23:00', '1', 'p06').pays('09-11 07:30', '1', 'p06'),
    // Rescue: the payment fails and fails; cancels; wants the money back and gets it.
    new Customer('failing')
      .orders('09-11 12:00', '1', 'p08')
      .does('09-11 12:01', 'Payment Failed', { order_id: 'failing-1' })
      .visits('09-11 16:00'),
    new Customer('failing-pays')
      .orders('09-11 12:00', '1', 'p08')
      .does('09-11 12:01', 'Payment Failed', { order_id: 'failing-pays-1' })
      .pays('09-11 12:05', '1', 'p08'),
    new Customer('refunded')
      .pays('09-09 12:00', '1', 'p08')
      .does('09-12 23:00', 'Refund Requested', { order_id: 'refunded-1' })
      .does('09-14 12:00', 'Order Refunded', { order_id: 'refunded-1', total: 79 }),
    // Deliveries: nothing said, reviewed at once, sent back, bought again.
    new Customer('receiver').pays('09-14 12:00', '1', 'p09').does('09-16 18:00', 'Order Delivered', { order_id: 'receiver-1' }),
    new Customer('reviewer')
      .pays('09-14 12:00', '1', 'p09')
      .does('09-16 18:00', 'Order Delivered', { order_id: 'reviewer-1' })
      .does('09-18 12:00', 'Product Reviewed', { product_id: 'p09', rating: 5 })
      .visits('09-19 12:00')
      .pays('09-25 12:00', '2', 'p10'),
    new Customer('returner')
      .pays('09-14 12:00', '1', 'p09')
      .does('09-16 18:00', 'Order Delivered', { order_id: 'returner-1' })
      .does('09-18 12:00', 'Refund Requested', { order_id: 'returner-1' }),
    // Points: enough and long without an order, too few.
    new Customer('saver', { points: 800 }).pays('08-27 12:00', '1', 'p03').visits('11-09 12:00'),
    new Customer('saver-small', { points: 100 }).pays('08-27 12:00', '1', 'p03'),
    // VIP: two orders of 2,097 together.
    new Customer('vip').pays('09-03 12:00', '1', 'p06', 'p06').pays('09-06 21:00', '2', 'p06', 'p01'),
    // Double 11: a fan who does nothing, one who pays deposit and rest, one who pays the deposit alone, one who fills the cart and waits.
    new Customer('fan').adds('10-10 12:00', 'p08').visits('10-23 12:00', '10-27 12:00', '11-11 12:00').views('11-05 12:00', 'p01'),
    new Customer('planner')
      .adds('10-21 12:00', 'p01')
      .does('10-24 20:00', 'Deposit Paid', { order_id: 'planner-1' })
      .pays('10-31 20:05', '1', 'p01'),
    new Customer('half').adds('10-21 12:00', 'p01').does('10-24 20:00', 'Deposit Paid', { order_id: 'half-1' }).visits('11-11 12:00'),
    new Customer('buyer').adds('11-08 12:00', 'p08').pays('11-10 20:05', '1', 'p08'),
  ]
}

export function playbookHistory(): Sent[] {
  return customers()
    .flatMap((customer) => customer.sent)
    .toSorted((a, b) => String(a.timestamp).localeCompare(String(b.timestamp)))
}
