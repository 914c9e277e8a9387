import { gammaAbove } from './special.ts'

/**
 * How probable it is that people who are spread by `weights` come out as unevenly as `people`, or more so: Pearson's chi-square test of a
 * sample ratio mismatch (A. Fabijan et al., KDD 2019, 2156-2164). Parts without a weight are left out with their people; of fewer than
 * two, 1.
 */
export function sampleRatio(people: readonly number[], weights: readonly number[]): number {
  const parts = people.flatMap((count, i) => ((weights[i] ?? 0) > 0 ? [{ count, weight: weights[i] ?? 0 }] : []))
  const all = parts.reduce((sum, { count }) => sum + count, 0)
  const weight = parts.reduce((sum, one) => sum + one.weight, 0)
  if (parts.length < 2 || all === 0) return 1
  const square = parts.reduce((sum, one) => {
    const expected = (all * one.weight) / weight
    return sum + (one.count - expected) ** 2 / expected
  }, 0)
  return gammaAbove((parts.length - 1) / 2, square / 2)
}
