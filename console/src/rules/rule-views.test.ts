import type { Rule, SequenceRule } from '@chaoxi/contract'
import { ruleProblems as contractProblems, ruleSchema } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import { readJson } from './json-reading.ts'
import { compareRules } from './rule-compare.ts'
import { newEventRule, newRule } from './rule-editing.ts'
import { ruleProblems, splitPath, toldProblems, under } from './rule-problems.ts'
import { addStep, removeStep, swapStep, withLink } from './sequence-editing.ts'
import { directionOf, offsetsOf, turned } from './window-choices.ts'

const bought = newEventRule('Order Paid')
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })

it('says of a problem which condition it is at and where in it', () => {
  const rule = all(bought, { kind: 'not', rule: newRule('sequence') })
  expect(splitPath(rule, 'rules.1.rule.steps.0.event')).toEqual({ path: [1, 0], part: 'steps.0.event' })
  expect(splitPath(rule, 'rules.0')).toEqual({ path: [0], part: '' })
  expect(ruleProblems(rule).map(({ path, part, code }) => ({ path, part, code }))).toEqual([
    { path: [1, 0], part: 'steps.0.event', code: 'event_missing' },
    { path: [1, 0], part: 'steps.1.event', code: 'event_missing' },
  ])
  expect(under(ruleProblems(rule), 'steps.1').map(({ part }) => part)).toEqual(['event'])
  expect(toldProblems(rule, [{ path: 'rules.0.event', message: 'no event "Order Paid" has arrived so far' }], 'warning')).toMatchObject([
    { path: [0], part: 'event', code: 'told' },
  ])
})

it('shows a problem of a JSON text at its line', () => {
  const rule = all(bought, { ...bought, window: { kind: 'relative', from: 3, to: 10, unit: 'day' } })
  const text = JSON.stringify(rule, null, 2)
  const reading = readJson(text, ruleSchema, contractProblems)
  expect(reading).toMatchObject({ ok: false, problems: [{ path: 'rules.1.window' }] })
  const line = reading.ok ? null : reading.problems[0]?.line
  expect(text.split('\n')[(line ?? 0) - 1]).toContain('"window": {')
  const broken = readJson('{"kind":"all",\n"rules":[{"kind":"tag",\n"tag":"a]}\\""},{"kind":"tag"}]}', ruleSchema)
  expect(broken).toMatchObject({ ok: false, problems: [{ path: 'rules.1.tag', line: 3 }] })
})

it('compares two rules line by line', () => {
  const naming = { language: 'zh', timeZone: 'Asia/Shanghai', tag: (key: string) => key, segment: (key: string) => key } as const
  const before = all(bought, { kind: 'tag', tag: '沉默' })
  const after = all(bought, { kind: 'not', rule: { kind: 'any', rules: [{ kind: 'tag', tag: '沉默' }] } })
  expect(compareRules(before, after, naming).map(({ change, depth, text }) => `${change} ${depth} ${text}`)).toEqual([
    'same 0 满足全部条件',
    'same 1 近 7 天有过支付订单',
    'removed 1 有标签「沉默」',
    'added 1 一条都不满足',
    'added 2 有标签「沉默」',
  ])
  expect(compareRules(before, structuredClone(before), naming).every((line) => line.change === 'same')).toBe(true)
})

it('keeps the steps of a sequence together', () => {
  const step = (event: string) => ({ event, filters: [] })
  const within = { amount: 30, unit: 'minute' } as const
  const sequence: SequenceRule = {
    kind: 'sequence',
    steps: [step('A'), { ...step('B'), within, without: [step('C')] }],
    window: { kind: 'ever' },
  }
  const linked = withLink(sequence, 'product_id')
  expect(addStep(linked).steps.map((one) => one.link)).toEqual(['product_id', 'product_id', 'product_id'])
  expect(linked.steps[1]?.without).toEqual([{ ...step('C'), link: 'product_id' }])
  expect(withLink(linked, null)).toEqual(sequence)
  expect(swapStep(sequence, 0).steps).toEqual([step('B'), { ...step('A'), within, without: [step('C')] }])
  expect(removeStep(sequence, 0).steps).toEqual([step('B')])
})

it('turns a span of the past into the same of the future', () => {
  const past = { kind: 'relative', from: 10, to: 3, unit: 'day' } as const
  expect(turned(past)).toEqual({ kind: 'relative', from: -3, to: -10, unit: 'day' })
  expect(turned(turned(past))).toEqual(past)
  expect(directionOf(past)).toBe('ago')
  expect(directionOf(turned(past))).toBe('ahead')
  expect(directionOf({ kind: 'relative', from: 3, to: -3, unit: 'day' })).toBeNull()
  expect(offsetsOf('year', false, -9)).toEqual([-9, -5, -4, -3, -2, -1, 0])
})
