import type { JourneyNode } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'
import type { JourneyNaming } from './node-words.ts'
import type { RunStep } from './step-words.ts'

// Steps that do something in the shop besides sending, in words.

type Node<Kind extends JourneyNode['kind']> = Extract<JourneyNode, { kind: Kind }>

export function grantSummary({ coupon }: Node<'grant'>, { language, coupon: nameOf }: Pick<JourneyNaming, 'language' | 'coupon'>): string {
  const zh = language === 'zh'
  if (coupon === '') return zh ? '还没选优惠券' : 'No coupon yet'
  return zh ? `发一张「${nameOf(coupon)}」` : `One “${nameOf(coupon)}”`
}

const grantReasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  out_of_stock: { zh: '库存已发完', en: 'none is left' },
  limit: { zh: '这位用户领取的张数已到上限', en: 'the customer has had as many as allowed' },
  archived: { zh: '优惠券已归档', en: 'the coupon is archived' },
  missing: { zh: '优惠券不存在', en: 'there is no such coupon' },
}

export function grantPassed({ details }: RunStep, node: Node<'grant'>, { language, coupon: nameOf }: JourneyNaming): string {
  const zh = language === 'zh'
  const name = nameOf(node.coupon)
  if (details.done !== true) {
    const reason = String(details.reason ?? '')
    const why = grantReasons[reason]?.[language] ?? reason
    return zh ? `没有发出「${name}」：${why}，走“没发出”` : `Could not give “${name}”: ${why}; took “not given”`
  }
  const code = codeOf(details.coupon)
  if (code === null) return zh ? `已发放「${name}」` : `Given: “${name}”`
  return zh ? `已发放「${name}」，券码 ${code}` : `Given: “${name}”, code ${code}`
}

function codeOf(coupon: unknown): string | null {
  return typeof coupon === 'object' && coupon !== null && 'code' in coupon && typeof coupon.code === 'string' ? coupon.code : null
}
