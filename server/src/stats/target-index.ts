import { wilson, z95 } from './proportion.ts'

/** How many of whom have a trait: in the group, in the base, and in both (for a segment against everyone: the group itself). */
export interface IndexCounts {
  readonly group: Counted
  readonly base: Counted
  readonly both: Counted
}
interface Counted {
  readonly size: number
  readonly count: number
}

/** Why a figure is not to be read much into. */
export type Weakness = 'small_group' | 'few_expected' | 'none_in_base'

export interface TargetIndex {
  /** Fractions of 1; null for nobody. */
  readonly groupShare: number | null
  readonly baseShare: number | null
  /** 100: as everywhere; null where nobody of the base has it. */
  readonly index: number | null
  /** Of the index at 95 %; `high` is null where there is no upper end. */
  readonly low: number | null
  readonly high: number | null
  readonly weakness: Weakness | null
}

/** Below this a share moves by several points with one person. */
export const groupSizeMin = 30
/** The least expected count for a comparison of counts (W. G. Cochran, Biometrics 10 (1954) 417-451). */
export const expectedCountMin = 5

/**
 * Target group index: share in the group / share in the base × 100.
 *
 * Its interval is where `share in group - index / 100 × share in base` may be nothing: MOVER limits of that difference
 * (G. Y. Zou, A. Donner, Statistics in Medicine 27 (2008) 1693-1702; for ratios: A. Donner, G. Y. Zou, Statistical Methods in
 * Medical Research 21 (2012) 347-359) over Wilson's limits of the two shares, with the correlation that follows from the
 * people whom group and base have in common.
 */
export function targetIndex(counts: IndexCounts, z = z95): TargetIndex {
  const { group, base } = counts
  const groupShare = group.size === 0 ? null : group.count / group.size
  const baseShare = base.size === 0 ? null : base.count / base.size
  const weakness = weaknessOf(counts)
  if (groupShare === null || baseShare === null || baseShare === 0)
    return { groupShare, baseShare, index: null, low: null, high: null, weakness }
  const { low, high } = ratioInterval(counts, z)
  return { groupShare, baseShare, index: (groupShare / baseShare) * 100, low: low * 100, high: high === null ? null : high * 100, weakness }
}

function weaknessOf({ group, base, both }: IndexCounts): Weakness | null {
  if (base.count === 0) return 'none_in_base'
  if (Math.min(group.size, base.size) < groupSizeMin) return 'small_group'
  const share = (group.count + base.count - both.count) / (group.size + base.size - both.size)
  return Math.min(group.size, base.size) * share < expectedCountMin ? 'few_expected' : null
}

/** How the two shares move together: through the people counted in both. */
export function correlation({ group, base, both }: IndexCounts): number {
  const p = group.count / group.size
  const q = base.count / base.size
  if (both.size === 0 || p * (1 - p) === 0 || q * (1 - q) === 0) return 0
  const shared = both.count / both.size
  const covariance = (both.size * shared * (1 - shared)) / (group.size * base.size)
  const deviations = Math.sqrt(((p * (1 - p)) / group.size) * ((q * (1 - q)) / base.size))
  return Math.max(-1, Math.min(1, covariance / deviations))
}

/** The two roots in θ of (p - θq)² = (p - l)² + θ²(q' - q)² - 2rθ(p - l)(q' - q), and its mirror image for the upper end. */
function ratioInterval(counts: IndexCounts, z: number): { low: number; high: number | null } {
  const { group, base } = counts
  const p = group.count / group.size
  const q = base.count / base.size
  const ofGroup = wilson(group.count, group.size, z)
  const ofBase = wilson(base.count, base.size, z)
  const r = correlation(counts)
  const middleLow = p * q - r * (p - ofGroup.low) * (ofBase.high - q)
  const middleHigh = p * q - r * (ofGroup.high - p) * (q - ofBase.low)
  const rootOf = (middle: number, product: number) => Math.sqrt(Math.max(0, middle * middle - product))
  const lowTop = ofGroup.low * (2 * p - ofGroup.low)
  const lowBottom = ofBase.high * (2 * q - ofBase.high)
  const highTop = ofGroup.high * (2 * p - ofGroup.high)
  const highBottom = ofBase.low * (2 * q - ofBase.low)
  // The form that does not divide by a difference that may vanish.
  const low = lowTop <= 0 ? 0 : lowTop / (middleLow + rootOf(middleLow, lowTop * lowBottom))
  const high = highBottom <= 0 ? null : (middleHigh + rootOf(middleHigh, highTop * highBottom)) / highBottom
  const ratio = p / q
  return { low: Math.min(low, ratio), high: high === null ? null : Math.max(high, ratio) }
}
