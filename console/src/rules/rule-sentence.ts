import type { Comparison, EventMatch, EventRule, PropertyFilter, Rule, RuleWindow, Scalar } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'
import { eventName, propertyName } from './event-names.ts'
import { isGroup, peel } from './rule-editing.ts'

/** What a sentence needs to know besides the rule: the language, the workspace's zone, and the names behind keys. */
export interface Naming {
  readonly language: Language
  readonly timeZone: string
  readonly tag: (key: string) => string
  readonly segment: (key: string) => string
}

/** The whole rule as one sentence that an operator can read aloud. */
export function ruleSentence(rule: Rule, naming: Naming): string {
  return say(rule, naming, 'top')
}

/** `top`: no brackets needed. `inside`: a group of several is put in brackets. */
function say(rule: Rule, naming: Naming, place: 'top' | 'inside'): string {
  const zh = naming.language === 'zh'
  const { inner, negated } = peel(rule)
  if (isGroup(inner)) {
    const text = sayGroup(inner.kind, inner.rules, naming)
    if (negated) return zh ? `不满足（${text}）` : `not (${text})`
    return place === 'inside' && inner.rules.length > 1 ? (zh ? `（${text}）` : `(${text})`) : text
  }
  if (inner.kind === 'tag') {
    const name = quote(naming.tag(inner.tag), naming.language)
    return zh ? `${negated ? '没有' : '有'}标签${name}` : `${negated ? 'does not have' : 'has'} the tag ${name}`
  }
  if (inner.kind === 'segment') {
    const name = quote(naming.segment(inner.segment), naming.language)
    return zh ? `${negated ? '不在' : '在'}人群${name}中` : `is ${negated ? 'not ' : ''}in the segment ${name}`
  }
  const text =
    inner.kind === 'attribute' ? filterSentence(inner.filter, naming.language) : inner.kind === 'event' ? eventSentence(inner, naming) : ''
  if (!negated) return text
  return zh ? `不满足（${text}）` : `not (${text})`
}

function sayGroup(kind: 'all' | 'any', rules: readonly Rule[], naming: Naming): string {
  const zh = naming.language === 'zh'
  if (rules.length === 0) return kind === 'all' ? (zh ? '所有人' : 'everyone') : zh ? '没有人' : 'nobody'
  const parts = rules.map((rule) => say(rule, naming, rules.length > 1 ? 'inside' : 'top'))
  return kind === 'all' ? parts.join(zh ? '，且' : ', and ') : parts.join(zh ? '，或' : ', or ')
}

/** 近 7 天浏览商品（价格大于 500）至少 3 次 */
export function eventSentence(rule: EventRule, naming: Naming): string {
  const zh = naming.language === 'zh'
  const what = matchSentence(rule, naming.language)
  const when = windowSentence(rule.window, naming)
  if (rule.measure.fn === 'count') {
    if (rule.op === 'gte' && rule.value === 1) return zh ? `${when}有过${what}` : `did ${what} ${when}`
    if ((rule.op === 'eq' && rule.value === 0) || (rule.op === 'lt' && rule.value === 1) || (rule.op === 'lte' && rule.value === 0))
      return zh ? `${when}没有${what}` : `did not do ${what} ${when}`
    return zh
      ? `${when}${what}${amount(rule.op, rule.value, naming.language)} 次`
      : `did ${what} ${amount(rule.op, rule.value, naming.language)} ${rule.value === 1 ? 'time' : 'times'} ${when}`
  }
  const property = propertyName(rule.measure.property, naming.language) || blank(naming.language)
  const measure = measureWords[naming.language][rule.measure.fn]
  return zh
    ? `${when}${what}的${property}${measure}${amount(rule.op, rule.value, 'zh')}${rule.measure.fn === 'distinct' ? ' 个' : ''}`
    : `${measure} ${property} of ${what} ${when} is ${amount(rule.op, rule.value, 'en')}`
}

