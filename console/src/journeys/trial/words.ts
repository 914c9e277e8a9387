import type { JourneyDefinition, TrialHappening, TrialProblem, TrialTrait } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { reasonText } from '../../messages/reasons.ts'
import { eventName } from '../../rules/event-names.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { exitWordOfWay, type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { refusalWord } from '../words/trigger-words.ts'

const titleOf = (definition: JourneyDefinition, naming: JourneyNaming, id: string): string => {
  const node = nodeOf(definition, id)
  return node === undefined ? id : nodeTitle(node, naming)
}

const sides: Readonly<Record<string, { zh: string; en: string }>> = {
  'consent granted': { zh: '授权了{of}', en: 'consents to {of}' },
  'consent withdrawn': { zh: '撤回过{of}授权', en: 'withdrew consent to {of}' },
  'consent none': { zh: '没授权过{of}', en: 'never consented to {of}' },
  'address yes': { zh: '有手机号', en: 'has a phone number' },
  'address no': { zh: '没有手机号', en: 'has no phone number' },
  'suppressed yes': { zh: '号码被屏蔽', en: 'the number is suppressed' },
  'suppressed no': { zh: '号码可用', en: 'the number is in order' },
  'trigger yes': { zh: '自己触发过', en: 'came in by an event of their own' },
  'trigger no': { zh: '没触发过', en: 'has no such event' },
  'entry yes': { zh: '满足进入条件', en: 'passes the entry rule' },
  'entry no': { zh: '不满足进入条件', en: 'kept out by the entry rule' },
}
const channelWords = { sms: { zh: '短信', en: 'SMS' }, popup: { zh: '弹窗', en: 'popups' } } as const

/** What somebody was chosen for. */
export function traitWords({ kind, of, is }: TrialTrait, definition: JourneyDefinition, naming: JourneyNaming): string {
  const { language } = naming
  const zh = language === 'zh'
  const channel = of === 'sms' || of === 'popup' ? channelWords[of][language] : of
  const side = sides[`${kind} ${is}`]
  if (side !== undefined) return side[language].replace('{of}', channel)
  const yes = is === 'yes'
  switch (kind) {
    case 'rule':
      return `${titleOf(definition, naming, of)}：${yes ? (zh ? '满足' : 'holds') : zh ? '不满足' : 'does not hold'}`
    case 'way': {
      const node = nodeOf(definition, of)
      return `${titleOf(definition, naming, of)} → ${(node && exitWordOfWay(node, is, language)) ?? is}`
    }
    case 'exit':
      return yes ? (zh ? '满足退出条件' : 'an exit rule holds') : zh ? '不满足退出条件' : 'no exit rule holds'
    case 'tag':
      return `${naming.tag(of)}：${is}`
    case 'attribute':
      return zh ? `${yes ? '有' : '没有'}“${of}”` : `${yes ? 'has' : 'lacks'} “${of}”`
    default:
      return `${kind} ${of} ${is}`
  }
}

const whys: Readonly<Record<string, { zh: string; en: string }>> = {
  never_held: { zh: '没有人满足条件', en: 'the rule held for nobody' },
  always_held: { zh: '所有人都满足条件', en: 'the rule held for everybody' },
  never_happened: { zh: '等的事没有发生过', en: 'what is waited for never happened' },
  always_happened: { zh: '没有人等到超时', en: 'nobody waited until the end' },
  still_waiting: { zh: '还有人在等', en: 'people are still waiting' },
  not_drawn: { zh: '没有人被分到这里', en: 'nobody was drawn for it' },
  no_date: { zh: '没有人有这个日期', en: 'nobody has such a date' },
  always_dated: { zh: '所有人都有日期', en: 'everybody has a date' },
  never_failed: { zh: '从没失败过', en: 'it never failed' },
  always_failed: { zh: '每次都失败', en: 'it failed each time' },
  never_reached: { zh: '没有人走到', en: 'nobody came here' },
}

export const whyWords = (reason: string, language: Language): string => whys[reason]?.[language] ?? reasonText(reason, language)

export function problemWords(problem: TrialProblem, definition: JourneyDefinition, naming: JourneyNaming): string {
  const { language } = naming
  const zh = language === 'zh'
  const { kind, nodeId, way, reason, count, details } = problem
  const title = titleOf(definition, naming, nodeId)
  const times = zh ? `${count} 次` : `${count} times`
  switch (kind) {
    case 'never':
      return zh ? `没有人走到“${title}”` : `Nobody came to “${title}”`
    case 'not_covered': {
      const node = nodeOf(definition, nodeId)
      const word = (node && way !== null && exitWordOfWay(node, way, language)) ?? way ?? ''
      return zh
        ? `“${title}”没有人走“${word}”：${whyWords(reason, language)}`
        : `Nobody took “${word}” at “${title}”: ${whyWords(reason, language)}`
    }
    case 'missing_variable': {
      const holes = Array.isArray(details.holes) ? details.holes.join('、') : ''
      return zh ? `“${title}”缺变量 ${holes}（${times}）` : `“${title}” lacks ${holes} (${times})`
    }
    case 'failed':
      return zh ? `“${title}”没能继续：${reason}（${times}）` : `“${title}” could not go on: ${reason} (${times})`
    case 'template':
    case 'stopped': {
      const why = nodeId === '' ? refusalWord(reason, language) : reasonText(reason, language)
      const where = nodeId === '' ? (zh ? '入口' : 'The door') : `“${title}”`
      return zh ? `${where}：${why}（${times}）` : `${where}: ${why} (${times})`
    }
  }
}

const became = {
  delivered: { zh: '送达了', en: 'was delivered' },
  opened: { zh: '被打开', en: 'was opened' },
  clicked: { zh: '被点击', en: 'was clicked' },
  replied: { zh: '被回复', en: 'was replied to' },
  failed: { zh: '发送失败', en: 'failed' },
} as const

/** What is made to happen, as a sentence: that of a button, and of the line in the story. */
export function happeningWords(what: TrialHappening, definition: JourneyDefinition, naming: JourneyNaming): string {
  const { language } = naming
  const zh = language === 'zh'
  switch (what.kind) {
    case 'event': {
      const event = eventName(what.event, language)
      return zh ? `假设发生“${event}”` : `As though “${event}” happened`
    }
    case 'rule':
      if (what.holds) return zh ? '假设条件满足' : 'As though the rule held'
      return zh ? '假设条件不满足' : 'As though the rule did not hold'
    case 'answer': {
      const ways = definition.nodes.flatMap((node) => (node.kind === 'human_task' ? node.ways : []))
      const name = ways.find(({ id }) => id === what.outcome)?.name || what.outcome
      return zh ? `假设同事选了“${name}”` : `As though a colleague chose “${name}”`
    }
    case 'message': {
      const title = titleOf(definition, naming, what.node)
      return zh ? `假设“${title}”的消息${became[what.became].zh}` : `As though the message of “${title}” ${became[what.became].en}`
    }
  }
}
