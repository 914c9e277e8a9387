/** What a coupon takes off an order, as plain data: the arithmetic of benefits, all in integer fen. */
export interface CouponTerms {
  readonly kind: 'amount_off' | 'percent_off'
  /** Fen for amount_off, whole percent (1 to 100) for percent_off. */
  readonly value: number
  readonly thresholdFen: number
}

/** Largest order that percentages are taken of: 100 times it still is an exact number. */
export const orderTotalFenMax = 90_000_000_000_000

/**
 * The share of a total, rounded half up to a whole fen: with x.5 fen the customer gets the better half. The one place
 * where a percentage becomes money.
 */
export function percentOfFen(totalFen: number, percent: number): number {
  return Math.floor((totalFen * percent + 50) / 100)
}

/** Fen off an order of `totalFen`, never more than the order; null when the total does not reach the threshold. */
export function discountFen(terms: CouponTerms, totalFen: number): number | null {
  if (totalFen < terms.thresholdFen) return null
  const off = terms.kind === 'amount_off' ? terms.value : percentOfFen(totalFen, terms.value)
  return Math.min(off, totalFen)
}

/** Valid days are whole days of 24 hours from the claim: a coupon claimed at 15:00 ends at 15:00. */
export function expiresAt(claimedAt: number, validDays: number): number {
  return claimedAt + validDays * 86_400_000
}

/** What texts say of a coupon: money in yuan and the rest in words that a text can use. */
export function couponTexts(
  coupon: Pick<CouponTerms, 'kind' | 'value'> & { key: string; name: string; threshold_fen: number; valid_days: number },
): Record<string, unknown> {
  return {
    key: coupon.key,
    name: coupon.name,
    ...(coupon.kind === 'amount_off' ? { amount: coupon.value / 100 } : { percent: coupon.value }),
    threshold: coupon.threshold_fen / 100,
    valid_days: coupon.valid_days,
  }
}
