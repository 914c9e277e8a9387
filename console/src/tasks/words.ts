import { type TaskDetail, type TaskView, taskForSchema } from '@chaoxi/contract'
import { ApiError } from '../api/client.ts'
import type { Language } from '../i18n/language.ts'
import type { Translate } from '../i18n/texts.ts'
import { resultWords } from '../journeys/words/step-words.ts'
import { outcomeName, whoWords } from '../journeys/words/task-words.ts'
import { formatTime } from '../ui/format.ts'
import { problemWords } from '../ui/problem-words.ts'
import type { Tone } from '../ui/state-text.tsx'
import type { texts } from './texts.ts'

type T = Translate<keyof typeof texts>

export const taskTones: Readonly<Record<TaskView['state'], Tone>> = {
  open: 'warn',
  taken: 'busy',
  done: 'good',
  overdue: 'bad',
  withdrawn: 'calm',
}

export function stateWords({ state, taken }: TaskView, me: string | undefined, t: T): string {
  if (state !== 'taken') return t(`state_${state}`)
  return taken?.account === me ? t('state_taken_me') : t('state_taken', { name: taken === null ? '' : byWords(taken, t) })
}

const minuteMs = 60_000
/** 3 天、5 小时、20 分钟 */
function spanWords(ms: number, language: Language): string {
  const zh = language === 'zh'
  const minutes = Math.max(1, Math.floor(ms / minuteMs))
  if (minutes < 60) return zh ? `${minutes} 分钟` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return zh ? `${hours} 小时` : `${hours} h`
  const days = Math.floor(hours / 24)
  return zh ? `${days} 天` : `${days} days`
}

/** How much time is left, or how late it is. */
export function dueWords(dueAt: string, now: number, t: T, language: Language): { readonly text: string; readonly late: boolean } {
  const left = Date.parse(dueAt) - now
  if (left > 0) return { text: t('left', { time: spanWords(left, language) }), late: false }
  return { text: t('late', { time: spanWords(-left, language) }), late: true }
}

export function resultOf({ closed, outcomes }: TaskView, language: Language, t: T): string {
  if (closed === null) return ''
  const chosen = outcomes.find((one) => one.id === closed.outcome)
  if (chosen) return outcomeName(chosen, language)
  return closed.reason === null ? '' : reasonWords(closed.reason, language, t)
}

function reasonWords(reason: string, language: Language, t: T): string {
  return reason === 'moved' || reason === 'failed' ? t(reason) : resultWords(reason, language)
}

export function entryWords(
  { kind, details }: TaskDetail['history'][number],
  { outcomes }: TaskView,
  { t, language, timeZone, nameOf }: { t: T; language: Language; timeZone: string; nameOf: (email: string) => string },
): string {
  if (kind === 'done') {
    const chosen = outcomes.find((one) => one.id === details.outcome)
    return t('entry_done', { result: chosen ? outcomeName(chosen, language) : String(details.outcome ?? '') })
  }
  if (kind === 'handed') return t('entry_handed', { to: handedTo(details.to, language, nameOf) })
  if (kind === 'rescheduled') return t('entry_rescheduled', { time: formatTime(String(details.to ?? ''), timeZone, { seconds: false }) })
  if (kind === 'withdrawn') return t('entry_withdrawn', { reason: reasonWords(String(details.reason ?? ''), language, t) })
  return t(`entry_${kind}`)
}

function handedTo(to: unknown, language: Language, nameOf: (email: string) => string): string {
  const parsed = taskForSchema.safeParse(to)
  return parsed.success ? whoWords(parsed.data, language, nameOf) : ''
}

/** A program may have a key without a name. */
export const byWords = ({ name }: { readonly name: string }, t: T): string => name || t('program')

/** Why a task is not ours: who has it, or how it ended. Null: the error is another one. */
export function refusalWords(error: unknown, language: Language): string | null {
  return error instanceof ApiError && error.code === 'conflict' ? problemWords(error.message, language) : null
}
