import type { ItemTrigger, Reentry, ReplyTrigger, Trigger } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { eventName, propertyName } from '../../rules/event-names.ts'
import { matchSentence, type Naming } from '../../rules/rule-sentence.ts'
import { callerOf } from './call-words.ts'
import { durationWords } from './duration-words.ts'
import type { JourneyNaming } from './node-words.ts'
import { dateSentence, scheduleSentence } from './schedule-words.ts'

const unset = (language: Language) => (language === 'zh' ? '（未填）' : '(not set)')

/** 用户注册时, 进入人群「新客未首购」时 */
export function triggerSentence(trigger: Trigger, naming: Naming): string {
  const { language } = naming
  const zh = language === 'zh'
  switch (trigger.kind) {
    case 'event':
      return zh ? `用户${matchSentence(trigger, 'zh')}时` : `when a customer does ${matchSentence(trigger, 'en')}`
    case 'event_absence':
      return absenceSentence(trigger, language)
    case 'inbound_message':
      return replySentence(trigger, language)
    case 'item_change':
      return itemSentence(trigger, language)
    case 'schedule':
      return scheduleSentence(trigger, naming)
    case 'date':
      return dateSentence(trigger, naming)
    case 'call':
      return zh ? '由接口或别的流程送入' : 'when a program or another journey lets a customer in'
    case 'segment_entry':
    case 'segment_exit':
    case 'tag_entry':
    case 'tag_exit':
      return zh ? `${membershipWords(trigger, naming)}时` : `when a customer ${membershipWords(trigger, naming)}`
  }
}

/** 用户浏览商品后 10 分钟内没有下单时 */
function absenceSentence({ none, within, same, ...first }: Extract<Trigger, { kind: 'event_absence' }>, language: Language): string {
  const zh = language === 'zh'
  const others = none.map((match) => matchSentence(match, language)).join(zh ? '、' : ' or ')
  const time = durationWords(within, language)
  const linked =
    same === undefined ? '' : zh ? `（同一个${propertyName(same.first, 'zh')}）` : ` of the same ${propertyName(same.first, 'en')}`
  if (zh) return `用户${matchSentence(first, 'zh')}后 ${time}内没有${others}${linked}时`
  return `when a customer does ${matchSentence(first, 'en')} and within ${time} not ${others}${linked}`
}

/** 用户回复短信，包含「要」或「预约」时 */
function replySentence({ match, words }: ReplyTrigger, language: Language): string {
  const zh = language === 'zh'
  const quoted = words.length === 0 ? unset(language) : words.map((one) => (zh ? `「${one}」` : `“${one}”`)).join(zh ? '或' : ' or ')
  if (match === 'any') return zh ? '用户回复短信时' : 'when a customer answers a text message'
  if (match === 'equals') return zh ? `用户回复${quoted}时` : `when a customer answers ${quoted}`
  return zh ? `用户回复里有${quoted}时` : `when a customer’s answer has ${quoted} in it`
}

const interestWords = {
  zh: { viewed: '浏览', carted: '加购', favourited: '收藏' },
  en: { viewed: 'viewed', carted: 'carted', favourited: 'favourited' },
} as const

/** 30 天内加购或收藏过的商品降价至少 10% 时 */
function itemSentence({ change, interest, days, minimum }: ItemTrigger, language: Language): string {
  const zh = language === 'zh'
  const shown = interest.length === 0 ? unset(language) : interest.map((one) => interestWords[language][one]).join(zh ? '或' : ' or ')
  const amount = minimum === undefined ? '' : minimum.unit === 'percent' ? `${minimum.value}%` : `¥${minimum.value / 100}`
  if (change === 'back_in_stock')
    return zh ? `${days} 天内${shown}过的商品重新到货时` : `when an item ${shown} within ${days} days is back in stock`
  const least = amount === '' ? '' : zh ? `至少 ${amount} ` : ` by ${amount} or more`
  return zh ? `${days} 天内${shown}过的商品降价${least}时` : `when an item ${shown} within ${days} days becomes cheaper${least}`
}

type Membership = Extract<Trigger, { kind: 'segment_entry' | 'segment_exit' | 'tag_entry' | 'tag_exit' }>

