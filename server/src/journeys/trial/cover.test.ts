import type { TrialTrait } from '@chaoxi/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, chooseCover, traitKey } from './cover.ts'

const trait = fc.record({
  kind: fc.constantFrom<TrialTrait['kind']>('rule', 'way', 'consent'),
  of: fc.constantFrom('a', 'b', 'c'),
  is: fc.constantFrom('yes', 'no'),
})
const candidates: fc.Arbitrary<Candidate[]> = fc.uniqueArray(
  fc.record({ id: fc.integer({ min: 1, max: 500 }), traits: fc.array(trait, { minLength: 1, maxLength: 6 }) }),
  { selector: (one) => one.id, minLength: 1, maxLength: 60 },
)
const keysOf = (some: readonly Candidate[]) => new Set(some.flatMap((one) => one.traits.map(traitKey)))

test('with as many people as there are traits, every trait that anybody has is among them', () => {
  fc.assert(
    fc.property(candidates, (all) => {
      const wanted = keysOf(all)
      const chosen = new Set(chooseCover(all, wanted.size).chosen.map((one) => one.id))
      expect(keysOf(all.filter((one) => chosen.has(one.id)))).toEqual(wanted)
    }),
  )
})

test('nobody is chosen twice, each for something that is true, whatever order they come in', () => {
  fc.assert(
    fc.property(candidates, fc.integer({ min: 1, max: 80 }), (all, count) => {
      const { chosen } = chooseCover(all, count)
      expect(chosen.length).toBe(Math.min(count, all.length))
      expect(new Set(chosen.map((one) => one.id)).size).toBe(chosen.length)
      for (const { id, reasons } of chosen) {
        const own = keysOf(all.filter((one) => one.id === id))
        expect(reasons.length).toBeGreaterThan(0)
        expect(reasons.every((one) => own.has(traitKey(one)))).toBe(true)
      }
      expect(chooseCover(all.toReversed(), count)).toEqual({ chosen })
    }),
  )
})

test('more people are the same ones and others besides', () => {
  fc.assert(
    fc.property(candidates, fc.integer({ min: 1, max: 40 }), (all, count) => {
      const some = chooseCover(all, count).chosen
      expect(chooseCover(all, count + 5).chosen.slice(0, some.length)).toEqual(some)
    }),
  )
})
