// What the customer's browser keeps: session, cart, favourites. The shop's server keeps customers and orders.
const read = (key, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(`shop:${key}`)) ?? otherwise
  } catch {
    return otherwise
  }
}
const write = (key, value) => localStorage.setItem(`shop:${key}`, JSON.stringify(value))

export const state = {
  items: [],
  coupon: null,
  /** { userId, name, phone, token, coupons } or null. */
  session: read('session', null),
  /** [{ itemId, quantity }] */
  cart: read('cart', []),
  favourites: read('favourites', []),
  /** The order that was just placed. */
  order: null,
}

export function saveSession(session) {
  state.session = session
  write('session', session)
}
export function saveCart(cart) {
  state.cart = cart.filter((line) => line.quantity > 0)
  write('cart', state.cart)
}
export function saveFavourites(favourites) {
  state.favourites = favourites
  write('favourites', favourites)
}

export const itemOf = (id) => state.items.find((item) => item.id === id)
export const cartLines = () => state.cart.map((line) => ({ ...line, item: itemOf(line.itemId) })).filter((line) => line.item)
export const cartCount = () => state.cart.reduce((sum, line) => sum + line.quantity, 0)
export const cartFen = () => cartLines().reduce((sum, { item, quantity }) => sum + item.priceFen * quantity, 0)
export const claimedCoupon = () => {
  const claim = state.session?.coupons[state.coupon.key]
  return claim && Date.parse(claim.expiresAt) > Date.now() ? claim : null
}
