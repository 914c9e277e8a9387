import { productFields, type ShopItem, shopItems } from '../catalogue.ts'
import type { Persona, SampleCustomer } from './customers.ts'
import type { Chance } from './random.ts'

/** A message of Segment's form, with its time as a number for sorting. */
export interface SampleMessage {
  readonly at: number
  readonly message: Record<string, unknown>
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
/** Local hours at which shops are visited: lunch, and above all the evening. Shanghai has no daylight saving. */
const hours = [1, 1, 0, 0, 0, 1, 2, 4, 5, 6, 7, 8, 10, 9, 7, 6, 6, 7, 9, 12, 16, 17, 13, 6].map((weight, hour) => [hour, weight] as const)
const shanghaiOffsetMs = 8 * 60 * minuteMs
const searches = ['连衣裙', '帆布鞋', '耳机', '乌龙茶', '口红', '台灯', '坚果', '充电宝', '香薰', '包']

/** Visits in 30 days, and of a visit: chance of putting something into the cart, of ordering then, of paying then. */
const habits: Record<Persona, { visits: readonly [number, number]; cart: number; order: number; pay: number }> = {
  looker: { visits: [1, 5], cart: 0.22, order: 0.18, pay: 0.75 },
  regular: { visits: [4, 10], cart: 0.4, order: 0.36, pay: 0.9 },
  loyal: { visits: [8, 18], cart: 0.5, order: 0.5, pay: 0.95 },
  lost: { visits: [2, 6], cart: 0.4, order: 0.35, pay: 0.9 },
}
/** Those who are lost have not come for this long. */
const lostDays = 16

/** Everything that one customer did in the 30 days before `now`, in no particular order; nothing lies after `now`. */
export function behaviourOf(customer: SampleCustomer, chance: Chance, now: number): SampleMessage[] {
  const messages: SampleMessage[] = []
  const { userId, anonymousId, number } = customer
  const registeredAt = timeOn(chance, now, customer.registeredDaysAgo)

  // Ids count every message drawn, also those that fall after now: a second loading gives each the same id.
  let drawn = 0
  function say(at: number, type: string, fields: Record<string, unknown>): void {
    const messageId = `sample:${number}:${++drawn}`
    if (at > now) return
    const known = at >= registeredAt ? { userId } : {}
    messages.push({ at, message: { type, messageId, anonymousId, ...known, timestamp: new Date(at).toISOString(), ...fields } })
  }
  const track = (at: number, event: string, properties: Record<string, unknown>) => say(at, 'track', { event, properties })

  function order(at: number, orderNumber: number, items: readonly ShopItem[], pays: boolean): void {
    const products = items.map((item) => productFields(item, 1))
    const total = items.reduce((sum, item) => sum + item.priceFen, 0) / 100
    const fields = { order_id: `SAMPLE-${number}-${orderNumber}`, total, currency: 'CNY', products }
    track(at, 'Checkout Started', { value: total, currency: 'CNY', products })
    track(at + minuteMs, 'Order Completed', fields)
    if (!pays) return
    track(at + 2 * minuteMs, 'Order Paid', { ...fields, payment_method: chance.pick(['微信支付', '支付宝', '银行卡']) })
    if (chance.is(0.03)) track(at + 3 * dayMs, 'Order Refunded', { order_id: fields.order_id, total, currency: 'CNY' })
  }

  function visit(start: number, orderNumber: number): void {
    const { cart, order: orders, pay } = habits[customer.persona]
    let at = start
    const step = () => {
      at += chance.between(10, 150) * 1_000
      return at
    }
    say(at, 'page', { name: '首页' })
    if (chance.is(0.3)) track(step(), 'Products Searched', { query: chance.pick(searches) })
    const own = shopItems.filter((item) => item.category === customer.favouriteCategory)
    const seen = Array.from({ length: chance.between(1, 6) }, () => chance.pick(chance.is(0.55) ? own : shopItems))
    for (const item of seen) {
      track(step(), 'Product Viewed', productFields(item))
      if (chance.is(0.09)) track(step(), 'Product Added to Wishlist', productFields(item))
    }
    if (!chance.is(cart)) return
    const wanted = [...new Set(seen.slice(0, chance.between(1, 3)))]
    for (const item of wanted) track(step(), 'Product Added', productFields(item, 1))
    if (chance.is(0.7)) track(step(), 'Cart Viewed', { products: wanted.map((item) => productFields(item, 1)) })
    if (at >= registeredAt && chance.is(orders)) order(step(), orderNumber, wanted, chance.is(pay))
  }

  // Most looked around before they registered: these events are the device's, and the person's after the merge.
  if (chance.is(0.6)) visit(registeredAt - chance.between(5, 40) * minuteMs, 0)
  register(say, customer, registeredAt)
  const [least, most] = habits[customer.persona].visits
  const visits = chance.between(least, most)
  for (let n = 1; n <= visits; n++) {
    const latest = customer.persona === 'lost' ? lostDays : 0
    const daysAgo = chance.between(latest, Math.max(latest, customer.registeredDaysAgo))
    visit(Math.max(timeOn(chance, now, daysAgo), registeredAt + 10 * minuteMs * n), n)
  }
  return messages
}

type Say = (at: number, type: string, fields: Record<string, unknown>) => void

export const consentText = '我同意潮汐小店通过短信和应用内弹窗向我发送优惠与活动信息，可随时回复 T 退订或在此取消。'

export function register(say: Say, customer: SampleCustomer, at: number): void {
  const { name, gender, phone, birthday, city, province, registerChannel, consent } = customer
  const traits = { name, gender, phone, city, province, register_channel: registerChannel, registered_at: new Date(at).toISOString() }
  say(at, 'identify', {
    traits: birthday === null ? traits : { ...traits, birthday },
    context: {
      consent: {
        marketing: { sms: consent === 'all', in_app: consent !== 'none', textVersion: 'sample-1', text: consentText, source: 'sample' },
      },
    },
  })
  say(at + 1_000, 'track', { event: 'Signed Up', properties: { method: 'phone', channel: registerChannel } })
}

/** People who only look and never say who they are. */
export function passerBy(number: number, chance: Chance, now: number): SampleMessage[] {
  let at = timeOn(chance, now, chance.between(0, 29))
  const messages: SampleMessage[] = []
  for (let n = 1, steps = chance.between(2, 6); n <= steps; n++) {
    at += chance.between(10, 150) * 1_000
    const common = {
      messageId: `sample:visitor-${number}:${n}`,
      anonymousId: `sample-visitor-${number}`,
      timestamp: new Date(at).toISOString(),
    }
    const what =
      n === 1
        ? { type: 'page', name: '首页' }
        : { type: 'track', event: 'Product Viewed', properties: productFields(chance.pick(shopItems)) }
    if (at <= now) messages.push({ at, message: { ...common, ...what } })
  }
  return messages
}

/** A moment of the local day that many days before now, at an hour when people shop. */
function timeOn(chance: Chance, now: number, daysAgo: number): number {
  const localDay = Math.floor((now + shanghaiOffsetMs) / dayMs) - daysAgo
  return localDay * dayMs - shanghaiOffsetMs + chance.weighted(hours) * 60 * minuteMs + chance.between(0, 3_599) * 1_000
}
