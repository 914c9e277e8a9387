import { addToCart, checkout, go, pay, placeOrder } from './actions.js'
import { h, svg } from './dom.js'
import { amount, grid, heart, nothing, ticket } from './parts.js'
import { picture } from './pictures.js'
import { cartFen, cartLines, claimedCoupon, itemOf, state } from './state.js'
import { itemBrand, itemCategory, itemName, money, t } from './texts.js'

// Each view answers what stands on the page; what it tells Chaoxi is in app.js, where a view is entered.

export function home({ category }) {
  const categories = [...new Map(state.items.map((item) => [item.category, item])).values()]
  const chip = (value, label) =>
    h(
      'button',
      {
        'aria-pressed': String((category ?? '') === value),
        onclick: () => go(value === '' ? '/' : `/category/${encodeURIComponent(value)}`),
      },
      label,
    )
  return [
    h('div', { class: 'hero' }, h('h1', {}, t('shop')), h('p', {}, t('slogan'))),
    ticket(),
    h(
      'div',
      { class: 'chips' },
      chip('', t('all')),
      categories.map((item) => chip(item.category, itemCategory(item))),
    ),
    grid(category === undefined ? state.items : state.items.filter((item) => item.category === category)),
  ]
}

export const matching = (query) =>
  state.items.filter((item) =>
    [item.name, item.nameEn, item.category, item.categoryEn, item.brand, item.brandEn].some((text) =>
      text.toLowerCase().includes(query.toLowerCase()),
    ),
  )

export function search({ query }) {
  const found = matching(query)
  return [
    h(
      'div',
      { class: 'panel' },
      h('h1', {}, t('found', { q: query, n: found.length })),
      found.length === 0 ? nothing(t('nothingFound')) : grid(found),
    ),
  ]
}

export function item({ id }) {
  const one = itemOf(id)
  if (!one) return [nothing(t('nothingFound'))]
  const buy = () => {
    addToCart(one)
    go('/cart')
  }
  return [
    h(
      'div',
      { class: 'panel' },
      h('button', { class: 'link', onclick: () => history.back() }, `‹ ${t('back')}`),
      h(
        'div',
        { class: 'item' },
        svg(picture(one.id)),
        h(
          'div',
          {},
          h('h1', {}, itemName(one)),
          h('p', { class: 'price' }, money(one.priceFen)),
          h('dl', {}, h('dt', {}, t('brand')), h('dd', {}, itemBrand(one)), h('dt', {}, t('category')), h('dd', {}, itemCategory(one))),
          h(
            'div',
            { class: 'row', style: 'position:relative' },
            h('button', { class: 'pill calm', onclick: () => addToCart(one) }, t('addToCart')),
            h('button', { class: 'pill', onclick: buy }, t('buyNow')),
            h('span', { style: 'position:relative;width:40px;height:40px' }, heart(one)),
          ),
          h('p', { class: 'quiet', style: 'margin-top:14px' }, t('delivery')),
        ),
      ),
    ),
  ]
}

export function favourites() {
  const items = state.favourites.map(itemOf).filter(Boolean)
  return [h('div', { class: 'panel' }, h('h1', {}, t('favourites')), items.length === 0 ? nothing(t('emptyFavourites')) : grid(items))]
}

function line({ item: one, quantity }, editable) {
  return h(
    'div',
    { class: 'line' },
    svg(picture(one.id)),
    h('div', { class: 'grow' }, h('div', {}, itemName(one)), h('span', { class: 'price' }, money(one.priceFen))),
    editable
      ? h(
          'div',
          { class: 'quantity' },
          h('button', { class: 'round', 'aria-label': `${t('fewer')} ${itemName(one)}`, onclick: () => addToCart(one, -1) }, '−'),
          h('span', {}, quantity),
          h('button', { class: 'round', 'aria-label': `${t('more')} ${itemName(one)}`, onclick: () => addToCart(one, 1) }, '+'),
        )
      : h('span', {}, `× ${quantity}`),
  )
}

export function cart() {
  const lines = cartLines()
  return [
    h(
      'div',
      { class: 'panel' },
      h('h1', {}, t('cart')),
      lines.length === 0
        ? nothing(t('emptyCart'))
        : [
            lines.map((one) => line(one, true)),
            amount(t('subtotal'), cartFen(), 'total'),
            h('button', { class: 'pill wide', onclick: checkout }, t('checkout')),
          ],
    ),
  ]
}

export function confirm() {
  const lines = cartLines()
  if (lines.length === 0) return cart()
  const fits = claimedCoupon() !== null && cartFen() >= state.coupon.thresholdFen
  const box = h('input', { type: 'checkbox', checked: fits, disabled: !fits })
  const sums = h('div')
  const drawSums = () => {
    const discountFen = box.checked ? state.coupon.value : 0
    sums.replaceChildren(
      amount(t('subtotal'), cartFen()),
      ...(discountFen > 0 ? [amount(t('discount'), -discountFen)] : []),
      amount(t('total'), cartFen() - discountFen, 'total'),
    )
  }
  box.addEventListener('change', drawSums)
  drawSums()
  return [
    h(
      'div',
      { class: 'panel' },
      h('h1', {}, t('confirmOrder')),
      lines.map((one) => line(one, false)),
      claimedCoupon() === null ? null : h('label', { class: 'check', style: 'margin-top:16px' }, box, t('useCoupon')),
      sums,
      h('button', { class: 'pill wide', onclick: () => placeOrder(box.checked) }, t('placeOrder')),
      h('p', { class: 'quiet', style: 'margin-top:10px' }, t('delivery')),
    ),
  ]
}

export function order() {
  const one = state.order
  if (one === null) return [nothing(t('emptyCart'))]
  return [
    h(
      'div',
      { class: 'panel' },
      h(
        'div',
        { class: 'done' },
        h('span', { class: 'tick', 'aria-hidden': 'true' }, '✓'),
        h('h1', {}, t(one.paid ? 'paid' : 'orderPlaced')),
      ),
      h('div', { class: 'sum' }, h('span', {}, t('orderNo')), h('span', {}, one.orderId)),
      one.discountFen > 0 ? amount(t('discount'), -one.discountFen) : null,
      amount(t('total'), one.totalFen, 'total'),
      one.paid ? nothing(t('thanks')) : h('button', { class: 'pill wide', onclick: pay }, t('pay', { amount: money(one.totalFen) })),
    ),
  ]
}
