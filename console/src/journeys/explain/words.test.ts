import type { Evaluation, News } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { translator } from '../../i18n/texts.ts'
import { explainTexts } from './texts.ts'
import { differs, newsName, newsWords, seenWords, type Words } from './words.ts'

function wordsIn(language: 'zh' | 'en'): Words {
  const key = (name: string) => name
  const naming = { language, timeZone: 'Asia/Shanghai', tag: key, segment: key, template: key, coupon: key, journey: key }
  return { t: translator(explainTexts, language), naming, time: (at) => at.slice(5, 16).replace('T', ' ') }
}
const zh = wordsIn('zh')
const en = wordsIn('en')
const at = '2026-03-02T10:00:00.000Z'
const news = (more: Partial<News>): News => ({
  ...{
    at,
    receivedAt: at,
    kind: 'event',
    name: 'Order Paid',
    value: '',
    outcome: 'entered',
    run: null,
    reason: null,
    until: null,
    failed: [],
  },
  ...more,
})

test('what a condition saw is said with its number and when', () => {
  expect(seenWords({ kind: 'events', count: 2, value: 60.5, lastAt: at, more: false }, zh)).toBe('2 次 · 算出来是 60.5 · 最近 03-02 10:00')
  expect(seenWords({ kind: 'events', count: 2, value: 2, lastAt: null, more: false }, en)).toBe('2 times')
  expect(seenWords({ kind: 'events', count: 0, value: 0, lastAt: null, more: false }, zh)).toBe('一次也没有')
  expect(seenWords({ kind: 'attribute', value: null, statedAt: null }, zh)).toBe('当时没有这一项')
  expect(seenWords({ kind: 'gone', changedAt: at }, zh)).toBe('03-02 10:00 改过，之前的值没有留下')
  expect(seenWords({ kind: 'member', since: null, until: null }, en)).toBe('never was')
})

test('what came of a trigger is said with the reason', () => {
  expect(newsWords(news({ outcome: 'refused', reason: 'entered_before' }), zh)).toBe('没有进入：进入过')
  const failed = [{ filter: { property: 'total', op: 'gte' as const, value: 100 }, found: 59 }]
  expect(newsWords(news({ outcome: 'filtered', failed }), zh)).toMatch(/^不符合触发条件：要求.*100，当时是 59$/)
  expect(newsWords(news({ outcome: 'ended', reason: 'Order Paid', until: at }), en)).toContain('followed at 03-02 10:00')
  expect(newsWords(news({ outcome: 'skipped', reason: 'paused' }), zh)).toBe('这一次没有执行：流程暂停中')
  expect(newsName(news({ kind: 'tag_entry', name: 'stage', value: 'active' }), zh)).toBe('stage · active')
})

test('a difference between what was written down and what is worked out is told, and what is open is none', () => {
  const evaluation = (recorded: boolean | null, holds: boolean | null): Evaluation => ({
    ...{ place: 'condition', name: '', recorded },
    inputs: { rule: { kind: 'all', rules: [] }, at, holds, parts: [] },
  })
  expect([
    differs(evaluation(true, false)),
    differs(evaluation(true, true)),
    differs(evaluation(null, false)),
    differs(evaluation(true, null)),
  ]).toEqual([true, false, false, false])
})
