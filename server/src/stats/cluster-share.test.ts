import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clusterShare } from './cluster-share.ts'
import { wilson } from './proportion.ts'

/** mulberry32: numbers in [0, 1) that are the same in every run. */
function createDraws(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const clusterArbitrary = fc
  .record({ size: fc.integer({ min: 1, max: 200 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ size, part }) => ({ size, count: Math.round(size * part) }))

describe('the share of clusters', () => {
  test('lies within its interval, which is never narrower than that of as many people drawn one by one from infinitely many', () => {
    fc.assert(
      fc.property(fc.array(clusterArbitrary, { minLength: 1, maxLength: 50 }), (clusters) => {
        const { share, interval } = clusterShare(clusters, 0.05)
        const [size, count] = [clusters.reduce((sum, one) => sum + one.size, 0), clusters.reduce((sum, one) => sum + one.count, 0)]
        const alone = wilson(count, size)
        expect(share).toBeCloseTo(count / size, 12)
        expect(interval.low <= share + 1e-12 && share - 1e-12 <= interval.high).toBe(true)
        expect(interval.high - interval.low).toBeGreaterThanOrEqual(alone.high - alone.low - 1e-9)
      }),
    )
  })

  test('everyone drawn leaves nothing to guess', () => {
    expect(clusterShare([{ size: 10, count: 3 }], 1)).toEqual({ share: 0.3, interval: { low: 0.3, high: 0.3 } })
  })

  test('neighbours who are alike count for little', () => {
    const alike = Array.from({ length: 20 }, (_, i) => ({ size: 100, count: i % 2 === 0 ? 100 : 0 }))
    const mixed = Array.from({ length: 20 }, () => ({ size: 100, count: 50 }))
    const width = (clusters: typeof alike) => {
      const { low, high } = clusterShare(clusters, 0.01).interval
      return high - low
    }
    // Twenty clusters of one opinion each are twenty people.
    expect(width(alike)).toBeGreaterThan(0.3)
    expect(width(mixed)).toBeLessThan(0.05)
  })

  test.each([
    ['people who differ from their neighbours at random', 0],
    ['shares that grow along the numbers', 0.1],
  ])('the interval holds the true share in about 95 of 100 draws: %s', (_, slope) => {
    const draw = createDraws(7)
    const population = Array.from({ length: 100_000 }, (_, i) => (draw() < 0.05 + slope * (i / 100_000) ? 1 : 0))
    const truth = population.reduce<number>((sum, one) => sum + one, 0) / population.length
    const [step, width, rounds] = [1_000, 20, 400]
    let holding = 0
    for (let round = 0; round < rounds; round++) {
      const first = Math.floor(draw() * (step - width))
      const clusters = Array.from({ length: population.length / step }, (_, i) => {
        const part = population.slice(i * step + first, i * step + first + width)
        return { size: part.length, count: part.reduce<number>((sum, one) => sum + one, 0) }
      })
      const { low, high } = clusterShare(clusters, width / step).interval
      if (low <= truth && truth <= high) holding++
    }
    expect(holding / rounds).toBeGreaterThan(0.93)
  })

  test('what is no sample is refused', () => {
    expect(() => clusterShare([], 0.5)).toThrow(RangeError)
    expect(() => clusterShare([{ size: 1, count: 1 }], 0)).toThrow(RangeError)
    expect(() => clusterShare([{ size: 1, count: 2 }], 0.5)).toThrow(RangeError)
  })
})
