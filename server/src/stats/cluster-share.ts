import { type Interval, wilson, z95 } from './proportion.ts'

/** Neighbours who are drawn together. */
export interface Cluster {
  readonly size: number
  /** Of them, those who have what is counted. */
  readonly count: number
}

/**
 * The share in a population of which clusters were drawn, and its interval. The share is the ratio of the sums; its variance is
 * that of the ratio estimator with the finite population correction (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, 2.11 and
 * 9A); the interval is Wilson's for the number of independent people who would vary as much, never more than were drawn (the
 * effective sample size of E. L. Korn and B. I. Graubard, Survey Methodology 24 (1998) 193-201). `drawn` is the part of the
 * population that the clusters are, above 0 and up to 1: at 1 nothing is left to guess. Throws on what is no share.
 */
export function clusterShare(clusters: readonly Cluster[], drawn: number, z = z95): { share: number; interval: Interval } {
  const size = clusters.reduce((sum, one) => sum + one.size, 0)
  const count = clusters.reduce((sum, one) => sum + one.count, 0)
  if (!(drawn > 0 && drawn <= 1)) throw new RangeError(`${drawn} is no part of a population`)
  const binomial = wilson(count, size, z)
  const share = count / size
  if (drawn === 1) return { share, interval: { low: share, high: share } }
  if (count === 0 || count === size || clusters.length < 2) return { share, interval: binomial }
  const squares = clusters.reduce((sum, one) => sum + (one.count - share * one.size) ** 2, 0)
  const variance = ((1 - drawn) * clusters.length * squares) / ((clusters.length - 1) * size * size)
  const effective = variance > 0 ? Math.min(size, (share * (1 - share)) / variance) : size
  return { share, interval: wilson(share * effective, effective, z) }
}