/** 浏览商品（价格大于 500） */
export function matchSentence(match: EventMatch, language: Language): string {
  const name = match.event === '' ? blank(language) : eventName(match.event, language)
  const event = language === 'zh' ? name : `“${name}”`
  if (match.filters.length === 0) return event
  const filters = match.filters.map((filter) => filterSentence(filter, language))
  return language === 'zh' ? `${event}（${filters.join('、')}）` : `${event} (${filters.join(', ')})`
}

/** 城市是「杭州」「上海」之一 */
export function filterSentence(filter: PropertyFilter, language: Language): string {
  const zh = language === 'zh'
  const property = filter.property === '' ? blank(language) : propertyName(filter.property, language)
  switch (filter.op) {
    case 'exists':
      return zh ? `${property}有值` : `${property} is known`
    case 'not_exists':
      return zh ? `${property}为空` : `${property} is unknown`
    case 'in':
    case 'not_in': {
      const values = filter.value.map((value) => scalar(value, language)).join(zh ? '' : ', ') || blank(language)
      if (zh) return `${property}${filter.op === 'in' ? '是' : '不是'}${values}之一`
      return `${property} is ${filter.op === 'in' ? 'one' : 'none'} of ${values}`
    }
    default: {
      const words = operatorWords[language][filter.op]
      const value = filter.value === '' ? blank(language) : scalar(filter.value, language)
      return zh ? `${property}${words}${value.startsWith('「') ? '' : ' '}${value}` : `${property} ${words} ${value}`
    }
  }
}

export function windowSentence(window: RuleWindow, naming: Naming): string {
  const zh = naming.language === 'zh'
  if (window.kind === 'ever') return zh ? '历史上' : 'at any time'
  if (window.kind === 'rolling') {
    const unit = unitWords[naming.language][window.unit]
    return zh ? `近 ${window.amount} ${unit}` : `in the last ${window.amount === 1 ? unit : `${window.amount} ${unit}s`}`
  }
  const from = localMinute(window.from, naming.timeZone)
  const to = localMinute(window.to, naming.timeZone)
  return zh ? `在 ${from} 至 ${to} 期间` : `from ${from} until ${to}`
}

/** `2026-11-01 00:00` in the zone; midnight is left out. Broken instants are shown as they are. */
export function localMinute(instant: string, timeZone: string): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return instant
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(ms)
  return text.endsWith(' 00:00') ? text.slice(0, -6) : text
}

function amount(op: Comparison, value: number, language: Language): string {
  const number = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en').format(value)
  return `${comparisonWords[language][op]} ${number}`
}

const comparisonWords = {
  zh: { gte: '至少', gt: '超过', lte: '至多', lt: '少于', eq: '恰好' },
  en: { gte: 'at least', gt: 'more than', lte: 'at most', lt: 'less than', eq: 'exactly' },
} as const
const operatorWords = {
  zh: { eq: '是', neq: '不是', gt: '大于', gte: '大于等于', lt: '小于', lte: '小于等于', contains: '包含', not_contains: '不包含' },
  en: {
    eq: 'is',
    neq: 'is not',
    gt: 'is above',
    gte: 'is at least',
    lt: 'is below',
    lte: 'is at most',
    contains: 'contains',
    not_contains: 'does not contain',
  },
} as const
const measureWords = {
  zh: { sum: '合计', average: '平均', min: '最小值', max: '最大值', distinct: '去重数' },
  en: { sum: 'total', average: 'average', min: 'smallest', max: 'largest', distinct: 'number of different values of' },
} as const
const unitWords = {
  zh: { minute: '分钟', hour: '小时', day: '天' },
  en: { minute: 'minute', hour: 'hour', day: 'day' },
} as const

const blank = (language: Language): string => (language === 'zh' ? '（未填）' : '(not set)')
const quote = (text: string, language: Language): string =>
  text === '' ? blank(language) : language === 'zh' ? `「${text}」` : `“${text}”`

function scalar(value: Scalar, language: Language): string {
  if (typeof value === 'boolean') return language === 'zh' ? (value ? '「是」' : '「否」') : value ? 'true' : 'false'
  if (typeof value === 'number')
    return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en', { maximumFractionDigits: 6 }).format(value)
  return quote(value, language)
}
