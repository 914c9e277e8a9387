import type { Repeat, Trigger } from '@chaoxi/contract'
import { weekdaysWords } from '../../rules/clock-words.ts'
import { propertyName } from '../../rules/event-names.ts'
import { isEveryone } from '../../rules/rule-editing.ts'
import { type Naming, ruleSentence } from '../../rules/rule-sentence.ts'

/** 每周一至周五 09:00，人群「沉睡用户」里的所有人 */
export function scheduleSentence(trigger: Extract<Trigger, { kind: 'schedule' }>, naming: Naming): string {
  const zh = naming.language === 'zh'
  const { audience, at, repeat, from, to } = trigger
  const days = repeatWords(repeat, zh)
  const span = repeat.kind === 'once' ? '' : spanWords(from, to, zh)
  const when = zh ? `${days} ${at}${span}` : `${days} at ${at}${span}`
  if (audience.kind === 'rule') {
    if (isEveryone(audience.rule)) return zh ? `${when}，所有用户` : `${when}, for everyone`
    return zh ? `${when}，满足${ruleSentence(audience.rule, naming)}的用户` : `${when}, for whom ${ruleSentence(audience.rule, naming)}`
  }
  const name = audience.segment === '' ? (zh ? '（未填）' : '(not set)') : naming.segment(audience.segment)
  return zh ? `${when}，人群「${name}」里的所有人` : `${when}, for everyone in “${name}”`
}

function repeatWords(repeat: Repeat, zh: boolean): string {
  switch (repeat.kind) {
    case 'once':
      return zh ? repeat.date : `on ${repeat.date}`
    case 'daily':
      return zh ? '每天' : 'every day'
    case 'weekly': {
      const days = weekdaysWords(repeat.weekdays, zh ? 'zh' : 'en')
      if (repeat.weeks === 1) return zh ? (repeat.weekdays.length === 7 ? days : `每${days}`) : `every week on ${days}`
      return zh ? `每 ${repeat.weeks} 周的${days}` : `every ${repeat.weeks} weeks on ${days}`
    }
    case 'monthly': {
      const days = repeat.days.map((day) => (day === 'last' ? (zh ? '最后一天' : 'the last day') : zh ? `${day} 日` : `day ${day}`))
      return zh ? `每月 ${days.join('、')}` : `every month on ${days.join(', ')}`
    }
  }
}

function spanWords(from: string | undefined, to: string | undefined, zh: boolean): string {
  if (from === undefined && to === undefined) return ''
  if (to === undefined) return zh ? `（${from} 起）` : ` from ${from}`
  if (from === undefined) return zh ? `（到 ${to}）` : ` until ${to}`
  return zh ? `（${from} 到 ${to}）` : ` from ${from} until ${to}`
}

/** 每年「生日」前 3 天的 09:00 */
export function dateSentence({ attribute, yearly, days, at }: Extract<Trigger, { kind: 'date' }>, naming: Naming): string {
  const zh = naming.language === 'zh'
  const name = attribute === '' ? (zh ? '（未填）' : '(not set)') : propertyName(attribute, naming.language)
  const count = Math.abs(days)
  if (zh) return `${yearly ? '每年' : ''}用户的「${name}」${days === 0 ? '当天' : `${days < 0 ? '前' : '后'} ${count} 天`} ${at}`
  const day = count === 1 ? 'day' : 'days'
  const when = days === 0 ? `on “${name}”` : `${count} ${day} ${days < 0 ? 'before' : 'after'} “${name}”`
  return `${when} of the customer at ${at}${yearly ? ', each year' : ''}`
}
