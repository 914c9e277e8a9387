import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wilson, z95 } from './proportion.ts'

// R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i is what Newcombe prints', (count, size, low, high) => {
  const found = wilson(count, size)
  expect([found.low, found.high].map((end) => Number(end.toFixed(4)))).toEqual([low, high])
})

test('each end is a share from which the count lies exactly z deviations away', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (size, part) => {
      const count = Math.round(size * part)
      const { low, high } = wilson(count, size)
      for (const end of [low, high]) {
        if (end === 0 || end === 1) continue
        expect(Math.abs(count / size - end) / Math.sqrt((end * (1 - end)) / size)).toBeCloseTo(z95, 6)
      }
      expect(low <= count / size && count / size <= high && low >= 0 && high <= 1).toBe(true)
    }),
  )
})

test('what is no share is refused', () => {
  for (const [count, size] of [
    [0, 0],
    [3, 2],
    [-1, 5],
    [Number.NaN, Number.NaN],
  ] as const)
    expect(() => wilson(count, size)).toThrow(RangeError)
})
