import { type Rule, ruleSchema } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  asGroup,
  duplicateAt,
  insertInto,
  joinAt,
  leafCount,
  moveAt,
  negateAt,
  newEventRule,
  peel,
  removeAt,
  replaceAt,
  ruleAt,
  unwrapAt,
  wrapAt,
} from './rule-editing.ts'

const tag = (key: string): Rule => ({ kind: 'tag', tag: key })
const a = tag('a')
const b = tag('b')
const c = tag('c')
const tree: Rule = { kind: 'all', rules: [a, { kind: 'not', rule: { kind: 'any', rules: [b, c] } }] }

describe('editing a rule tree', () => {
  it('finds, replaces and inserts by path, through a not', () => {
    expect(ruleAt(tree, [1, 0, 1])).toEqual(c)
    expect(ruleAt(tree, [7])).toBeUndefined()
    expect(ruleAt(replaceAt(tree, [1, 0, 0], a), [1, 0, 0])).toEqual(a)
    expect(ruleAt(insertInto(tree, [1, 0], a, 1), [1, 0])).toEqual({ kind: 'any', rules: [b, a, c] })
  })

  it('removes a rule together with the nots around it', () => {
    const negated: Rule = { kind: 'all', rules: [a, { kind: 'not', rule: b }] }
    expect(removeAt(negated, [1, 0])).toEqual({ kind: 'all', rules: [a] })
    expect(removeAt(a, [])).toEqual({ kind: 'all', rules: [] })
  })

  it('negates and un-negates without piling nots up', () => {
    expect(negateAt(tree, [0])).toMatchObject({ rules: [{ kind: 'not', rule: a }, {}] })
    expect(negateAt(negateAt(tree, [0]), [0])).toEqual(tree)
    expect(negateAt({ kind: 'not', rule: { kind: 'not', rule: a } }, [])).toEqual({ kind: 'not', rule: a })
  })

  it('changes how a negated group joins and keeps the negation', () => {
    expect(joinAt(tree, [1], 'all')).toEqual({ kind: 'all', rules: [a, { kind: 'not', rule: { kind: 'all', rules: [b, c] } }] })
  })

  it('wraps a condition into a group of the other kind, and unwrapping gives the tree back', () => {
    const wrapped = wrapAt(tree, [0])
    expect(ruleAt(wrapped, [0])).toEqual({ kind: 'any', rules: [a] })
    expect(unwrapAt(wrapped, [0])).toEqual(tree)
  })

  it('moves among siblings and stops at the edges', () => {
    expect(moveAt({ kind: 'all', rules: [a, b] }, [0], 1)).toEqual({ kind: 'all', rules: [b, a] })
    expect(moveAt({ kind: 'all', rules: [a, b] }, [0], -1)).toEqual({ kind: 'all', rules: [a, b] })
  })

  it('shows a lone or negated condition inside a group of one', () => {
    expect(asGroup(null)).toEqual({ kind: 'all', rules: [] })
    expect(asGroup(a)).toEqual({ kind: 'all', rules: [a] })
    expect(asGroup({ kind: 'not', rule: a })).toEqual({ kind: 'all', rules: [{ kind: 'not', rule: a }] })
    expect(asGroup(tree)).toBe(tree)
  })

  it('keeps every random tree a valid rule, whatever is edited where', () => {
    const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Rule>(a, b, newEventRule('Order Paid')),
        fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), rules: fc.array(tie('rule'), { maxLength: 3 }) }),
        fc.record({ kind: fc.constant('not' as const), rule: tie('rule') }),
      ),
    }))
    fc.assert(
      fc.property(rule, fc.array(fc.nat(3), { maxLength: 4 }), (tree, path) => {
        const edits = [removeAt, negateAt, wrapAt, unwrapAt, duplicateAt] as const
        for (const edit of edits) expect(ruleSchema.safeParse(edit(tree, path)).success).toBe(true)
        expect(leafCount(wrapAt(tree, path))).toBe(leafCount(tree))
        const at = ruleAt(tree, path)
        if (at !== undefined) expect(peel(ruleAt(negateAt(tree, path), path) ?? at).negated).toBe(!peel(at).negated)
      }),
    )
  })
})
