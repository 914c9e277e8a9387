import type { ContestView, JourneyNode, Winner } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { matchSentence } from '../../rules/rule-sentence.ts'
import { formatNumber } from '../../ui/format.ts'
import { durationWords } from './duration-words.ts'
import type { JourneyNaming } from './node-words.ts'

// How nodes that people part at by chance are told of.

type Split = Extract<JourneyNode, { kind: 'split' }>
type Holdout = Extract<JourneyNode, { kind: 'holdout' }>

const results = {
  delivered: { zh: '送达', en: 'deliveries' },
  clicked: { zh: '点击', en: 'clicks' },
  replied: { zh: '回复', en: 'replies' },
} as const

function measureWords({ measure }: Winner, language: Language): string {
  if (measure.kind === 'message') return results[measure.result][language]
  if (measure.kind === 'event') return matchSentence(measure, language)
  return language === 'zh' ? '目标达成' : 'the goal'
}

/** 先用 20% 的人试 2 天，按点击选最好的 */
export function winnerSentence(winner: Winner, language: Language): string {
  const [time, by] = [durationWords(winner.for, language), measureWords(winner, language)]
  return language === 'zh'
    ? `先用 ${winner.explore}% 的人试 ${time}，按${by}选最好的`
    : `${winner.explore}% try for ${time}, the best by ${by} takes the rest`
}

export function holdoutSummary({ group, share }: Holdout, { language, holdout }: Pick<JourneyNaming, 'language' | 'holdout'>): string {
  const name = group === undefined ? undefined : (holdout?.(group) ?? group)
  if (name !== undefined) return language === 'zh' ? `留出组「${name}」不触达` : `Group “${name}” is held out`
  return language === 'zh' ? `留出 ${share ?? 0}% 不触达` : `${share ?? 0}% are held out`
}

/** Never said to be certain, or out of the question. */
export function percent(share: number): string {
  if (share > 0.999) return '>99.9%'
  return share < 0.001 ? '<0.1%' : `${Math.round(share * 1_000) / 10}%`
}

/** What became of a search for a winner, on its card: 已选定 B：97% */
export function contestWords(node: Split, contest: ContestView, wayName: (id: string) => string, language: Language): string {
  const zh = language === 'zh'
  const { decided, waiting } = contest
  const people = formatNumber(waiting, language)
  if (decided === null) return zh ? `试验中，${people} 人在等结果` : `Being tried, ${people} wait`
  if (decided.way === null) return zh ? '选不出来，继续按比例分' : 'Nothing is sure: everybody is spread'
  const name = wayName(decided.way)
  const probability = decided.ways.find(({ way }) => way === decided.way)?.probability
  const sure = probability === undefined ? '' : percent(probability)
  if (decided.reason === 'by_hand') return zh ? `人工选定 ${name}` : `${name}, chosen by hand`
  if (decided.reason === 'otherwise') return zh ? `选不出来，走 ${name}` : `Nothing is sure: ${name}`
  return node.winner === undefined ? name : zh ? `已选定 ${name}：${sure}` : `${name} won: ${sure}`
}

const hows = {
  winner: { zh: '走选定的', en: 'To the winner:' },
  before: { zh: '和之前一样走', en: 'As before:' },
  lot: { zh: '随机分到：', en: 'Drawn by lot:' },
} as const

/** 走选定的 B（有 97% 的把握） */
export function splitPassed(details: Record<string, unknown>, word: string, language: Language): string {
  const zh = language === 'zh'
  if (details.control === true) return zh ? `分到${word}，不再发消息` : `Put into ${word}: nothing is sent`
  const how = details.how === 'winner' || details.how === 'before' ? details.how : 'lot'
  const { decided } = details
  const probability = typeof decided === 'object' && decided !== null && 'probability' in decided ? decided.probability : null
  const sure = typeof probability === 'number' ? (zh ? `（有 ${percent(probability)} 的把握）` : ` (${percent(probability)} sure)`) : ''
  return `${hows[how][language]}${zh ? (how === 'lot' ? '' : ' ') : ' '}${word}${sure}`
}

/** 被留出，不触达 */
export function holdoutPassed(way: unknown, language: Language): string {
  if (way === 'held') return language === 'zh' ? '被留出，流程不触达' : 'Held out: the journey does not reach them'
  return language === 'zh' ? '没有被留出，继续' : 'Not held out: went on'
}
