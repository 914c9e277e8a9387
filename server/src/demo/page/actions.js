import { ask } from './api.js'
import { toast } from './dom.js'
import { cartFen, cartLines, saveCart, saveFavourites, saveSession, state } from './state.js'
import { alsoSent } from './strip.js'
import { hasText, t } from './texts.js'
import { flush, track } from './track.js'

export const consentVersion = 'demo-shop-2026-11'
export const go = (path) => {
  location.hash = path
}
let redraw = () => {}
export const onChange = (listener) => {
  redraw = listener
}

/** Says what went wrong in the customer's words. */
async function attempt(work) {
  try {
    return await work()
  } catch (error) {
    toast(hasText(error.code) ? t(error.code) : t('failed'))
    return null
  }
}

export async function register({ name, phone, birthday, consent }) {
  await attempt(async () => {
    const { userId, phone: number, token, isNew } = await ask('POST', '/register', { name, phone })
    saveSession({ userId, name, phone: number, token, coupons: {} })
    if (!isNew) saveSession({ ...state.session, coupons: (await ask('GET', '/me')).coupons })
    track.identify(
      userId,
      {
        name,
        phone: number,
        register_channel: '演示商店',
        ...(birthday === '' ? {} : { birthday }),
        ...(isNew ? { registered_at: new Date().toISOString() } : {}),
      },
      { marketing: { sms: consent, in_app: consent, textVersion: consentVersion, text: t('consent') } },
    )
    track.signedUp(isNew)
    await flush()
    toast(t('welcome', { name }))
    go('/')
  })
  redraw()
}

export function signOut() {
  saveSession(null)
  saveCart([])
  track.signedOut()
  go('/')
  redraw()
}

export async function claim(key) {
  if (state.session === null) {
    toast(t('registerFirst'))
    go('/me')
    return
  }
  await attempt(async () => {
    await flush()
    const coupon = await ask('POST', `/coupons/${encodeURIComponent(key)}/claim`, {})
    saveSession({ ...state.session, coupons: { ...state.session.coupons, [key]: coupon } })
    toast(t('couponClaimed'))
  })
  redraw()
}

export function toggleFavourite(item) {
  const on = !state.favourites.includes(item.id)
  saveFavourites(on ? [...state.favourites, item.id] : state.favourites.filter((id) => id !== item.id))
  track.favourite(item, on)
  redraw()
}

export function addToCart(item, quantity = 1) {
  const line = state.cart.find((one) => one.itemId === item.id)
  saveCart(
    line
      ? state.cart.map((one) => (one === line ? { ...one, quantity: one.quantity + quantity } : one))
      : [...state.cart, { itemId: item.id, quantity }],
  )
  if (quantity > 0) track.added(item, quantity)
  else track.removed(item, -quantity)
  if (quantity > 0) toast(t('added'))
  redraw()
}

export function checkout() {
  if (state.session === null) {
    toast(t('registerFirst'))
    go('/me')
    return
  }
  track.checkout(cartLines(), cartFen())
  go('/checkout')
}

export async function placeOrder(useCoupon) {
  await attempt(async () => {
    const lines = state.cart.map(({ itemId, quantity }) => ({ itemId, quantity }))
    const order = await ask('POST', '/orders', { lines, useCoupon })
    track.ordered(order.fields)
    await flush()
    state.order = { ...order, paid: false }
    saveCart([])
    go('/order')
  })
  redraw()
}

export async function pay() {
  await attempt(async () => {
    await ask('POST', `/orders/${encodeURIComponent(state.order.orderId)}/pay`, {})
    alsoSent('Order Paid')
    state.order = { ...state.order, paid: true }
  })
  redraw()
}
