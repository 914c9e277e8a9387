import type { CalendarWindow, DateFilter, RuleWindow, SpanLength } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'
import { propertyName } from './event-names.ts'

/** What words about time need to know: the language, and the zone that instants are shown in. */
export interface TimeNaming {
  readonly language: Language
  readonly timeZone: string
}

/** 近 7 天, 上月, 去年 11-01 至 11-11 */
export function windowSentence(window: RuleWindow, naming: TimeNaming): string {
  const { language } = naming
  const zh = language === 'zh'
  switch (window.kind) {
    case 'ever':
      return zh ? '历史上' : 'at any time'
    case 'rolling':
      return zh ? `近 ${spanWords(window, language)}` : `in the last ${window.amount === 1 ? window.unit : spanWords(window, language)}`
    case 'relative':
      return relativeSentence(window, language)
    case 'calendar':
      return calendarSentence(window, language)
    case 'annual': {
      const year = unitName('year', window.year, language)
      return zh ? `${year} ${window.from} 至 ${window.to}` : `from ${window.from} to ${window.to} ${year}`
    }
    case 'dates':
      return datesSentence(window, language)
    case 'between': {
      const from = localMinute(window.from, naming.timeZone)
      const to = localMinute(window.to, naming.timeZone)
      return zh ? `在 ${from} 至 ${to} 期间` : `from ${from} until ${to}`
    }
    case 'since': {
      const attribute = propertyName(window.attribute, language)
      const within = window.within === undefined ? null : spanWords(window.within, language)
      if (zh) return within === null ? `自${attribute}起` : `${attribute}后 ${within}内`
      return within === null ? `since ${attribute}` : `within ${within} of ${attribute}`
    }
  }
}

/** 3 天, 24 hours */
export function spanWords({ amount, unit }: SpanLength, language: Language): string {
  return language === 'zh' ? `${amount} ${unitWords.zh[unit]}` : `${amount} ${unit}${amount === 1 ? '' : 's'}`
}

function relativeSentence({ from, to, unit }: Extract<RuleWindow, { kind: 'relative' }>, language: Language): string {
  const zh = language === 'zh'
  const point = (amount: number) => {
    const words = spanWords({ amount: Math.abs(amount), unit }, language)
    if (amount === 0) return zh ? '现在' : 'now'
    if (zh) return `${words}${amount > 0 ? '前' : '后'}`
    return amount > 0 ? `${words} ago` : `${words} from now`
  }
  if (from === undefined) return zh ? `${point(to)}或更早` : `${point(to)} or earlier`
  if (from > 0 && to > 0) return zh ? `${from} 至 ${point(to)}` : `${from} to ${point(to)}`
  return zh ? until(point(from), point(to)) : `between ${point(from)} and ${point(to)}`
}

/** Between Chinese and a digit stands a space. */
const until = (from: string, to: string) => `${from}至${/^\d/.test(to) ? ' ' : ''}${to}`

function calendarSentence({ unit, from, to }: CalendarWindow, language: Language): string {
  const first = unitName(unit, from, language)
  if (from === to) return first
  const last = unitName(unit, to, language)
  return language === 'zh' ? until(first, last) : `${first} to ${last}`
}

const near: Record<Language, Record<CalendarWindow['unit'], Record<string, string>>> = {
  zh: {
    day: { '-2': '前天', '-1': '昨天', 0: '今天', 1: '明天' },
    week: { '-1': '上周', 0: '本周', 1: '下周' },
    month: { '-1': '上月', 0: '本月', 1: '下月' },
    quarter: { '-1': '上季度', 0: '本季度', 1: '下季度' },
    year: { '-2': '前年', '-1': '去年', 0: '今年', 1: '明年' },
  },
  en: {
    day: { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' },
    week: { '-1': 'last week', 0: 'this week', 1: 'next week' },
    month: { '-1': 'last month', 0: 'this month', 1: 'next month' },
    quarter: { '-1': 'last quarter', 0: 'this quarter', 1: 'next quarter' },
    year: { '-1': 'last year', 0: 'this year', 1: 'next year' },
  },
}
const manyZh = { day: '天', week: '周', month: '个月', quarter: '个季度', year: '年' } as const

/** 上月, 3 天后 */
export function unitName(unit: CalendarWindow['unit'], offset: number, language: Language): string {
  const name = near[language][unit][offset]
  if (name !== undefined) return name
  const amount = Math.abs(offset)
  if (language === 'zh') return `${amount} ${manyZh[unit]}${offset < 0 ? '前' : '后'}`
  return `${amount} ${unit}${amount === 1 ? '' : 's'} ${offset < 0 ? 'ago' : 'from now'}`
}

function datesSentence({ from, to }: Extract<RuleWindow, { kind: 'dates' }>, language: Language): string {
  const zh = language === 'zh'
  if (from !== undefined && to !== undefined)
    return from === to ? (zh ? `${from} 当天` : `on ${from}`) : zh ? `${from} 至 ${to}` : `from ${from} to ${to}`
  if (from !== undefined) return zh ? `${from} 及以后` : `on ${from} or later`
  return zh ? `${to ?? ''} 及以前` : `on ${to ?? ''} or earlier`
}

/** 生日的周年在今天至 7 天后 */
export function dateFilterSentence(filter: DateFilter, property: string, naming: TimeNaming): string {
  const zh = naming.language === 'zh'
  switch (filter.op) {
    case 'date_in':
    case 'date_not_in': {
      const window = windowSentence(filter.window, naming)
      const not = filter.op === 'date_not_in'
      return zh ? `${property}${not ? '不在' : '在'}${window.replace(/^在 /, ' ')}` : `${property} is ${not ? 'not ' : ''}${window}`
    }
    case 'anniversary': {
      const window = windowSentence(filter.window, naming)
      return zh ? `${property}的周年在${window}` : `the anniversary of ${property} is ${window}`
    }
    case 'month_day':
      return zh ? `${property}在每年 ${filter.from} 至 ${filter.to}` : `${property} is between ${filter.from} and ${filter.to} of any year`
  }
}

/** `2026-11-01 00:00` in the zone; midnight is left out. Broken instants are shown as they are. */
export function localMinute(instant: string, timeZone: string): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return instant
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(ms)
  return text.endsWith(' 00:00') ? text.slice(0, -6) : text
}

const unitWords = { zh: { minute: '分钟', hour: '小时', day: '天' } } as const
