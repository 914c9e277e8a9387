import type { Alarm } from '@chaoxi/contract'
import type { Translate } from '../../i18n/texts.ts'
import type { outletTexts } from './outlet-texts.ts'
import type { alarmTexts } from './texts.ts'

type T = Translate<keyof typeof alarmTexts>

/** How the alarm's number stands: 最近一小时 23% 失败，上限 20% */
export function standsWords({ kind, closedAt, openedWith, stands }: Alarm, t: T): string {
  const { value, limit, usual } = closedAt === null ? stands : openedWith
  const money = (fen: number) => `¥${(fen / 100).toFixed(2)}`
  if (kind === 'cost') return t('stands_cost', { value: money(value), limit: money(limit) })
  return t(`stands_${kind}`, { value, limit, usual: usual ?? 0 })
}

/** Codes of DingTalk, Feishu and WeCom that somebody can do something about. */
const codes: Readonly<Record<string, 'sign' | 'address' | 'often' | 'keyword'>> = {
  ...{ '310000': 'sign', '19021': 'sign' },
  ...{ '300001': 'address', '400013': 'address', '19001': 'address', '93000': 'address' },
  ...{ '130101': 'often', '410100': 'often', '11232': 'often', '45009': 'often' },
  ...{ '19022': 'keyword', '19024': 'keyword' },
}

/** Why the outlet was not reached, as the server says it in English. */
export function outletProblem(problem: string, t: Translate<keyof typeof outletTexts>): string {
  const status = /^it answered (\d+)$/.exec(problem)?.[1]
  if (status !== undefined) return t('problem_status', { status })
  const [, code, text = ''] = /^it answered code (-?\d+): (.*)$/s.exec(problem) ?? []
  if (code !== undefined) {
    const known = codes[code]
    return known === undefined ? t('problem_code', { code, text }) : t(`problem_${known}`, { code })
  }
  if (problem.includes('is no public address')) return t('problem_private')
  if (problem.startsWith('it answered')) return t('problem_other')
  return t(problem.startsWith('no answer') ? 'problem_slow' : 'problem_unreachable')
}
