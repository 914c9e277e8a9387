import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyBits, hasBit, setBit } from '../platform/bits.ts'
import { type Answers, joined } from './answers.ts'

test('blocks one after the other keep everybody’s bits and instants', () => {
  const block = fc.array(fc.record({ first: fc.boolean(), second: fc.boolean(), due: fc.integer() }), { maxLength: 100 })
  fc.assert(
    fc.property(fc.array(block, { maxLength: 5 }), (blocks) => {
      let person = 0
      const parts = blocks.map((people): Answers => {
        const held = [emptyBits(people.length), emptyBits(people.length)]
        for (const [i, one] of people.entries())
          for (const [rule, holds] of [one.first, one.second].entries()) if (holds) setBit(held[rule] ?? emptyBits(0), i)
        return { people: people.map(() => ++person), held, due: Float64Array.from(people, (one) => one.due) }
      })
      const all = joined(parts, 2)
      const people = blocks.flat()
      expect(all.people).toEqual(people.map((_, i) => i + 1))
      expect([...all.due]).toEqual(people.map((one) => one.due))
      expect(people.map((_, i) => hasBit(all.held[0] ?? emptyBits(0), i))).toEqual(people.map((one) => one.first))
      expect(people.map((_, i) => hasBit(all.held[1] ?? emptyBits(0), i))).toEqual(people.map((one) => one.second))
    }),
    { seed: 5 },
  )
})
