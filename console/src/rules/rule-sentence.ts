import {
  type Comparison,
  type DateWindow,
  type EventClock,
  type EventRule,
  isDateFilter,
  type Measure,
  type OccurrenceRule,
  type Rule,
  type RuleFilter,
  type Scalar,
  type SequenceMatch,
  type SequenceRule,
} from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'
import { clockWords } from './clock-words.ts'
import { eventName, propertyName } from './event-names.ts'
import { preferenceSentence } from './preference-words.ts'
import { isGroup, peel } from './rule-editing.ts'
import { dateFilterSentence, localMinute, spanWords, type TimeNaming, windowSentence } from './window-sentence.ts'

export { localMinute, windowSentence }

/** What a sentence needs to know besides the rule: the language, the workspace's zone, and the names behind keys. */
export interface Naming extends TimeNaming {
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
  if (inner.kind === 'tag') return tagSentence(inner, negated, naming)
  if (inner.kind === 'segment') {
    const name = quote(naming.segment(inner.segment), naming.language)
    return zh ? `${negated ? '不在' : '在'}人群${name}中` : `is ${negated ? 'not ' : ''}in the segment ${name}`
  }
  const text = sayLeaf(inner, naming)
  if (!negated) return text
  return zh ? `不满足（${text}）` : `not (${text})`
}

function sayLeaf(rule: Rule, naming: Naming): string {
  switch (rule.kind) {
    case 'attribute':
      return filterSentence(rule.filter, naming)
    case 'event':
      return eventSentence(rule, naming)
    case 'occurrence':
      return occurrenceSentence(rule, naming)
    case 'sequence':
      return sequenceSentence(rule, naming)
    case 'preference': {
      const { language, timeZone } = naming
      const said = { what: matchSentence(rule, language, timeZone), when: windowSentence(rule.window, naming) }
      return preferenceSentence(rule, said, language)
    }
    case 'random': {
      const name = quote(rule.seed, naming.language)
      return naming.language === 'zh'
        ? `在随机分组${name}的 ${rule.from}% 至 ${rule.to}%`
        : `is in ${rule.from}% to ${rule.to}% of the random split ${name}`
    }
    default:
      return ''
  }
}

/** 标签「生命周期」为「流失」 */
function tagSentence(rule: Extract<Rule, { kind: 'tag' }>, negated: boolean, { language, tag }: Naming): string {
  const zh = language === 'zh'
  const name = quote(tag(rule.tag), language)
  if (rule.values === undefined)
    return zh ? `${negated ? '没有' : '有'}标签${name}` : `${negated ? 'does not have' : 'has'} the tag ${name}`
  const values = rule.values.map((value) => quote(value, language)).join(zh ? '或' : ' or ')
  return zh ? `标签${name}${negated ? '不是' : '为'}${values}` : `${negated ? 'does not have' : 'has'} the tag ${name} with ${values}`
}

function sayGroup(kind: 'all' | 'any', rules: readonly Rule[], naming: Naming): string {
  const zh = naming.language === 'zh'
  if (rules.length === 0) return kind === 'all' ? (zh ? '所有人' : 'everyone') : zh ? '没有人' : 'nobody'
  const parts = rules.map((rule) => say(rule, naming, rules.length > 1 ? 'inside' : 'top'))
  return kind === 'all' ? parts.join(zh ? '，且' : ', and ') : parts.join(zh ? '，或' : ', or ')
}

