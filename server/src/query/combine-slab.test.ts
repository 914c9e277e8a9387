import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasBit } from '../platform/bits.ts'
import { compileProgram } from './combine.ts'
import { compileSlabProgram } from './combine-slab.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'

const leafOf = (n: number): ResolvedRule => ({ kind: 'random', seed: `${n}`, from: 0, to: 1 })
const { rule } = fc.letrec<{ rule: ResolvedRule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small' },
    fc.nat(5).map(leafOf),
    fc.array(tie('rule'), { maxLength: 4 }).map((rules): ResolvedRule => ({ kind: 'all', rules })),
    fc.array(tie('rule'), { maxLength: 4 }).map((rules): ResolvedRule => ({ kind: 'any', rules })),
    tie('rule').map((part): ResolvedRule => ({ kind: 'not', rule: part })),
  ),
}))
const leafAnswer = fc.record({ held: fc.boolean(), next: fc.constantFrom(0, 0, 3, 5, 8) })

test('a slab is told what each of its people would be told alone', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 5 }),
      fc.array(fc.array(leafAnswer, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 70 }),
      fc.boolean(),
      (rules, people, still) => {
        const leaves = [...distinctLeaves(rules).values()]
        const answerOf = (person: number, leaf: number) => {
          const answer = people[person]?.[leaf]
          // A leaf that never turns for anybody is told otherwise than one that does not turn for some.
          return { held: answer?.held === true, next: still && leaf % 2 === 0 ? 0 : (answer?.next ?? 0) }
        }
        const slab = compileSlabProgram(
          rules,
          leaves.map((_, leaf) => (_facts, from, to, said) => {
            said.fill(false)
            for (let person = from; person < to; person++) {
              const { held, next } = answerOf(person, leaf)
              said.hold(person - from, held)
              said.turns(person - from, next || Number.POSITIVE_INFINITY)
            }
          }),
        )
        const facts = { people: people.map((_, i) => i), attributes: new Map(), events: new Map(), members: new Map() }
        slab.run(slab.planOf(rules.map((_, i) => i)), facts, 0, people.length)
        const alone = compileProgram(rules)
        for (const person of people.keys()) {
          const answers = leaves.map((_, leaf) => answerOf(person, leaf))
          alone.run({ held: answers.map((one) => Number(one.held)), wait: answers.map((one) => one.next) })
          for (const i of rules.keys()) {
            const said = slab.saidOf(i)
            expect(hasBit(said.held, person)).toBe(alone.holds(i))
            expect(said.turning ? said.next[person] : Number.POSITIVE_INFINITY).toBe(alone.staysMs(i))
          }
        }
      },
    ),
    { seed: 11, numRuns: 300 },
  )
})
