import type { Channel, Content } from '@chaoxi/contract'
import type { Language } from '../i18n/index.ts'

/** First drafts by what they are for; the words are the shop's to change. */
export interface Starter {
  readonly key: string
  readonly channel: Channel
  readonly name: Readonly<Record<Language, string>>
  readonly content: Readonly<Record<Language, Content>>
}

const sms = (key: string, name: Starter['name'], zh: string, en: string): Starter => ({
  key,
  channel: 'sms',
  name,
  content: { zh: { kind: 'sms', text: zh }, en: { kind: 'sms', text: en } },
})

type PopupWords = readonly [title: string, body: string, button: string]

const popup = (key: string, name: Starter['name'], zh: PopupWords, en: PopupWords): Starter => {
  const content = ([title, body, button]: PopupWords): Content => ({
    kind: 'popup',
    title,
    body,
    imageUrl: '',
    button,
    action: { kind: 'close' },
    validHours: 72,
  })
  return { key, channel: 'popup', name, content: { zh: content(zh), en: content(en) } }
}

export const starters: readonly Starter[] = [
  sms('sms_blank', { zh: '空白', en: 'Blank' }, "{{ customer.name | default: '亲' }}，", "Hi {{ customer.name | default: 'there' }}, "),
  sms(
    'sms_claim',
    { zh: '领券提醒', en: 'Coupon reminder' },
    "{{ customer.name | default: '亲' }}，您的新人券还没领取，满99减20，7天内有效。",
    "Hi {{ customer.name | default: 'there' }}, your welcome coupon is waiting: 20 off 99, valid for 7 days.",
  ),
  sms(
    'sms_unpaid',
    { zh: '催付', en: 'Unpaid order' },
    "{{ customer.name | default: '亲' }}，您有一笔订单还没付款，库存只为您保留24小时。",
    "Hi {{ customer.name | default: 'there' }}, your order is not paid yet. We keep it for you for 24 hours.",
  ),
  sms(
    'sms_silent',
    { zh: '沉默用户召回', en: 'Win-back' },
    "{{ customer.name | default: '亲' }}，好久不见，店里上新了不少好物，回来看看吧。",
    "Hi {{ customer.name | default: 'there' }}, it has been a while. Come and see what is new.",
  ),
  popup('popup_blank', { zh: '空白', en: 'Blank' }, ['标题', '', '知道了'], ['Title', '', 'Got it']),
  popup(
    'popup_welcome',
    { zh: '新人券', en: 'Welcome coupon' },
    ['新人见面礼', '满 99 元立减 20 元，领取后 7 天内有效，每人限领一张。', '立即领取'],
    ['A welcome gift', '20 off orders over 99, valid for 7 days, one per person.', 'Claim it'],
  ),
  popup(
    'popup_cart',
    { zh: '购物车提醒', en: 'Cart reminder' },
    ['购物车里还有宝贝', '您看中的商品还在购物车里，库存有限，早点带走。', '去购物车'],
    ['Still in your cart', 'What you chose is waiting in your cart.', 'Open the cart'],
  ),
]
