import type { Trigger } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'
import { eventName } from '../rules/event-names.ts'
import { matchSentence, type Naming } from '../rules/rule-sentence.ts'

const unset = (language: Language) => (language === 'zh' ? '（未填）' : '(not set)')

/** 用户注册时, 进入人群「新客未首购」时 */
export function triggerSentence(trigger: Trigger, naming: Naming): string {
  const { language } = naming
  const zh = language === 'zh'
  switch (trigger.kind) {
    case 'event':
      return zh ? `用户${matchSentence(trigger, 'zh')}时` : `when a customer does ${matchSentence(trigger, 'en')}`
    case 'segment_entry':
    case 'segment_exit':
    case 'tag_entry':
    case 'tag_exit':
      return zh ? `${membershipWords(trigger, naming)}时` : `when a customer ${membershipWords(trigger, naming)}`
  }
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
export function enteredBecause(told: unknown, naming: Naming): string {
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
