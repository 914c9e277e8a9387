// Everything that the shop tells Chaoxi from the page: Segment's e-commerce events, amounts in yuan.
const call = (name, ...args) => {
  const sdk = window.chaoxi ?? []
  window.chaoxi = sdk
  if (Array.isArray(sdk)) sdk.push([name, ...args])
  else sdk[name](...args)
}

const ready = new Promise((resolve) => {
  if (window.chaoxi && !Array.isArray(window.chaoxi)) resolve(window.chaoxi)
  else document.addEventListener('chaoxi:ready', () => resolve(window.chaoxi), { once: true })
})

export const onSent = async (listener) => (await ready).onMessage(listener)
/** Before the shop's server speaks of the customer, what the page said of them should have arrived. */
export const flush = async () => {
  if (window.chaoxi && !Array.isArray(window.chaoxi)) await window.chaoxi.flush()
}

export const product = ({ id, name, category, brand, priceFen }, quantity) => ({
  product_id: id,
  name,
  category,
  brand,
  price: priceFen / 100,
  currency: 'CNY',
  url: `${location.origin}/demo#/item/${id}`,
  ...(quantity === undefined ? {} : { quantity }),
})
const products = (lines) => lines.map(({ item, quantity }) => product(item, quantity))
const yuan = (fen) => fen / 100

export const track = {
  page: (name) => call('page', name),
  identify: (userId, traits, consent) => call('identify', userId, traits, { consent }),
  signedUp: (isNew) => call('track', isNew ? 'Signed Up' : 'Signed In', { method: 'phone' }),
  signedOut: () => call('reset'),
  listViewed: (category, items) =>
    call('track', 'Product List Viewed', {
      list_id: category ?? 'all',
      category: category ?? '全部',
      products: items.map((item) => product(item)),
    }),
  searched: (query, count) => call('track', 'Products Searched', { query, results: count }),
  viewed: (item) => call('track', 'Product Viewed', product(item)),
  favourite: (item, on) => call('track', on ? 'Product Added to Wishlist' : 'Product Removed from Wishlist', product(item)),
  added: (item, quantity) => call('track', 'Product Added', product(item, quantity)),
  removed: (item, quantity) => call('track', 'Product Removed', product(item, quantity)),
  cartViewed: (lines, fen) => call('track', 'Cart Viewed', { products: products(lines), value: yuan(fen), currency: 'CNY' }),
  checkout: (lines, fen) => call('track', 'Checkout Started', { products: products(lines), value: yuan(fen), currency: 'CNY' }),
  /** The shop's server has priced the order; the page tells it as it answered. */
  ordered: (fields) => call('track', 'Order Completed', fields),
}
