import { type JourneyNode, type Role, type TaskFor, waysMax } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { texts } from '../../shell/texts.ts'
import { durationWords } from './duration-words.ts'
import type { RunStep } from './step-words.ts'

// The step at which a colleague has something to do, in words.

type TaskNode = Extract<JourneyNode, { kind: 'human_task' }>

export const roleWord = (role: Role, language: Language): string => texts[`role_${role}`][language]

/** Whom a task is for; `nameOf` knows colleagues by their address. */
export function whoWords(who: TaskFor, language: Language, nameOf: (email: string) => string = (email) => email): string {
  if (who.kind === 'role') return roleWord(who.role, language)
  if (who.kind === 'member') return who.email === '' ? (language === 'zh' ? '还没选同事' : 'no colleague yet') : nameOf(who.email)
  return language === 'zh' ? '谁都可以' : 'anybody'
}

/** What a result is called: its name; the first one without is 完成. */
export function outcomeName({ id, name }: { readonly id: string; readonly name: string }, language: Language): string {
  if (name !== '') return name
  return id === 'done' ? (language === 'zh' ? '完成' : 'Done') : id.toUpperCase()
}

/** 客服 · 24 小时内 · 3 个结果 */
export function taskSummary(node: TaskNode, language: Language, nameOf?: (email: string) => string): string {
  const zh = language === 'zh'
  const what = node.title === '' ? (zh ? '还没写要做什么' : 'Nothing to do yet') : node.title
  const count = node.ways.length
  const parts = zh
    ? [whoWords(node.who, 'zh', nameOf), `${durationWords(node.due, 'zh')}内`, `${count} 个结果`]
    : [whoWords(node.who, 'en', nameOf), `within ${durationWords(node.due, 'en')}`, `${count} result${count === 1 ? '' : 's'}`]
  const urgent = node.priority === 'high' ? [zh ? '高优先级' : 'high priority'] : []
  return `${what} · ${[...parts, ...urgent].join(' · ')}`
}

export function taskExitWord(node: TaskNode, index: number | null, language: Language): string {
  const way = node.ways[index ?? waysMax]
  return way === undefined ? (language === 'zh' ? '超时' : 'timed out') : outcomeName(way, language)
}

/** 李梅选了“已接受”：客户周末来取 */
export function taskPassed({ details }: RunStep, node: TaskNode, language: Language, who: (account: string) => string): string {
  const zh = language === 'zh'
  const way = node.ways.find(({ id }) => id === details.way)
  const result = way === undefined ? String(details.outcome ?? details.way ?? '') : outcomeName(way, language)
  const by = typeof details.by === 'string' ? who(details.by) : ''
  const note = typeof details.note === 'string' && details.note !== '' ? (zh ? `：${details.note}` : `: ${details.note}`) : ''
  const name = by === '' || by === 'rehearsal' || by === 'trial' ? (zh ? '同事' : 'A colleague') : by
  return zh ? `${name}选了“${result}”${note}` : `${name} chose “${result}”${note}`
}

export function taskTimedOut(node: TaskNode, language: Language): string {
  const time = durationWords(node.due, language)
  return language === 'zh' ? `${time}内没有人做，走“超时”` : `Nobody did it within ${time}: took “timed out”`
}
