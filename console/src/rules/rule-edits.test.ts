import { ruleProblems as contractProblems, type Rule, ruleSchema } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { startHistory } from '../ui/history.ts'
import { asGroup, isGroup, leafCount, newEventRule, newRule, peel, type RulePath, ruleAt } from './rule-editing.ts'
import { type DropTarget, editRule, focusAfter, type RuleEdit, typingPlace } from './rule-edits.ts'
import { historyKey, keyEdit } from './rule-keys.ts'
import { hasErrors, ruleProblems } from './rule-problems.ts'
import { ruleStarters } from './rule-starters.ts'
import { doEdit, mergeKey, ruleHistory } from './use-rule-history.ts'

const tag = (key: string): Rule => ({ kind: 'tag', tag: key })
const [a, b, c, d] = [tag('a'), tag('b'), tag('c'), tag('d')]
const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules })
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
const not = (rule: Rule): Rule => ({ kind: 'not', rule })

describe('moving conditions about', () => {
  const tree = all(a, any(b, c), d)
  const between = (group: RulePath, index: number): DropTarget => ({ place: 'between', group, index })
  const drop = (path: RulePath, target: DropTarget) => editRule(tree, { type: 'drop', path, target })

  it('drops between the conditions of its own group, on either side', () => {
    expect(drop([0], between([], 3))).toEqual(all(any(b, c), d, a))
    expect(drop([2], between([], 0))).toEqual(all(d, a, any(b, c)))
    expect(drop([0], between([], 1))).toBe(tree)
  })

  it('drops into another group, whose place shifts when the condition leaves', () => {
    expect(drop([0], between([1], 1))).toEqual(all(any(b, a, c), d))
    expect(drop([1, 0], between([], 0))).toEqual(all(b, a, any(c), d))
  })

  it('makes a group of two conditions when one is dropped on the other', () => {
    expect(drop([0], { place: 'on', path: [2] })).toEqual(all(any(b, c), any(d, a)))
    expect(drop([2], { place: 'on', path: [1, 1] })).toEqual(all(a, any(b, all(c, d))))
  })

  it('never drops a group into itself', () => {
    expect(drop([1], between([1], 0))).toBe(tree)
    expect(drop([1], { place: 'on', path: [1, 0] })).toBe(tree)
    expect(drop([1, 0], { place: 'on', path: [1] })).toBe(tree)
  })

  it('goes into the group beside it and out again', () => {
    expect(editRule(tree, { type: 'into', path: [0] })).toEqual(all(any(a, b, c), d))
    expect(editRule(tree, { type: 'into', path: [2] })).toEqual(all(a, any(b, c, d)))
    expect(editRule(tree, { type: 'out', path: [1, 0] })).toEqual(all(a, any(c), b, d))
    expect(editRule(tree, { type: 'out', path: [0] })).toBe(tree)
    expect(editRule(all(any(b)), { type: 'out', path: [0, 1] })).toEqual(all(any(b)))
    expect(editRule(all(a, not(any(b))), { type: 'out', path: [1, 0, 0] })).toEqual(all(a, b))
    expect(editRule(all(a, not(any(b))), { type: 'into', path: [0] })).toEqual(all(not(any(a, b))))
  })

  it('pastes after a condition, and a whole rule as a group', () => {
    expect(editRule(tree, { type: 'paste', path: [1, 0], rule: d })).toEqual(all(a, any(b, d, c), d))
    expect(editRule(tree, { type: 'paste', path: [], rule: any(a) })).toEqual(all(a, any(b, c), d, any(a)))
    expect(editRule(all(), { type: 'paste', path: [], rule: any(a) })).toEqual(any(a))
  })

  it('keeps the focus on what was moved, and gives that of a removed one to its neighbour', () => {
    expect(focusAfter(tree, { type: 'shift', path: [0], by: 1 })).toEqual([1])
    expect(focusAfter(tree, { type: 'into', path: [0] })).toEqual([0, 0])
    expect(focusAfter(tree, { type: 'out', path: [1, 1] })).toEqual([2])
    expect(focusAfter(tree, { type: 'remove', path: [2] })).toEqual([1])
    expect(focusAfter(tree, { type: 'remove', path: [0] })).toEqual([0])
    expect(focusAfter(all(a), { type: 'remove', path: [0] })).toEqual([])
    expect(focusAfter(tree, { type: 'duplicate', path: [1] })).toEqual([2])
  })
})

test('keys move, copy and remove the condition that has the focus', () => {
  const press = (key: string, held: 'alt' | 'ctrl' | 'none' = 'none') => ({ key, alt: held === 'alt', ctrl: held === 'ctrl', shift: false })
  expect(keyEdit(press('ArrowUp', 'alt'), [1])).toEqual({ type: 'shift', path: [1], by: -1 })
  expect(keyEdit(press('ArrowRight', 'alt'), [1])).toEqual({ type: 'into', path: [1] })
  expect(keyEdit(press('d', 'ctrl'), [1])).toEqual({ type: 'duplicate', path: [1] })
  expect(keyEdit(press('Delete'), [1])).toEqual({ type: 'remove', path: [1] })
  expect(keyEdit(press('Delete'), [])).toBeNull()
  expect(keyEdit(press('x'), [1])).toBeNull()
  expect(historyKey(press('z', 'ctrl'))).toBe('undo')
  expect(historyKey({ ...press('Z', 'ctrl'), shift: true })).toBe('redo')
})

