import { addToCart, claim, toggleFavourite } from './actions.js'
import { h, svg } from './dom.js'
import { picture } from './pictures.js'
import { claimedCoupon, state } from './state.js'
import { itemBrand, itemName, money, t } from './texts.js'

const open = (item) => () => {
  location.hash = `/item/${item.id}`
}

export function heart(item) {
  const on = state.favourites.includes(item.id)
  return h(
    'button',
    {
      class: 'round heart',
      'aria-pressed': String(on),
      'aria-label': t(on ? 'unfavourite' : 'favourite', { name: itemName(item) }),
      onclick: () => toggleFavourite(item),
    },
    on ? '♥' : '♡',
  )
}

export function card(item) {
  return h(
    'li',
    { class: 'card' },
    h(
      'button',
      { class: 'look', onclick: open(item), 'aria-label': itemName(item) },
      svg(picture(item.id)),
      h('span', { class: 'words' }, h('span', { class: 'name' }, itemName(item)), h('span', { class: 'brandname' }, itemBrand(item))),
    ),
    heart(item),
    h(
      'div',
      { class: 'foot' },
      h('span', { class: 'price' }, money(item.priceFen)),
      h('button', { class: 'round', 'aria-label': t('addItemToCart', { name: itemName(item) }), onclick: () => addToCart(item) }, '+'),
    ),
  )
}

export const grid = (items) => h('ul', { class: 'grid' }, items.map(card))

export function ticket() {
  const claimed = claimedCoupon() !== null
  return h(
    'div',
    { class: 'ticket' },
    h('div', {}, h('strong', {}, t('couponTitle')), h('span', { class: 'quiet' }, t('couponText'))),
    h('button', { class: 'pill', disabled: claimed, onclick: () => claim(state.coupon.key) }, t(claimed ? 'claimed' : 'claim')),
  )
}

export function nothing(text) {
  const home = () => {
    location.hash = '/'
  }
  return h(
    'div',
    { class: 'done' },
    h('p', { class: 'quiet' }, text),
    h('p', {}, h('button', { class: 'pill calm', onclick: home }, t('goShopping'))),
  )
}

export const amount = (label, fen, className = '') =>
  h('div', { class: `sum ${className}` }, h('span', {}, label), h('span', {}, money(fen)))
