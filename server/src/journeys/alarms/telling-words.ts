import type { AlarmKind, AlarmStanding } from '@chaoxi/contract'
import type { Telling } from './outlet.ts'

// What robots say in a group.

type Language = 'zh' | 'en'

export interface Saying {
  readonly language: Language
  readonly timeZone: string
  readonly publicUrl: string
}

/** Less than the 4,096 bytes that WeCom takes, the smallest of all limits. */
const bytesMax = 3_600
const linesMax = 20

const kinds: Record<AlarmKind, Record<Language, string>> = {
  failures: { zh: '失败太多', en: 'Too many failures' },
  drop: { zh: '进入的人少了', en: 'Fewer entries' },
  cost: { zh: '今天花费超预算', en: 'Over today’s budget' },
  lag: { zh: '走得太慢', en: 'Running late' },
}

const yuan = (fen: number) => `¥${(fen / 100).toFixed(2)}`

function stands(kind: AlarmKind, { value, limit, usual }: AlarmStanding, language: Language): string {
  const zh = language === 'zh'
  switch (kind) {
    case 'failures':
      return zh ? `最近一小时 ${value}% 失败，上限 ${limit}%` : `${value}% failed in the last hour, limit ${limit}%`
    case 'drop':
      return zh
        ? `最近 6 小时进入的人比平时（${usual ?? 0} 人）少 ${value}%，上限 ${limit}%`
        : `entries of the last 6 hours are ${value}% below the usual ${usual ?? 0}, limit ${limit}%`
    case 'cost':
      return zh ? `今天已花 ${yuan(value)}，预算 ${yuan(limit)}` : `${yuan(value)} spent today, budget ${yuan(limit)}`
    case 'lag':
      return zh ? `最长拖延 ${value} 分钟，上限 ${limit} 分钟` : `the longest overdue for ${value} minutes, limit ${limit}`
  }
}

/** A name as text: whatever a robot would take for markup is left out. */
const plain = (name: string) => name.replace(/[[\]()*_`#<>|~\\\n]/g, ' ').trim()

function lineOf({ alarm, state }: Telling, { language, timeZone, publicUrl }: Saying): string {
  const zh = language === 'zh'
  const journey = `[${plain(alarm.name) || alarm.journey_id}](${publicUrl}/journeys/${alarm.journey_id}?tab=live)`
  const what = kinds[alarm.kind][language]
  const at = (date: Date) =>
    new Intl.DateTimeFormat(zh ? 'zh-CN' : 'en-GB', {
      timeZone,
      ...{ month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    }).format(date)
  if (state === 'closed') {
    const from = at(alarm.opened_at)
    const to = alarm.closed_at === null ? '' : at(alarm.closed_at)
    return zh ? `✅ ${journey} 恢复正常：${what}（${from} 至 ${to}）` : `✅ ${journey} is well again: ${what} (${from} to ${to})`
  }
  const since = zh ? `${at(alarm.opened_at)} 起` : `since ${at(alarm.opened_at)}`
  const number = stands(alarm.kind, alarm.opened_with, language)
  return zh ? `🔴 ${journey} ${what}：${number}（${since}）` : `🔴 ${journey} ${what}: ${number} (${since})`
}

/** As many as go into one message, from the first on; there is always one. */
export function linesOf(tellings: readonly Telling[], saying: Saying): { lines: string[]; count: number } {
  const lines: string[] = []
  let bytes = 0
  for (const telling of tellings.slice(0, linesMax)) {
    const line = lineOf(telling, saying)
    bytes += Buffer.byteLength(line) + 2
    if (lines.length > 0 && bytes > bytesMax) break
    lines.push(line)
  }
  return { lines, count: lines.length }
}

export const titleOf = (count: number, opened: boolean, language: Language): string => {
  if (language === 'zh') return opened ? `流程告警（${count}）` : '流程告警'
  return opened ? `Journey alarms (${count})` : 'Journey alarms'
}

export const testLine = (language: Language): string =>
  language === 'zh' ? '这是一条测试消息：告警会发到这里。' : 'This is a test: alarms will be told here.'

export const openWords = (language: Language): string => (language === 'zh' ? '打开控制台' : 'Open the console')
