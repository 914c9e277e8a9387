import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CouponTerms, discountFen, expiresAt, percentOfFen } from './coupon.ts'

const terms = (over: Partial<CouponTerms> = {}): CouponTerms => ({ kind: 'amount_off', value: 2000, thresholdFen: 0, ...over })

test('an amount comes off whole, but never more than the order', () => {
  expect(discountFen(terms(), 9900)).toBe(2000)
  expect(discountFen(terms(), 1500)).toBe(1500)
})

test('below the threshold there is no discount, at the threshold there is', () => {
  expect(discountFen(terms({ thresholdFen: 9900 }), 9899)).toBeNull()
  expect(discountFen(terms({ thresholdFen: 9900 }), 9900)).toBe(2000)
})

test('a percentage is rounded half up to whole fen', () => {
  expect(percentOfFen(1999, 20)).toBe(400)
  expect(percentOfFen(1250, 10)).toBe(125)
  expect(percentOfFen(5, 10)).toBe(1)
  expect(percentOfFen(4, 10)).toBe(0)
})

test('a discount is a whole number of fen between nothing and the order, whatever the coupon', () => {
  const any = fc.record({
    kind: fc.constantFrom('amount_off' as const, 'percent_off' as const),
    value: fc.integer({ min: 1, max: 100 }),
    thresholdFen: fc.integer({ min: 0, max: 100_000 }),
  })
  fc.assert(
    fc.property(any, fc.integer({ min: 1, max: 90_000_000_000_000 }), (coupon, total) => {
      const off = discountFen(coupon, total)
      if (off === null) return total < coupon.thresholdFen
      return Number.isSafeInteger(off) && off >= 0 && off <= total
    }),
  )
})

test('thirty days are thirty times 24 hours', () => {
  expect(expiresAt(1_000, 30)).toBe(1_000 + 30 * 86_400_000)
})