test('typing in one field is undone at once, and two fields are not', () => {
  const set = (patch: object): RuleEdit => ({ type: 'set', path: [0], rule: { ...newEventRule('Order Paid'), ...patch } })
  const root = all(newEventRule('Order Paid'))
  let history = startHistory(root)
  for (const value of [15, 150, 1500]) history = doEdit(history, set({ value }))
  expect(ruleHistory(history, { type: 'undo' }).present).toBe(root)
  history = doEdit(history, set({ value: 1500, op: 'lte' }))
  expect(ruleHistory(history, { type: 'undo' }).present).toEqual(all({ ...newEventRule('Order Paid'), value: 1500 }))
  expect(typingPlace({ x: 'ab' }, { x: 'abc' })).toBe('.x')
  expect(typingPlace({ x: 'ab' }, { x: 'zz' })).toBeNull()
  expect(typingPlace({ x: 'ab', y: 1 }, { x: 'abc', y: 12 })).toBeNull()
})

test('every starter is a rule that the contract takes', () => {
  for (const { rule, key } of ruleStarters) {
    expect(ruleSchema.safeParse(rule).success, key).toBe(true)
    expect(ruleProblems(rule), key).toEqual([])
  }
})

/** A draft as it comes about: fresh from the menu or filled in, anywhere in a tree. */
const leaf = fc.oneof(
  fc
    .constantFrom<Exclude<Rule['kind'], 'all' | 'not'>>('event', 'occurrence', 'sequence', 'attribute', 'tag', 'segment', 'random', 'any')
    .map(newRule),
  fc.constantFrom(...ruleStarters.map((starter) => starter.rule)),
  fc.constantFrom(a, b),
)
const path = fc.array(fc.nat(3), { maxLength: 4 })
const target: fc.Arbitrary<DropTarget> = fc.oneof(
  fc.record({ place: fc.constant('between' as const), group: path, index: fc.nat(4) }),
  fc.record({ place: fc.constant('on' as const), path }),
)
const edit: fc.Arbitrary<RuleEdit> = fc.oneof(
  fc.record({ type: fc.constant('replace' as const), rule: leaf }),
  fc.record({ type: fc.constant('set' as const), path, rule: leaf }),
  fc.record({ type: fc.constant('insert' as const), path, rule: leaf }),
  fc.record({ type: fc.constant('paste' as const), path, rule: leaf }),
  fc.record({ type: fc.constant('join' as const), path, kind: fc.constantFrom('all' as const, 'any' as const) }),
  fc.record({ type: fc.constant('shift' as const), path, by: fc.constantFrom(-1 as const, 1 as const) }),
  fc.record({ type: fc.constant('drop' as const), path, target }),
  fc.record({
    type: fc.constantFrom(
      'remove' as const,
      'duplicate' as const,
      'negate' as const,
      'wrap' as const,
      'unwrap' as const,
      'into' as const,
      'out' as const,
    ),
    path,
  }),
)

describe('whatever is edited in whatever order', () => {
  it('is a rule that the contract takes, or a draft that says where it is incomplete', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 25 }), (edits) => {
        let root = asGroup(null)
        for (const one of edits) {
          root = editRule(root, one)
          expect(isGroup(peel(root).inner)).toBe(true)
          const problems = ruleProblems(root)
          const taken = ruleSchema.safeParse(root).success && contractProblems(root).length === 0
          expect(taken || hasErrors(problems)).toBe(true)
          for (const problem of problems) expect(ruleAt(root, problem.path), JSON.stringify(problem)).toBeDefined()
        }
      }),
      { numRuns: 400 },
    )
  })

  it('is undone and redone exactly', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 25 }), (edits) => {
        let history = startHistory(asGroup(null))
        const seen: Rule[] = [history.present]
        for (const one of edits) {
          // Typing that is gathered into one step takes the place of the state before.
          const gathered = mergeKey(history.present, one) !== null && mergeKey(history.present, one) === history.merge
          const next = doEdit(history, one)
          if (next !== history) gathered ? seen.splice(-1, 1, next.present) : seen.push(next.present)
          history = next
        }
        for (const state of seen.slice(0, -1).reverse()) {
          history = ruleHistory(history, { type: 'undo' })
          expect(history.present).toEqual(state)
        }
        for (const state of seen.slice(1)) {
          history = ruleHistory(history, { type: 'redo' })
          expect(history.present).toEqual(state)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('loses no condition by moving', () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 6 }), fc.array(edit, { maxLength: 15 }), (leaves, edits) => {
        let root: Rule = all(...leaves)
        for (const one of edits) {
          if (one.type === 'drop' || one.type === 'into' || one.type === 'out' || one.type === 'shift' || one.type === 'wrap') {
            const next = editRule(root, one)
            expect(leafCount(next)).toBe(leafCount(root))
            root = next
          }
        }
      }),
      { numRuns: 1000 },
    )
  })
})
