import { expect, test } from 'vitest'
import { translator } from '../i18n/texts.ts'
import { decisionNote } from './decision-note.ts'
import { reasonText } from './reasons.ts'
import { texts } from './texts.ts'

const words = {
  t: translator(texts, 'zh'),
  time: (at: string | number) => new Date(at).toISOString().slice(0, 10),
  reason: (code: string) => reasonText(code, 'zh'),
}

test('the gate says how many messages used up the limit', () => {
  expect(decisionNote('frequency_cap', { max: 3, hours: 24, sent: [1, 2, 3] }, words)).toBe('24 小时内已发 3 条，上限 3 条')
})

test('the gate says which hours are quiet, and where', () => {
  expect(decisionNote('quiet_hours', { zone: 'Asia/Shanghai', start: '21:00', end: '08:00' }, words)).toBe(
    '免打扰 21:00–08:00（Asia/Shanghai）',
  )
})

test('the gate says why an address is suppressed, and since when', () => {
  expect(decisionNote('suppressed', { why: 'opt_out', since: Date.parse('2026-03-01T00:00:00Z') }, words)).toBe('用户回复退订 (2026-03-01)')
  expect(decisionNote('no_consent', { consent: 'never_given', at: null }, words)).toBe('从未授权')
})

test('a popup that waits is kept, not sent, until its time is over', () => {
  expect(decisionNote('awaiting_visit', { until: Date.parse('2026-03-01T00:00:00Z') }, words)).toBe('保留到 2026-03-01')
  expect(decisionNote('quiet_hours', { until: Date.parse('2026-03-01T00:00:00Z') }, words)).toBe('到 2026-03-01 再发')
})

test('details that say nothing to an operator make no note', () => {
  expect(decisionNote('allowed', { purpose: 'transactional', recent: 0 }, words)).toBeNull()
})

test('a code nobody has put into words is shown as it came', () => {
  expect(reasonText('isv.NEW_CODE', 'zh')).toContain('isv.NEW_CODE')
})
