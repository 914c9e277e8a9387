import type { Alarm } from '@chaoxi/contract'
import type { Translate } from '../../i18n/texts.ts'
import type { alarmTexts } from './texts.ts'

type T = Translate<keyof typeof alarmTexts>

/** How the alarm's number stands: 最近一小时 23% 失败，上限 20% */
export function standsWords({ kind, closedAt, openedWith, stands }: Alarm, t: T): string {
  const { value, limit, usual } = closedAt === null ? stands : openedWith
  const money = (fen: number) => `¥${(fen / 100).toFixed(2)}`
  if (kind === 'cost') return t('stands_cost', { value: money(value), limit: money(limit) })
  return t(`stands_${kind}`, { value, limit, usual: usual ?? 0 })
}

/** Why the outlet was not reached, as the server says it in English. */
export function outletProblem(problem: string, t: T): string {
  const status = /^it answered (\d+)$/.exec(problem)?.[1]
  if (status !== undefined) return t('problem_status', { status })
  return t(problem.startsWith('no answer') ? 'problem_slow' : 'problem_unreachable')
}
