import { fill, h } from './dom.js'
import { eventName, t, timeText } from './texts.js'
import { onSent } from './track.js'

/** For newcomers: every click as the event that it becomes. */
const shownMax = 8
const sent = []

function note(entry) {
  sent.unshift({ at: Date.now(), ...entry })
  sent.length = Math.min(sent.length, shownMax)
  drawStrip()
}

export function watchStrip() {
  onSent((message) =>
    note({ name: message.event ?? message.type, from: 'fromPage', what: { name: message.name, ...message.properties, ...message.traits } }),
  )
}
/** What the shop's server told Chaoxi, which the page cannot hear. */
export const alsoSent = (name) => note({ name, from: 'fromShop', what: {} })

const short = (what) => {
  const { name, query, order_id, value, total, products } = what
  if (name) return String(name)
  if (query) return `“${query}”`
  if (order_id) return `${order_id} · ¥${total}`
  if (value) return `¥${value}`
  return products ? t('stripItems', { n: products.length }) : ''
}

export function drawStrip() {
  fill(
    'strip',
    h('h2', {}, t('stripTitle')),
    sent.length === 0
      ? h('p', { class: 'quiet' }, t('stripEmpty'))
      : h(
          'ol',
          { class: 'sent' },
          sent.map(({ at, name, from, what }) =>
            h(
              'li',
              {},
              h('time', {}, timeText(at)),
              h('b', { title: name }, eventName(name)),
              h('span', { class: 'what' }, short(what)),
              h('span', { class: `from ${from}` }, t(from)),
            ),
          ),
        ),
    h('a', { class: 'console', href: '/', target: '_blank', rel: 'noopener' }, `${t('console')} ↗`),
  )
}
