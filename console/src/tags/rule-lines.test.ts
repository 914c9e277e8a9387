import type { Rule } from '@chaoxi/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines, linesOf, type RuleLine } from './rule-lines.ts'

const naming = { language: 'zh', timeZone: 'Asia/Shanghai', tag: (key: string) => key, segment: (key: string) => key } as const
const words = { all: '同时满足', any: '满足任一', not: '不满足' }
const tag = (key: string): Rule => ({ kind: 'tag', tag: key })

test('a rule is an outline of its groups and conditions', () => {
  const rule: Rule = { kind: 'all', rules: [tag('vip'), { kind: 'not', rule: { kind: 'any', rules: [tag('lost'), tag('risk')] } }] }
  expect(linesOf(rule, naming, words).map(({ depth, text }) => `${'·'.repeat(depth)}${text}`)).toEqual([
    '同时满足',
    '·有标签「vip」',
    '·不满足',
    '··满足任一',
    '···有标签「lost」',
    '···有标签「risk」',
  ])
  expect(linesOf(null, naming, words)).toEqual([])
})

test('only what changed is added or removed', () => {
  const lines = (...keys: string[]) => linesOf({ kind: 'all', rules: keys.map(tag) }, naming, words)
  expect(diffLines(lines('a', 'b', 'c'), lines('a', 'x', 'c')).map(({ state, text }) => [state, text])).toEqual([
    ['same', '同时满足'],
    ['same', '有标签「a」'],
    ['removed', '有标签「b」'],
    ['added', '有标签「x」'],
    ['same', '有标签「c」'],
  ])
})

test('without what was added it is what it was, without what was removed what it became, and no more than needed', () => {
  const outline = fc.array(fc.record({ depth: fc.constantFrom(0, 1), text: fc.constantFrom('a', 'b', 'c') }), { maxLength: 8 })
  const plain = ({ depth, text }: RuleLine) => ({ depth, text })
  fc.assert(
    fc.property(outline, outline, (before, after) => {
      const diff = diffLines(before, after)
      expect(diff.filter(({ state }) => state !== 'added').map(plain)).toEqual(before)
      expect(diff.filter(({ state }) => state !== 'removed').map(plain)).toEqual(after)
      if (JSON.stringify(before) === JSON.stringify(after)) expect(diff.every(({ state }) => state === 'same')).toBe(true)
    }),
  )
})
