import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readableEdges } from './bands.ts'

test('edges are rounded to two digits, rise, and stand once', () => {
  expect(readableEdges([18.234, 38_417, 0.000_123_4, -271, 38_390])).toEqual([-270, 0.000_12, 18, 38_000])
  expect(readableEdges([0, -0, 0, 7.1, Number.NaN])).toEqual([0, 7.1])
  expect(readableEdges([])).toEqual([])
})

test('edges rise, and each lies within five parts of a hundred of a quantile', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), { maxLength: 8 }), (quantiles) => {
      const edges = readableEdges(quantiles)
      expect(edges.every((edge, i) => i === 0 || (edges[i - 1] ?? 0) < edge)).toBe(true)
      expect(edges.every((edge) => quantiles.some((one) => Math.abs(one - edge) <= Math.abs(one) * 0.05 + Number.MIN_VALUE))).toBe(true)
    }),
  )
})
