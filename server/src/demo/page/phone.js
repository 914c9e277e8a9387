import { fill, h } from './dom.js'
import { state } from './state.js'
import { t, timeText } from './texts.js'

/** The customer's phone: what the stand-in provider delivered to this number, and what the customer answers. */
const everyMs = 2500
let messages = []
let shownFor = null

const path = () => `/standin/phones/${encodeURIComponent(state.session.phone)}`

/** The text with its links as links; nothing else of it is markup. */
function linked(text) {
  return text.split(/((?:https?:\/\/|(?<![\w./])[\w.-]+:\d+\/)[\w\-./?=&%#:]+)/).map((part, i) => {
    if (i % 2 === 0) return part
    const url = /^https?:/.test(part) ? part : `${location.protocol}//${part}`
    return h('a', { href: url }, part)
  })
}

async function reply(event) {
  event.preventDefault()
  const box = event.target.elements.reply
  const text = box.value.trim()
  if (text === '') return
  box.value = ''
  await fetch(`${path()}/reply`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) })
  await look()
}

export function drawPhone() {
  const { session } = state
  const heading = h('h2', {}, t('phoneTitle'))
  if (session === null) return fill('phone', heading, h('div', { class: 'device' }, h('p', { class: 'quiet' }, t('phoneNone'))))
  const list = h(
    'ul',
    { class: 'texts', 'aria-live': 'polite', 'aria-label': t('phoneTitle') },
    messages.map(({ mine, text, at }) => h('li', { class: mine ? 'mine' : '' }, h('time', {}, timeText(at)), linked(text))),
  )
  fill(
    'phone',
    heading,
    h(
      'div',
      { class: 'device' },
      h('div', { class: 'number' }, session.phone),
      messages.length === 0 ? h('p', { class: 'quiet texts' }, t('phoneEmpty')) : list,
      h(
        'form',
        { onsubmit: reply },
        h('input', { name: 'reply', 'aria-label': t('replyHint'), placeholder: t('replyHint'), maxlength: 200, autocomplete: 'off' }),
        h('button', { class: 'pill calm', type: 'submit' }, t('reply')),
      ),
    ),
  )
  list.scrollTop = list.scrollHeight
}

async function look() {
  const { session } = state
  if (session?.phone !== shownFor) {
    shownFor = session?.phone ?? null
    messages = []
    drawPhone()
  }
  if (session === null || document.visibilityState !== 'visible') return
  const response = await fetch(path()).catch(() => null)
  if (!response?.ok) return
  const { messages: received, replies } = await response.json()
  const all = [...received, ...replies.map((one) => ({ ...one, mine: true }))].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  // Drawn anew only for something new: a half-written reply stays.
  if (all.length === messages.length) return
  messages = all
  drawPhone()
}

export function watchPhone() {
  setInterval(look, everyMs)
  look()
}
