import type { JourneyNode, PropertyFilter } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { filterSentence, type Naming } from '../../rules/rule-sentence.ts'
import type { JourneyNaming } from './node-words.ts'
import type { RunStep } from './step-words.ts'

// Steps that tell a system outside, in words.

type WebhookNode = Extract<JourneyNode, { kind: 'webhook' }>
type Text = Readonly<Record<Language, string>>

const nameOf = (key: string, { endpoint }: Pick<JourneyNaming, 'endpoint'>): string => endpoint?.(key) ?? key

export function webhookSummary({ endpoint, answers }: WebhookNode, naming: Pick<JourneyNaming, 'language' | 'endpoint'>): string {
  const zh = naming.language === 'zh'
  if (endpoint === '') return zh ? '还没选外部系统' : 'No endpoint yet'
  const kept = answers.map(({ name }) => name).join(zh ? '、' : ', ')
  const told = zh ? `推送到「${nameOf(endpoint, naming)}」` : `Tell “${nameOf(endpoint, naming)}”`
  return kept === '' ? told : zh ? `${told}，留下 ${kept}` : `${told}, keep ${kept}`
}

const reasons: Readonly<Record<string, Text>> = {
  timeout: { zh: '一直没有答复', en: 'it did not answer in time' },
  unreachable: { zh: '连不上', en: 'it could not be reached' },
  refused: { zh: '地址不是公网地址，不允许推送', en: 'its address is no public one' },
  endpoint_missing: { zh: '外部系统已删除', en: 'the endpoint is gone from the settings' },
  endpoint_off: { zh: '外部系统停用中', en: 'the endpoint is off' },
  endpoint_paused: { zh: '外部系统连续失败，已暂停', en: 'the endpoint is paused, for it kept failing' },
  unsealed: { zh: '密钥解不开，请重新生成', en: 'its secret cannot be opened; make a new one' },
  left: { zh: '用户已离开流程', en: 'the customer had left' },
}

/** How a posting ended, where that was no success. */
export function postingReason(reason: string, language: Language): string {
  const status = /^status_(\d+)$/.exec(reason)?.[1]
  if (status !== undefined) return language === 'zh' ? `它答复 ${status}` : `it answered ${status}`
  return reasons[reason]?.[language] ?? reason
}

/** Why one attempt was no success, as the server says it. */
export function attemptProblem(problem: string, language: Language): string {
  if (language === 'en') return problem
  const status = /^it answered (\d+)$/.exec(problem)?.[1]
  if (status !== undefined) return `它答复 ${status}`
  const seconds = /^no answer within ([\d.]+) s$/.exec(problem)?.[1]
  if (seconds !== undefined) return `${seconds} 秒内没有答复`
  const address = /^(\S+) is no public address/.exec(problem)?.[1]
  if (address !== undefined) return `${address} 不是公网地址，也不在 CHAOXI_OUTBOUND_ALLOW 里`
  const code = /^it could not be reached(?: \((.+)\))?$/.exec(problem)
  return code === null ? problem : `连不上${code[1] === undefined ? '' : `（${code[1]}）`}`
}

const unusable: Readonly<Record<string, Text>> = {
  missing: { zh: '没有', en: 'missing' },
  wrong_type: { zh: '类型不对', en: 'of another type' },
  too_long: { zh: '太长', en: 'too long' },
  too_much: { zh: '留得太多', en: 'too much to keep' },
  no_json: { zh: '答复不是 JSON', en: 'the answer is no JSON' },
}

function unusableWords(told: unknown, language: Language): string {
  if (!Array.isArray(told)) return ''
  const words = told.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('name' in one) || !('reason' in one)) return []
    return [`${String(one.name)}${language === 'zh' ? '' : ' '}${unusable[String(one.reason)]?.[language] ?? String(one.reason)}`]
  })
  if (words.length === 0) return ''
  return language === 'zh' ? `；没留下：${words.join('、')}` : `; not kept: ${words.join(', ')}`
}

function valueWords(told: unknown): string {
  if (typeof told !== 'object' || told === null) return ''
  return Object.entries(told)
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join(', ')
}

export function webhookPassed({ details }: RunStep, node: WebhookNode, naming: JourneyNaming): string {
  const { language } = naming
  const zh = language === 'zh'
  const name = nameOf(node.endpoint, naming)
  const tries =
    typeof details.tries === 'number' && details.tries > 1 ? (zh ? `（第 ${details.tries} 次）` : ` (attempt ${details.tries})`) : ''
  if (details.done !== true) {
    const why = postingReason(String(details.reason ?? ''), language)
    return zh ? `没有推送成功「${name}」：${why}${tries}，走“没成功”` : `Could not tell “${name}”: ${why}${tries}; took “no success”`
  }
  const values = valueWords(details.values)
  const kept = values === '' ? '' : zh ? `，答复 ${values}` : `, which answered ${values}`
  return `${zh ? `已推送到「${name}」` : `Told “${name}”`}${tries}${kept}${unusableWords(details.unusable, language)}`
}

/** `webhook.ask.level` is called level where it is clear whose it is. */
export const knownName = (property: string): string => property.split('.').at(-1) ?? property

/** 答复的 level 等于 gold */
export function runFilterSentence(filters: readonly PropertyFilter[], naming: Naming): string {
  const zh = naming.language === 'zh'
  const words = filters.map((filter) => filterSentence({ ...filter, property: knownName(filter.property) }, naming))
  return zh ? `外部系统答复的${words.join('、')}` : `the answer’s ${words.join(', ')}`
}
