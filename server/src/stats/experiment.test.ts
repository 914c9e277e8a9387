import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Arm, bestProbabilities } from './best-arm.ts'
import { meanDifference, shareDifference } from './difference.ts'
import { sampleRatio } from './sample-ratio.ts'
import { betaBelow, logBeta, studentDeviate } from './special.ts'

const armOf = (most: number) =>
  fc.integer({ min: 0, max: most }).chain((people) => fc.integer({ min: 0, max: people }).map((successes): Arm => ({ people, successes })))

/** E. Miller, Formulas for Bayesian A/B testing (evanmiller.org/bayesian-ab-testing.html), eq. 6: exact for two. */
function secondIsBetter(a: Arm, b: Arm): number {
  const [aA, bA, bB] = [1 + a.successes, 1 + a.people - a.successes, 1 + b.people - b.successes]
  let sum = 0
  for (let i = 0; i <= b.successes; i++) sum += Math.exp(logBeta(aA + i, bA + bB) - Math.log(bB + i) - logBeta(1 + i, bB) - logBeta(aA, bA))
  return sum
}

test('of two the integral is the exact sum', () => {
  fc.assert(
    fc.property(armOf(3_000), armOf(3_000), (a, b) => {
      const [, second = 0] = bestProbabilities([a, b])
      expect(second).toBeCloseTo(secondIsBetter(a, b), 8)
    }),
    { numRuns: 60 },
  )
})

test('of several the probabilities sum to 1, alike for who is alike, and a success more never makes one less likely the best', () => {
  fc.assert(
    fc.property(fc.array(armOf(5_000), { minLength: 2, maxLength: 5 }), (arms) => {
      const found = bestProbabilities(arms)
      expect(found.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9)
      const [first] = arms
      if (!first) return
      const twice = bestProbabilities([first, ...arms])
      expect(twice[0]).toBeCloseTo(twice[1] ?? 0, 9)
      if (first.successes === first.people) return
      const more = bestProbabilities([{ ...first, successes: first.successes + 1 }, ...arms.slice(1)])
      expect(more[0] ?? 0).toBeGreaterThanOrEqual((found[0] ?? 0) - 1e-9)
    }),
    { numRuns: 30 },
  )
})

test('of three it is what drawing from the posteriors gives', () => {
  const arms = [
    { people: 400, successes: 31 },
    { people: 380, successes: 40 },
    { people: 410, successes: 37 },
  ]
  let seed = 12_345
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed + 0.5) / 2 ** 32
  }
  const quantiles = arms.map(({ people, successes }) => {
    const grid = Array.from({ length: 4_001 }, (_, i) => betaBelow(i / 16_000, 1 + successes, 1 + people - successes))
    return (p: number) => grid.findIndex((below) => below >= p)
  })
  const wins = [0, 0, 0]
  const draws = 6_000
  for (let i = 0; i < draws; i++) {
    const rates = quantiles.map((quantile) => quantile(random()) + random())
    const best = rates.indexOf(Math.max(...rates))
    wins[best] = (wins[best] ?? 0) + 1
  }
  const found = bestProbabilities(arms)
  for (const [i, count] of wins.entries()) expect(Math.abs(count / draws - (found[i] ?? 0))).toBeLessThan(0.03)
})

test('large and lopsided counts are answered too', () => {
  const found = bestProbabilities([
    { people: 1_000_000, successes: 50_000 },
    { people: 1_000_000, successes: 51_500 },
    { people: 3, successes: 0 },
    { people: 0, successes: 0 },
  ])
  expect(found.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9)
  // Of whom nothing is known may be better than anybody.
  expect(found[3]).toBeGreaterThan(found[1] ?? 1)
  expect(found[0]).toBeLessThan(1e-4)
  expect(
    bestProbabilities([
      { people: 1_000, successes: 0 },
      { people: 1_000, successes: 1_000 },
    ])[1],
  ).toBeCloseTo(1, 12)
  expect(() => bestProbabilities([{ people: 1, successes: 2 }])).toThrow(RangeError)
})

// R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
])('%i of %i next to %i of %i is what Newcombe prints', (a, m, b, n, low, high) => {
  const found = shareDifference({ people: m, successes: a }, { people: n, successes: b })
  expect([found?.low.toFixed(4), found?.high.toFixed(4)]).toEqual([low.toFixed(4), high.toFixed(4)])
})

test('the difference of means is the one of the Hillstrom mail: 0.7698 a head, Welch t 5.3001', () => {
  // The two arms' people and spend, with squares such that they have the standard deviations 17.7450 and 11.5879.
  const squares = (people: number, sum: number, deviation: number) => deviation ** 2 * (people - 1) + sum ** 2 / people
  const mens = { people: 21_307, sum: 30_311.69, squares: squares(21_307, 30_311.69, 17.745) }
  const none = { people: 21_306, sum: 13_908.33, squares: squares(21_306, 13_908.33, 11.5879) }
  const found = meanDifference(mens, none)
  expect(found?.by).toBeCloseTo(0.769827, 6)
  const half = ((found?.high ?? 0) - (found?.low ?? 0)) / 2
  expect((found?.by ?? 0) / (half / 1.96)).toBeCloseTo(5.3, 1)
  expect(meanDifference({ people: 1, sum: 1, squares: 1 }, none)).toBeNull()
  expect(meanDifference({ people: 5, sum: 0, squares: 0 }, { people: 5, sum: 0, squares: 0 })).toBeNull()
})

// Student's table, two-sided 5 %.
test.each([
  [1, 12.7062],
  [5, 2.5706],
  [10, 2.2281],
  [30, 2.0423],
  [1_000_000, 1.96],
])('with %i degrees of freedom the deviate is %f', (freedom, t) => {
  expect(studentDeviate(0.05, freedom)).toBeCloseTo(t, 4)
})

// GrowthBook's vectors.
test.each([
  [[1_000, 1_200], [0.5, 0.5], 2.0079e-5],
  [[135, 115], [0.5, 0.5], 0.205903211],
  [[310, 98], [0.75, 0.25], 0.647434186],
  [[1_000], [0.5, 0.5], 1],
  [[1_000, 900, 800], [1, 0, 0], 1],
  [[21_306, 21_307, 21_387], [1, 1, 1], 0.90369],
])('people %j by weights %j come out so with p %f', (people, weights, p) => {
  const found = sampleRatio(people, weights)
  expect(Math.abs(found - p) / p).toBeLessThan(1e-4)
})
