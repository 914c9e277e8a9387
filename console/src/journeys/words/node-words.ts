import {
  type ExitCondition,
  type ExitField,
  type JourneyDefinition,
  type JourneyNode,
  type MessageTest,
  nodeExits,
  type PropertyFilter,
  type Rule,
} from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { isEveryone } from '../../rules/rule-editing.ts'
import { filterSentence, matchSentence, type Naming, ruleSentence } from '../../rules/rule-sentence.ts'
import { type NodeWithWays, wayIndex } from '../canvas/node-edits.ts'
import { startSummary, stopSummary } from './call-words.ts'
import { repeatSummary, waitRuleSummary } from './check-words.ts'
import { attributeSummary, grantSummary, tagSummary } from './deed-words.ts'
import { durationWords } from './duration-words.ts'
import { holdoutSummary, winnerSentence } from './lot-words.ts'
import { messageSentence } from './message-words.ts'
import { sendSummary } from './send-words.ts'
import { taskExitWord, taskSummary } from './task-words.ts'
import { untilWords } from './until-words.ts'
import { runFilterSentence, webhookSummary } from './webhook-words.ts'

/** What the summaries need besides the names in rules: what templates, coupons and other journeys are called. */
export interface JourneyNaming extends Naming {
  readonly template: (key: string) => string
  readonly coupon: (key: string) => string
  /** Of a colleague, by address. */
  readonly member?: (email: string) => string
  /** Of an account. */
  readonly who?: (account: string) => string
  /** By key or id. */
  readonly journey: (name: string) => string
  /** By key. */
  readonly endpoint?: (key: string) => string
  /** Of a holdout group, by key. */
  readonly holdout?: (key: string) => string
  /** What a step of the journey is called, where it is known which journey. */
  readonly step?: (id: string) => string
}

/** Knows the steps of the journey too. */
export function namedSteps(definition: JourneyDefinition, naming: JourneyNaming): JourneyNaming & { step: (id: string) => string } {
  return {
    ...naming,
    step(id) {
      const node = definition.nodes.find((one) => one.id === id)
      return node === undefined ? id : node.name || nodeSummary(node, naming)
    },
  }
}

/** One line that says what a node does, for its card on the canvas. */
export function nodeSummary(node: JourneyNode, naming: JourneyNaming): string {
  const { language } = naming
  const zh = language === 'zh'
  switch (node.kind) {
    case 'send':
      return sendSummary(node, naming)
    case 'wait': {
      const time = durationWords(node.duration, language)
      if (node.since === 'entry') return zh ? `等到进入流程后 ${time}` : `Until ${time} after the entry`
      return zh ? `停留 ${time}` : `For ${time}`
    }
    case 'wait_event': {
      const match = matchSentence(node.match, language)
      const time = durationWords(node.timeout, language)
      if (node.since === 'entry') return zh ? `等${match}，最晚到进入后 ${time}` : `${match}, at the latest ${time} after the entry`
      return zh ? `等${match}，最多 ${time}` : `${match}, at most ${time}`
    }
    case 'wait_until':
      return untilWords(node.until, language)
    case 'wait_rule':
      return waitRuleSummary(node, naming)
    case 'repeat_check':
      return repeatSummary(node, naming)
    case 'grant':
      return grantSummary(node, naming)
    case 'set_tag':
      return tagSummary(node, naming)
    case 'set_attribute':
      return attributeSummary(node, naming)
    case 'start_journey':
      return startSummary(node, naming)
    case 'stop_journey':
      return stopSummary(node, naming)
    case 'webhook':
      return webhookSummary(node, naming)
    case 'condition':
      return conditionSentence(node, naming)
    case 'branch': {
      const ways = node.ways.map((way, i) => `${wayName(node, i)}${zh ? '：' : ': '}${conditionSentence(way, naming)}`)
      return ways.join(zh ? '；' : '; ')
    }
    case 'split': {
      const ways = node.ways.map((_, i) => splitWords(node, i, language)).join(' · ')
      return node.winner === undefined ? ways : `${winnerSentence(node.winner, language)} · ${ways}`
    }
    case 'holdout':
      return holdoutSummary(node, naming)
    case 'human_task':
      return taskSummary(node, language, naming.member)
    case 'exit':
      return node.result || (zh ? '流程到此结束' : 'The journey ends here')
  }
}

const kindWords = {
  zh: {
    send: '发送',
    grant: '发放权益',
    set_tag: '改标签',
    set_attribute: '写属性',
    start_journey: '进入另一流程',
    stop_journey: '退出流程',
    webhook: '通知外部系统',
    wait: '等待',
    wait_event: '等待行为',
    wait_until: '等到某时',
    wait_rule: '等到满足',
    repeat_check: '重复检查',
    condition: '条件',
    branch: '多路分支',
    split: 'A/B 分流',
    human_task: '人工任务',
    holdout: '留出对照',
    exit: '结束',
  },
  en: {
    send: 'Send',
    grant: 'Give a benefit',
    set_tag: 'Change a tag',
    set_attribute: 'Write an attribute',
    start_journey: 'Start a journey',
    stop_journey: 'Stop a journey',
    webhook: 'Webhook',
    wait: 'Wait',
    wait_event: 'Wait for event',
    wait_until: 'Wait until',
    wait_rule: 'Wait for a condition',
    repeat_check: 'Repeated check',
    condition: 'Condition',
    branch: 'Branch',
    split: 'Split',
    human_task: 'Human task',
    holdout: 'Hold out',
    exit: 'End',
  },
} as const