/** 打上标签「生命周期：流失」, leaves “Newcomers” */
function membershipWords(trigger: Membership, naming: Naming): string {
  const zh = naming.language === 'zh'
  if (trigger.kind === 'segment_entry' || trigger.kind === 'segment_exit') {
    const name = trigger.segment === '' ? unset(naming.language) : naming.segment(trigger.segment)
    if (zh) return `${trigger.kind === 'segment_entry' ? '进入' : '离开'}人群「${name}」`
    return `${trigger.kind === 'segment_entry' ? 'enters' : 'leaves'} “${name}”`
  }
  const tag = trigger.tag === '' ? unset(naming.language) : naming.tag(trigger.tag)
  const value = trigger.value === undefined ? '' : zh ? `：${trigger.value}` : `: ${trigger.value}`
  if (zh) return `${trigger.kind === 'tag_entry' ? '打上' : '失去'}标签「${tag}${value}」`
  return `${trigger.kind === 'tag_entry' ? 'is given' : 'loses'} the tag “${tag}${value}”`
}

/** 因「注册」进入流程。 What a story's first line tells of what brought the customer in. */
export function enteredBecause(told: unknown, naming: Naming & Pick<JourneyNaming, 'journey'>): string {
  if (!isTold(told)) return ''
  const { name, value } = told
  const zh = naming.language === 'zh'
  const tagged = { tag: name, ...(value === undefined ? {} : { value }) }
  const say = (reason: string) => (zh ? `因${reason}进入流程。` : `Entered because of ${reason}. `)
  switch (told.kind) {
    case 'segment_entry':
    case 'segment_exit':
      return zh
        ? say(membershipWords({ kind: told.kind, segment: name }, naming))
        : `Entered: ${membershipWords({ kind: told.kind, segment: name }, naming)}. `
    case 'tag_entry':
    case 'tag_exit':
      return zh
        ? say(membershipWords({ kind: told.kind, ...tagged }, naming))
        : `Entered: ${membershipWords({ kind: told.kind, ...tagged }, naming)}. `
    case 'event_absence':
      return zh
        ? `因「${eventName(name, 'zh')}」之后没有做该做的事进入流程。`
        : `Entered because nothing that was waited for followed “${eventName(name, 'en')}”. `
    case 'item_change':
      return zh ? '因感兴趣的商品降价或到货进入流程。' : 'Entered because an item of interest became cheaper or is back. '
    case 'schedule':
      return zh ? '因到了定时的时间进入流程。' : 'Entered because it was time by the schedule. '
    case 'date':
      return zh ? '因自己的日期到了进入流程。' : 'Entered because of a date of their own. '
    case 'call': {
      const caller = callerOf(told)
      if (caller === null) return zh ? '由接口送入流程。' : 'Let in by a program. '
      return zh ? `由流程「${naming.journey(caller)}」送入。` : `Let in by the journey “${naming.journey(caller)}”. `
    }
    default:
      return say(zh ? `「${eventName(name, 'zh')}」` : `“${eventName(name, 'en')}”`)
  }
}

interface Told {
  readonly name: string
  /** Left out for events. */
  readonly kind?: string
  readonly value?: string
}

function isTold(told: unknown): told is Told {
  return typeof told === 'object' && told !== null && 'name' in told && typeof told.name === 'string'
}

const refusals: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  paused: { zh: '流程暂停中', en: 'the journey was paused' },
  too_late: { zh: '事件来得太晚', en: 'the news came too late' },
  entered_before: { zh: '进入过', en: 'had entered before' },
  still_inside: { zh: '还在流程里', en: 'still inside' },
  entered_lately: { zh: '进入过没多久', en: 'entered lately' },
  key_inside: { zh: '同一个值还在流程里', en: 'the same value is still inside' },
  limit_hour: { zh: '这一小时满了', en: 'the hour was full' },
  limit_total: { zh: '总人数满了', en: 'the journey was full' },
  not_released: { zh: '灰度范围之外', en: 'outside the share that it is released to' },
  entry_rule: { zh: '不满足进入条件', en: 'the entry condition did not hold' },
}

/** What kept customers out. */
export const refusalWord = (reason: string, language: Language): string => refusals[reason]?.[language] ?? reason

/** 上次进入 7 天后可再进 */
export function reentryWords(reentry: Reentry, language: Language): string {
  const zh = language === 'zh'
  switch (reentry) {
    case 'never':
      return zh ? '每人只进一次' : 'once per customer'
    case 'after_exit':
      return zh ? '走完后可再进' : 'again after leaving'
    case 'every_time':
      return zh ? '每次触发都进' : 'every time it triggers'
  }
  if (reentry.kind === 'after_days') {
    const { days } = reentry
    return zh ? `上次进入 ${days} 天后可再进` : `again ${days} ${days === 1 ? 'day' : 'days'} after the last entry`
  }
  const name = propertyName(reentry.property, language)
  return zh ? `同一个${name}同时只进一次` : `once at a time for each ${name}`
}
