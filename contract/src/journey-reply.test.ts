import { expect, test } from 'vitest'
import { replyFits, replyProblems } from './journey-reply.ts'

const equals = (...words: string[]) => ({ kind: 'inbound_message' as const, match: 'equals' as const, words })
const contains = (...words: string[]) => ({ kind: 'inbound_message' as const, match: 'contains' as const, words })

test.each(['Y', 'y', ' Ｙ ', '“y”。', 'y！'])('%s says just Y, however it is written', (text) => {
  expect(replyFits(equals('预约', 'Y'), text)).toBe(true)
})
test.each(['yes', 'Y 谢谢', '不要', ''])('%j does not say just Y', (text) => {
  expect(replyFits(equals('Y'), text)).toBe(false)
})
test('a word may stand anywhere', () => {
  expect(['我要预约周六', '想 预 约', '预约'].map((text) => replyFits(contains('预约', 'book'), text))).toEqual([true, true, true])
  expect(replyFits(contains('预约', 'book'), 'Please BOOK me')).toBe(true)
  expect(replyFits(contains('预约'), '改天再说')).toBe(false)
})
test('what ends marketing starts nothing, whatever is looked for; what merely has the word in it may', () => {
  const any = { kind: 'inbound_message' as const, match: 'any' as const, words: [] }
  expect(['T', '退订', '回复TD', 'STOP!'].map((text) => replyFits(any, text))).toEqual([false, false, false, false])
  expect(replyFits(contains('退'), '退')).toBe(false)
  expect(replyFits(contains('退'), '我想退货')).toBe(true)
  expect(replyFits(any, '收到')).toBe(true)
  expect(replyFits(any, undefined)).toBe(false)
})
test('words that can never count are told with their place', () => {
  expect(replyProblems(equals('Y'))).toEqual([])
  expect(replyProblems(contains('T'))).toEqual([])
  expect(replyProblems(equals('Y', 't'))).toMatchObject([{ path: 'trigger.words.1', message: expect.stringContaining('ends marketing') }])
  expect(replyProblems(contains('？！'))).toMatchObject([{ path: 'trigger.words.0' }])
  expect(replyProblems(equals())).toMatchObject([{ path: 'trigger.words' }])
})
