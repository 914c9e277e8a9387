import { type Attempt, attemptsOf, type JourneyNode } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { reasonText } from '../../messages/reasons.ts'
import { formatNumber } from '../../ui/format.ts'
import type { JourneyNaming } from './node-words.ts'
import type { RunStep } from './step-words.ts'

// Steps that send, in words.

type SendNode = Extract<JourneyNode, { kind: 'send' }>

const channelWords = { zh: { sms: '短信', popup: '弹窗' }, en: { sms: 'SMS', popup: 'Popup' } } as const

function attemptWords({ channel: by, template }: Attempt, naming: JourneyNaming): string {
  const { language } = naming
  const channel = channelWords[language][by]
  if (template === '') return language === 'zh' ? `${channel}：还没选模板` : `${channel}: no template yet`
  return language === 'zh' ? `${channel}「${naming.template(template)}」` : `${channel} “${naming.template(template)}”`
}

export function sendSummary(node: SendNode, naming: JourneyNaming): string {
  const all = attemptsOf(node).map((attempt) => attemptWords(attempt, naming))
  return all.join(naming.language === 'zh' ? '，不成再发' : ', else ')
}

interface Tried extends Attempt {
  readonly result?: unknown
  readonly reason?: unknown
}

const isTried = (one: unknown): one is Tried =>
  typeof one === 'object' &&
  one !== null &&
  'channel' in one &&
  (one.channel === 'sms' || one.channel === 'popup') &&
  'template' in one &&
  typeof one.template === 'string'

const resultWords: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  delivered: { zh: '已送达', en: 'delivered' },
  opened: { zh: '已打开', en: 'opened' },
  sent: { zh: '已发出', en: 'sent' },
  shown_later: { zh: '等用户打开店铺时展示', en: 'shown when the customer comes to the shop' },
  failed: { zh: '发送失败', en: 'failed' },
  dropped: { zh: '没发', en: 'not sent' },
  late: { zh: '没在时间内到达', en: 'not in time' },
}

/** Each attempt with what came of it; empty for a plain send. */
export function attemptsTold({ details }: RunStep, naming: JourneyNaming): string {
  const tried = Array.isArray(details.attempts) ? details.attempts.filter(isTried) : []
  const { language } = naming
  const told = tried.map(({ result, reason, ...attempt }) => {
    const why = typeof reason !== 'string' ? '' : language === 'zh' ? `（${reasonText(reason, 'zh')}）` : ` (${reasonText(reason, 'en')})`
    const came = `${resultWords[String(result)]?.[language] ?? ''}${why}`
    return came === '' ? attemptWords(attempt, naming) : `${attemptWords(attempt, naming)}${language === 'zh' ? '：' : ': '}${came}`
  })
  return told.join(language === 'zh' ? '；' : '; ')
}

export function sendPassed(step: RunStep, node: SendNode, naming: JourneyNaming): string {
  const zh = naming.language === 'zh'
  const told = attemptsTold(step, naming)
  const summary = sendSummary(node, naming)
  if (step.details.skipped === 'paused' && told === '')
    return zh ? `没有发：${summary}，因为暂停期间已过了时间` : `Not sent: ${summary}; it fell due in a pause`
  if (step.details.skipped === 'paused')
    return zh ? `${told}；之后的没有发，因为暂停期间已过了时间` : `${told}; nothing after it, since that fell due in a pause`
  if (told !== '') return told
  return zh ? `已交给触达：${summary}（是否发出见消息记录）` : `Handed over: ${summary} (Messages tells whether it went out)`
}

/** 短信 12 · 弹窗 3 · 都没发成 1 */
export function channelsTaken(ways: readonly { way: string; passed: number }[], language: Language): string {
  const word = (way: string) =>
    way === 'sms' || way === 'popup' ? channelWords[language][way] : language === 'zh' ? '都没发成' : 'none went'
  return ways
    .filter(({ passed }) => passed > 0)
    .map(({ way, passed }) => `${word(way)} ${formatNumber(passed, language, { short: true })}`)
    .join(' · ')
}
