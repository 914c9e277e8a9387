import { claim, go, onChange } from './actions.js'
import { ask } from './api.js'
import { fill, h, svg, toast } from './dom.js'
import { me } from './member.js'
import { drawPhone, watchPhone } from './phone.js'
import { icon } from './pictures.js'
import { cartCount, cartFen, cartLines, itemOf, saveSession, state } from './state.js'
import { drawStrip, watchStrip } from './strip.js'
import { isEnglish, setLanguage, t } from './texts.js'
import { track } from './track.js'
import { cart, confirm, favourites, home, item, matching, order, search } from './views.js'

/** The page at the address: how it is drawn, and what entering it tells Chaoxi. */
function route() {
  const [, name = '', argument = ''] = decodeURIComponent(location.hash.slice(1)).split('/')
  if (name === 'item') {
    const one = itemOf(argument)
    return { tab: '', draw: () => item({ id: argument }), enter: () => one && track.viewed(one) }
  }
  if (name === 'search')
    return { tab: '', draw: () => search({ query: argument }), enter: () => track.searched(argument, matching(argument).length) }
  if (name === 'favourites') return { tab: name, draw: favourites, enter: () => track.page('收藏') }
  if (name === 'cart') return { tab: name, draw: cart, enter: () => track.cartViewed(cartLines(), cartFen()) }
  if (name === 'checkout') return { tab: 'cart', draw: confirm, enter: () => track.page('确认订单') }
  if (name === 'order') return { tab: 'cart', draw: order, enter: () => track.page('订单') }
  if (name === 'me') return { tab: name, draw: me, enter: () => track.page('我的') }
  const category = name === 'category' && argument !== '' ? argument : undefined
  const items = state.items.filter((one) => category === undefined || one.category === category)
  return { tab: 'home', draw: () => home({ category }), enter: () => track.listViewed(category, items) }
}

function drawTop() {
  const box = h('input', { type: 'search', name: 'q', 'aria-label': t('search'), placeholder: t('searchHint'), maxlength: 60 })
  const submit = (event) => {
    event.preventDefault()
    if (box.value.trim() !== '') go(`/search/${encodeURIComponent(box.value.trim().replaceAll('/', ' '))}`)
  }
  const other = () => {
    setLanguage(isEnglish() ? 'zh' : 'en')
    drawAll()
  }
  fill(
    'top',
    h('button', { class: 'brand', onclick: () => go('/') }, h('img', { src: '/demo/page/logo.svg', alt: '' }), t('shop')),
    h('form', { role: 'search', onsubmit: submit }, box),
    h('button', { class: 'language', lang: isEnglish() ? 'zh-CN' : 'en', onclick: other }, t('language')),
  )
}

function drawTabs(current) {
  const tab = (name, path, count = 0) =>
    h(
      'button',
      { 'aria-current': current === name ? 'page' : false, onclick: () => go(path) },
      svg(icon(name)),
      t(name),
      count > 0 ? h('span', { class: 'count', 'aria-hidden': 'true' }, count) : null,
    )
  fill('tabs', tab('home', '/'), tab('favourites', '/favourites'), tab('cart', '/cart', cartCount()), tab('me', '/me'))
}

function drawStore() {
  const { tab, draw } = route()
  fill('store', ...draw())
  drawTabs(tab)
}

function drawAll() {
  drawTop()
  drawStore()
  drawPhone()
  drawStrip()
}

function enter() {
  drawStore()
  route().enter()
  scrollTo(0, 0)
}

setLanguage(isEnglish() ? 'en' : 'zh')
// A message's link about a coupon leads to where it is claimed.
if (new URLSearchParams(location.search).has('coupon') && location.hash === '') history.replaceState(null, '', '#/me')
const { items, coupon } = await ask('GET', '/shop')
state.items = items
state.coupon = coupon
if (state.session !== null) {
  // The shop's server may have forgotten a customer (another data folder): then nobody is signed in.
  const known = await ask('GET', '/me').catch((error) => (error.code === 'unauthorized' ? null : state.session))
  saveSession(known && { ...state.session, coupons: known.coupons })
}
onChange(drawStore)
// The coupon button of a popup: the shop claims through its own server, which knows who is signed in.
document.addEventListener('chaoxi:coupon', (event) => claim(event.detail.coupon))
addEventListener('hashchange', enter)
addEventListener('unhandledrejection', () => toast(t('failed')))
watchStrip()
drawAll()
watchPhone()
track.page('首页')
enter()
