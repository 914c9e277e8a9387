import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wilson } from './proportion.ts'
import { correlation, type IndexCounts, targetIndex } from './target-index.ts'

/** A group within a base: how many of it and of the others there are, and have it. */
const within = (size: number, count: number, others: number, othersCount: number): IndexCounts => ({
  group: { size, count },
  base: { size: size + others, count: count + othersCount },
  both: { size, count },
})
const apart = (size: number, count: number, baseSize: number, baseCount: number): IndexCounts => ({
  group: { size, count },
  base: { size: baseSize, count: baseCount },
  both: { size: 0, count: 0 },
})

test('the index is share / share × 100', () => {
  // 17 % of 200 against 8.5 % of 1,000.
  const found = targetIndex(within(200, 34, 800, 51))
  expect(found).toMatchObject({ groupShare: 0.17, baseShare: 0.085, weakness: null })
  expect(found.index).toBeCloseTo(200, 9)
})

test('nothing is said of nobody, and little of few', () => {
  expect(targetIndex(apart(0, 0, 50, 10))).toMatchObject({ groupShare: null, index: null, low: null, weakness: 'small_group' })
  expect(targetIndex(apart(50, 3, 50, 0))).toMatchObject({ groupShare: 0.06, index: null, high: null, weakness: 'none_in_base' })
  expect(targetIndex(apart(29, 20, 500, 300)).weakness).toBe('small_group')
  expect(targetIndex(within(40, 1, 1_000, 100)).weakness).toBe('few_expected')
  expect(targetIndex(within(60, 1, 1_000, 100)).weakness).toBe(null)
  expect(targetIndex(apart(100, 0, 100, 40))).toMatchObject({ index: 0, low: 0 })
})

const counts = fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.double({ min: 0, max: 1, noNaN: true })).map(([size, part]) => ({
  size,
  count: Math.round(size * part),
}))
/** Three groups of people that do not overlap: only in the group, in both, only in the base. */
const overlapping = fc.tuple(counts, counts, counts).map(([only, both, rest]): IndexCounts => {
  const sum = (a: typeof only, b: typeof only) => ({ size: a.size + b.size, count: a.count + b.count })
  return { group: sum(only, both), base: sum(both, rest), both }
})

/** The MOVER limit of p - θq, written down as it stands in the paper. */
function limitOfDifference(of: IndexCounts, theta: number, side: 'low' | 'high'): number {
  const [p, q] = [of.group.count / of.group.size, of.base.count / of.base.size]
  const [P, Q] = [wilson(of.group.count, of.group.size), wilson(of.base.count, of.base.size)]
  const [a, b] = side === 'low' ? [p - P.low, Q.high - q] : [P.high - p, q - Q.low]
  const width = Math.sqrt(Math.max(0, a ** 2 + (theta * b) ** 2 - 2 * correlation(of) * theta * a * b))
  return p - theta * q + (side === 'low' ? -width : width)
}

test('the ends are where the slow search finds the limits of the difference to vanish', () => {
  fc.assert(
    fc.property(overlapping, (of) => {
      const found = targetIndex(of)
      if (found.index === null || found.low === null) return
      const search = (side: 'low' | 'high', from: number, to: number) => {
        for (let i = 0; i < 200; i++) {
          const middle = (from + to) / 2
          if (limitOfDifference(of, middle, side) > 0) from = middle
          else to = middle
        }
        return from * 100
      }
      const ratio = found.index / 100
      expect(found.low).toBeCloseTo(Math.min(search('low', 0, ratio + 1e-9), found.index), 4)
      if (found.high !== null) {
        const far = (found.high / 100) * 2 + 1
        expect(Math.abs(search('high', ratio - 1e-12, far) - found.high) / Math.max(1, found.high)).toBeLessThan(1e-4)
      }
      expect(found.low <= found.index && (found.high === null || found.index <= found.high)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('against itself a group is 100, closely', () => {
  const found = targetIndex({ group: { size: 400, count: 90 }, base: { size: 400, count: 90 }, both: { size: 400, count: 90 } })
  expect(found.index).toBeCloseTo(100, 9)
  expect((found.high ?? 0) - (found.low ?? 0)).toBeLessThan(5)
})

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

describe('of 2,000 draws the interval holds the true index in 93 to 97 of a hundred', () => {
  const draw = (random: () => number, size: number, share: number) => {
    let count = 0
    for (let i = 0; i < size; i++) if (random() < share) count++
    return { size, count }
  }
  test.each([
    ['a segment within everyone', 150, 0.2, 0, 0, 600, 0.1],
    ['a large segment within everyone', 700, 0.12, 0, 0, 300, 0.25],
    ['two segments apart', 120, 0.15, 200, 0.3, 0, 0],
    ['two segments that overlap by half', 200, 0.2, 200, 0.1, 200, 0.3],
  ])('%s', (name, size, share, otherSize, otherShare, bothSize, bothShare) => {
    const random = seeded(7)
    const runs = 2_000
    let held = 0
    for (let run = 0; run < runs; run++) {
      const a = draw(random, size, share)
      const b = draw(random, otherSize, otherShare)
      const c = draw(random, bothSize, bothShare)
      const of: IndexCounts = name.includes('within')
        ? within(a.size, a.count, c.size, c.count)
        : {
            group: { size: a.size + c.size, count: a.count + c.count },
            base: { size: b.size + c.size, count: b.count + c.count },
            both: c,
          }
      const truth = name.includes('within')
        ? share / ((size * share + bothSize * bothShare) / (size + bothSize))
        : (size * share + bothSize * bothShare) /
          (size + bothSize) /
          ((otherSize * otherShare + bothSize * bothShare) / (otherSize + bothSize))
      const { low, high } = targetIndex(of)
      if (low !== null && high !== null && low <= truth * 100 && truth * 100 <= high) held++
    }
    expect(held / runs).toBeGreaterThan(0.93)
    expect(held / runs).toBeLessThan(0.975)
  })
})