export const nodeKindWord = (kind: JourneyNode['kind'], language: Language): string => kindWords[language][kind]

/** How a node is called in lists: its name, else what kind it is and what it does. */
export function nodeTitle(node: JourneyNode, naming: JourneyNaming): string {
  return node.name || `${kindWords[naming.language][node.kind]} · ${nodeSummary(node, naming)}`
}

/** 会员标签「高价值」，且触发时金额大于 100 */
export function conditionSentence(
  { rule, triggerFilters = [], runFilters = [], message }: Conditions,
  naming: Naming & Pick<JourneyNaming, 'step'>,
): string {
  const zh = naming.language === 'zh'
  const filters = triggerFilters.map((filter) => filterSentence(filter, naming)).join(zh ? '、' : ', ')
  const besides = [
    ...(filters === '' ? [] : [zh ? `触发时${filters}` : `at the trigger ${filters}`]),
    ...(runFilters.length > 0 ? [runFilterSentence(runFilters, naming)] : []),
    ...(message ? [messageSentence(message, naming)] : []),
  ]
  const all = besides.length > 0 && isEveryone(rule) ? besides : [ruleSentence(rule, naming), ...besides]
  return all.join(zh ? '，且' : ', and ')
}

/** What is asked at a node, or on one of its ways. */
interface Conditions {
  readonly rule: Rule
  readonly triggerFilters?: readonly PropertyFilter[] | undefined
  readonly runFilters?: readonly PropertyFilter[] | undefined
  readonly message?: MessageTest | undefined
}

/** What a way is called: its name, else its letter. */
export function wayName(node: NodeWithWays, index: number, language: Language = 'zh'): string {
  if (node.kind === 'human_task') return taskExitWord(node, index, language)
  const way = node.ways[index]
  return way?.name || (way?.id ?? '').toUpperCase()
}

/** 对照组 10% */
function splitWords(node: Extract<JourneyNode, { kind: 'split' }>, index: number, language: Language): string {
  const way = node.ways[index]
  if (way === undefined) return ''
  const control = way.control === true && way.name === ''
  const name = control ? (language === 'zh' ? '对照组' : 'control') : wayName(node, index)
  return `${name} ${way.share}%`
}

/** What a way out is called, by its name in `nodeExits`. */
export function wayTitle(node: JourneyNode, way: string, language: Language): string {
  const exit = nodeExits(node).find((one) => one.way === way)
  return (exit && exitWord(node, exit.field, language)) ?? way
}

/** The word on a way out; a node with one way needs none. */
export function exitWord(node: JourneyNode, field: ExitField, language: Language): string | null {
  const zh = language === 'zh'
  if (node.kind === 'wait_event') return field === 'next' ? (zh ? '发生了' : 'happened') : zh ? '超时' : 'timed out'
  if (node.kind === 'wait_rule') return field === 'next' ? (zh ? '满足了' : 'holds') : zh ? '超时' : 'timed out'
  if (node.kind === 'repeat_check') return field === 'next' ? (zh ? '满足了' : 'holds') : zh ? '一直没满足' : 'never held'
  if (node.kind === 'grant') return field === 'next' ? (zh ? '已发放' : 'given') : zh ? '没发出' : 'not given'
  if (node.kind === 'holdout' && node.held !== undefined) return field === 'next' ? (zh ? '触达' : 'reached') : zh ? '留出' : 'held out'
  if (node.kind === 'start_journey') return field === 'next' ? (zh ? '已送入' : 'taken') : zh ? '没送进' : 'not taken'
  if (node.kind === 'webhook') return field === 'next' ? (zh ? '成功' : 'success') : zh ? '没成功' : 'no success'
  if (node.kind === 'condition') return field === 'next' ? (zh ? '满足' : 'yes') : zh ? '不满足' : 'no'
  if (node.kind === 'wait_until' && node.until.kind === 'date')
    return field === 'next' ? (zh ? '到了' : 'reached') : zh ? '没有日期' : 'no such date'
  if (node.kind === 'human_task') return taskExitWord(node, wayIndex(field), language)
  if (node.kind !== 'branch' && node.kind !== 'split') return null
  const index = wayIndex(field)
  if (index === null) return zh ? '其余' : 'others'
  return node.kind === 'split' ? splitWords(node, index, language) : wayName(node, index)
}

/** The same by the name under which counters and stories know the way; null: it has no word, or is gone. */
export function exitWordOfWay(node: JourneyNode, way: string, language: Language): string | null {
  const exit = nodeExits(node).find((one) => one.way === way)
  return exit === undefined ? null : exitWord(node, exit.field, language)
}

/** Exit conditions as one line; empty when there are none. */
export function exitsSentence(exits: readonly ExitCondition[], naming: Naming): string {
  const words = exits.map((exit) => (exit.kind === 'event' ? matchSentence(exit, naming.language) : ruleSentence(exit.rule, naming)))
  return words.join(naming.language === 'zh' ? '，或' : ', or ')
}
