import { type Rule, ruleNodesMax } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { problemWords } from '../ui/problem-words.ts'
import { ruleAt } from './rule-editing.ts'
import { editRule, type RuleEdit } from './rule-edits.ts'
import { fullness, isLong, openedAfter } from './rule-length.ts'
import { ruleProblems } from './rule-problems.ts'

const tag = (key: string): Rule => ({ kind: 'tag', tag: key })
const group = (size: number, name = 't'): Rule => ({ kind: 'any', rules: Array.from({ length: size }, (_, i) => tag(`${name}${i}`)) })
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })

test('a rule with hundreds of conditions says how many there may be, and how many are too many', () => {
  const rule = all(...Array.from({ length: 6 }, () => group(90)))
  expect(fullness(group(50))).toBe(null)
  expect(fullness(all(group(99)))).toEqual({ nodes: 101, max: ruleNodesMax, over: 0 })
  expect(fullness(rule)).toEqual({ nodes: 547, max: 500, over: 47 })
  const [problem, ...others] = ruleProblems(rule)
  expect([problem?.path, others]).toEqual([[5, 43], []])
  expect(problemWords(problem?.message ?? '', 'zh')).toBe('条件（分组也算）最多 500 个，现在有 547 个')
})

test('a group that is too long says so with its length', () => {
  const [problem] = ruleProblems(all(tag('a'), group(123)))
  expect(problem).toMatchObject({ path: [1], level: 'error' })
  expect(problemWords(problem?.message ?? '', 'zh')).toBe('一组最多 100 个条件，现在有 123 个，请把一部分放进新的条件组')
})

test('of a long rule one condition is open: a new one, or the open one wherever it goes', () => {
  const rule = all(tag('a'), group(60), tag('b'))
  expect([isLong(rule), isLong(group(39))]).toEqual([true, false])
  const opened = (edit: RuleEdit, before: readonly number[] | null) => {
    const path = openedAfter(rule, edit, before)
    return path === null ? null : ruleAt(editRule(rule, edit), path)
  }
  expect(opened({ type: 'insert', path: [1], rule: tag('new') }, null)).toEqual(tag('new'))
  expect(opened({ type: 'duplicate', path: [2] }, null)).toEqual(tag('b'))
  expect(opened({ type: 'shift', path: [2], by: -1 }, [2])).toEqual(tag('b'))
  expect(opened({ type: 'set', path: [2], rule: tag('c') }, [2])).toEqual(tag('c'))
  expect(opened({ type: 'remove', path: [0] }, [2])).toBe(null)
  expect(opened({ type: 'shift', path: [0], by: 1 }, [2])).toBe(null)
  expect(opened({ type: 'replace', rule: tag('x') }, [2])).toBe(null)
})
