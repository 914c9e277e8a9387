import type { JourneyNode } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import type { JourneyNaming } from './node-words.ts'
import type { RunStep } from './step-words.ts'
import { knownName } from './webhook-words.ts'

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

export function tagSummary({ tag, change }: Node<'set_tag'>, { language, tag: nameOf }: Pick<JourneyNaming, 'language' | 'tag'>): string {
  const zh = language === 'zh'
  if (tag === '') return zh ? '还没选标签' : 'No tag yet'
  if (change === 'give') return zh ? `打上「${nameOf(tag)}」` : `Give “${nameOf(tag)}”`
  return zh ? `去掉「${nameOf(tag)}」` : `Take “${nameOf(tag)}” away`
}

const tagReasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  archived: { zh: '标签已归档', en: 'the tag is archived' },
  missing: { zh: '标签不存在', en: 'there is no such tag' },
  not_static: { zh: '这个标签由规则决定', en: 'the tag follows from a rule' },
}

export function tagPassed({ details }: RunStep, node: Node<'set_tag'>, { language, tag: nameOf }: JourneyNaming): string {
  const zh = language === 'zh'
  const name = nameOf(node.tag)
  if (details.done === false) {
    const reason = String(details.reason ?? '')
    const why = tagReasons[reason]?.[language] ?? reason
    return zh ? `没有改标签「${name}」：${why}` : `Left the tag “${name}” alone: ${why}`
  }
  if (node.change === 'give') return zh ? `已打上标签「${name}」` : `Gave the tag “${name}”`
  return zh ? `已去掉标签「${name}」` : `Took the tag “${name}” away`
}

export function attributeSummary({ attribute, value }: Node<'set_attribute'>, { language }: Pick<JourneyNaming, 'language'>): string {
  const zh = language === 'zh'
  if (attribute === '') return zh ? '还没填属性' : 'No attribute yet'
  if (value.kind === 'run')
    return `${attribute} = ${zh ? `答复的「${knownName(value.property)}」` : `the answer’s ${knownName(value.property)}`}`
  const what = value.kind === 'literal' ? String(value.value) : zh ? `触发时的「${value.property}」` : `“${value.property}” of the trigger`
  return `${attribute} = ${what}`
}

const attributeReasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  unknown: { zh: '触发事件里没有这个属性', en: 'the trigger has no such property' },
  not_answered: { zh: '外部系统没有答复这一项', en: 'no endpoint has answered it' },
  no_identity: { zh: '用户没有任何身份', en: 'nothing leads to the customer' },
}

export function attributePassed({ details }: RunStep, node: Node<'set_attribute'>, { language }: JourneyNaming): string {
  const zh = language === 'zh'
  if (details.done === false) {
    const reason = node.value.kind === 'run' && details.reason === 'unknown' ? 'not_answered' : String(details.reason ?? '')
    const why = attributeReasons[reason]?.[language] ?? reason
    return zh ? `没有写「${node.attribute}」：${why}` : `Did not write “${node.attribute}”: ${why}`
  }
  const value = typeof details.value === 'object' ? JSON.stringify(details.value) : String(details.value)
  return zh ? `已写入资料：${node.attribute} = ${value}` : `Wrote into the profile: ${node.attribute} = ${value}`
}