/** 近 7 天浏览商品（价格大于 500）至少 3 次 */
export function eventSentence(rule: EventRule, naming: Naming): string {
  const { language } = naming
  const zh = language === 'zh'
  const what = matchSentence(rule, language, naming.timeZone)
  const when = windowSentence(rule.window, naming)
  const { measure } = rule
  if ('property' in measure) {
    const property = propertyName(measure.property, language) || blank(language)
    const words = measureWords[language][measure.fn]
    return zh
      ? `${when}${what}的${property}${words}${amount(rule.op, rule.value, 'zh')}${measure.fn === 'distinct' ? ' 个' : ''}`
      : `${words} ${property} of ${what} ${when} is ${amount(rule.op, rule.value, 'en')}`
  }
  if (measure.fn !== 'count') return daysSentence(rule, measure.fn, naming)
  if (rule.op === 'gte' && rule.value === 1) return zh ? `${when}有过${what}` : `did ${what} ${when}`
  if ((rule.op === 'eq' && rule.value === 0) || (rule.op === 'lt' && rule.value === 1) || (rule.op === 'lte' && rule.value === 0))
    return zh ? `${when}没有${what}` : `did not do ${what} ${when}`
  return zh
    ? `${when}${what}${amount(rule.op, rule.value, language)} 次`
    : `did ${what} ${amount(rule.op, rule.value, language)} ${rule.value === 1 ? 'time' : 'times'} ${when}`
}

/** 近 30 天连续浏览商品最长至少 3 天 */
function daysSentence(rule: EventRule, fn: Exclude<Measure, { property: string }>['fn'], naming: Naming): string {
  const what = matchSentence(rule, naming.language, naming.timeZone)
  const when = windowSentence(rule.window, naming)
  const zh = naming.language === 'zh'
  const number = amount(rule.op, rule.value, naming.language)
  const days = zh ? `${number} 天` : `${number} ${rule.value === 1 ? 'day' : 'days'}`
  switch (fn) {
    case 'streak':
      return zh ? `${when}连续${what}最长${days}` : `did ${what} ${days} running ${when}`
    case 'current_streak':
      return zh ? `${when}连续${what}至今${days}` : `has done ${what} for ${days} running up to now, ${when}`
    case 'days_absent':
      return zh ? `${when}做过${what}，之后已连续${days}没有` : `did ${what} ${when}, then not for ${days} running up to now`
    default:
      return zh ? `${when}${what}的天数${days}` : `did ${what} on ${days} ${when}`
  }
}

/** 历史上首次支付订单（金额大于 100）在本月，且渠道是「抖音」 */
function occurrenceSentence(rule: OccurrenceRule, naming: Naming): string {
  const zh = naming.language === 'zh'
  const what = matchSentence(rule, naming.language, naming.timeZone)
  const window = windowSentence(rule.window, naming)
  const parts = [
    ...(rule.when === undefined ? [] : [zh ? inWindow(rule.when, naming) : `was ${windowSentence(rule.when, naming)}`]),
    ...rule.where.map((filter) => filterSentence(filter, naming)),
  ]
  const which = zh ? { first: '首次', last: '最近一次' }[rule.which] : `the ${rule.which}`
  if (parts.length === 0) return zh ? `${window}有过${what}` : `did ${what} ${window}`
  return zh
    ? `${window}${which}${what}${rule.when === undefined ? '的' : ''}${parts.join('，且')}`
    : `${which} ${what} ${window}: ${parts.join(', and ')}`
}

/** 近 7 天先浏览商品，30 分钟内再加购（其间没有支付订单），为同一商品 ID */
function sequenceSentence(rule: SequenceRule, naming: Naming): string {
  const { language, timeZone } = naming
  const zh = language === 'zh'
  const say = (match: SequenceMatch) => matchSentence(match, language, timeZone)
  const anyOf = (matches: readonly SequenceMatch[]) => matches.map(say).join(zh ? '或' : ' or ')
  const steps = rule.steps.map((step, i) => {
    const notes = [
      ...(step.when === undefined ? [] : [zh ? inWindow(step.when, naming) : windowSentence(step.when, naming)]),
      ...(step.without === undefined ? [] : [zh ? `其间没有${anyOf(step.without)}` : `without ${anyOf(step.without)} in between`]),
    ]
    const note = notes.length === 0 ? '' : zh ? `（${notes.join('，')}）` : ` (${notes.join(', ')})`
    if (i === 0) return zh ? `先${say(step)}${note}` : `did ${say(step)}${note}`
    const pauses = [
      ...(step.after === undefined ? [] : [pauseWords[language].after(spanWords(step.after, language))]),
      ...(step.within === undefined ? [] : [pauseWords[language].within(spanWords(step.within, language))]),
    ]
    return zh ? `${pauses.join('、')}再${say(step)}${note}` : `then ${[say(step), pauses.join(' and ')].join(' ').trimEnd()}${note}`
  })
  const [link] = rule.steps.flatMap((step) => step.link ?? [])
  const ends = [
    ...(rule.noneAfter === undefined ? [] : [zh ? `之后没有${anyOf(rule.noneAfter)}` : `and no ${anyOf(rule.noneAfter)} since`]),
    ...(rule.within === undefined
      ? []
      : [zh ? `全程 ${spanWords(rule.within, language)}内` : `all within ${spanWords(rule.within, language)}`]),
    ...(link === undefined ? [] : [zh ? `为同一${propertyName(link, 'zh')}` : `with the same ${propertyName(link, 'en')}`]),
  ]
  const window = windowSentence(rule.window, naming)
  return zh ? [`${window}${steps.join('，')}`, ...ends].join('，') : [...steps, ...ends, window].join(', ')
}

