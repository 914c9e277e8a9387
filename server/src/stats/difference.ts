import type { Arm } from './best-arm.ts'
import { type Interval, wilson } from './proportion.ts'
import { studentDeviate } from './special.ts'

/** How much one is above the other, and between what that lies with 95 % confidence. */
export interface Difference extends Interval {
  readonly by: number
}

/**
 * Difference of two shares of different people, a - b, with the hybrid score interval (R. G. Newcombe, Statistics in Medicine 17 (1998)
 * 873-890, method 10). Null where one has nobody.
 */
export function shareDifference(a: Arm, b: Arm): Difference | null {
  if (a.people === 0 || b.people === 0) return null
  const [p, q] = [a.successes / a.people, b.successes / b.people]
  const [u, v] = [wilson(a.successes, a.people), wilson(b.successes, b.people)]
  const by = p - q
  return { by, low: by - Math.hypot(p - u.low, v.high - q), high: by + Math.hypot(u.high - p, q - v.low) }
}

/** Numbers of people, one each: how many, their sum and the sum of their squares. */
export interface Sums {
  readonly people: number
  readonly sum: number
  readonly squares: number
}

const moments = ({ people, sum, squares }: Sums) => {
  const mean = sum / people
  return { mean, error: Math.max(0, squares - sum * mean) / (people - 1) / people }
}

/**
 * Difference of two means, a - b, that need not vary alike (B. L. Welch, Biometrika 34 (1947) 28-35, with Satterthwaite's degrees of
 * freedom). Null where one has fewer than two people, or where nobody differs from anybody.
 */
export function meanDifference(a: Sums, b: Sums): Difference | null {
  if (a.people < 2 || b.people < 2) return null
  const [one, other] = [moments(a), moments(b)]
  const error = one.error + other.error
  if (!(error > 0)) return null
  const freedom = error ** 2 / (one.error ** 2 / (a.people - 1) + other.error ** 2 / (b.people - 1))
  const by = one.mean - other.mean
  const half = studentDeviate(0.05, freedom) * Math.sqrt(error)
  return { by, low: by - half, high: by + half }
}