const pauseWords = {
  zh: { after: (span: string) => `至少 ${span}后`, within: (span: string) => `${span}内` },
  en: { after: (span: string) => `at least ${span} later`, within: (span: string) => `within ${span}` },
} as const

/** 在近 7 天 */
const inWindow = (window: DateWindow, naming: TimeNaming) => `在${windowSentence(window, naming).replace(/^在 /, ' ')}`

/** 浏览商品（价格大于 500） */
export function matchSentence(match: EventTerms, language: Language, timeZone = 'UTC'): string {
  const name = match.event === '' ? blank(language) : eventName(match.event, language)
  const event = language === 'zh' ? name : `“${name}”`
  const terms = [
    ...(match.clock === undefined ? [] : [clockWords(match.clock, language)]),
    ...match.filters.map((filter) => filterSentence(filter, { language, timeZone })),
  ]
  if (terms.length === 0) return event
  return language === 'zh' ? `${event}（${terms.join('、')}）` : `${event} (${terms.join(', ')})`
}

interface EventTerms {
  readonly event: string
  readonly filters: readonly RuleFilter[]
  readonly clock?: EventClock | undefined
}

/** 城市是「杭州」「上海」之一 */
export function filterSentence(filter: RuleFilter, naming: TimeNaming): string {
  const { language } = naming
  const zh = language === 'zh'
  const property = filter.property === '' ? blank(language) : propertyName(filter.property, language)
  if (isDateFilter(filter)) return dateFilterSentence(filter, property, naming)
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
    case 'includes_any':
    case 'includes_all':
    case 'includes_none': {
      const values = filter.value.map((value) => scalar(value, language)).join(zh ? '' : ', ')
      const words = listWords[language][filter.op]
      return zh ? `${property}${words}${values}${filter.op === 'includes_all' ? '' : '中的任何一个'}` : `${property} ${words} ${values}`
    }
    default: {
      const words = operatorWords[language][filter.op]
      const value = filter.value === '' ? blank(language) : scalar(filter.value, language)
      return zh ? `${property}${words}${value.startsWith('「') ? '' : ' '}${value}` : `${property} ${words} ${value}`
    }
  }
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
  zh: {
    eq: '是',
    neq: '不是',
    gt: '大于',
    gte: '大于等于',
    lt: '小于',
    lte: '小于等于',
    contains: '包含',
    not_contains: '不包含',
    starts_with: '开头是',
    ends_with: '结尾是',
  },
  en: {
    eq: 'is',
    neq: 'is not',
    gt: 'is above',
    gte: 'is at least',
    lt: 'is below',
    lte: 'is at most',
    contains: 'contains',
    not_contains: 'does not contain',
    starts_with: 'begins with',
    ends_with: 'ends with',
  },
} as const
const measureWords = {
  zh: { sum: '合计', average: '平均', min: '最小值', max: '最大值', distinct: '去重数' },
  en: { sum: 'total', average: 'average', min: 'smallest', max: 'largest', distinct: 'number of different values of' },
} as const
const listWords = {
  zh: { includes_any: '包含', includes_all: '全部包含', includes_none: '不包含' },
  en: { includes_any: 'has any of', includes_all: 'has all of', includes_none: 'has none of' },
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
