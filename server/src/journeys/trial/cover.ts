import type { TrialTrait } from '@chaoxi/contract'

/** Somebody who could take part, with everything that the journey tells people apart by. */
export interface Candidate {
  readonly id: number
  readonly traits: readonly TrialTrait[]
}

export interface Choice {
  /** In the order in which they were chosen. */
  readonly chosen: readonly { readonly id: number; readonly reasons: readonly TrialTrait[] }[]
}

export const traitKey = ({ kind, of, is }: TrialTrait): string => `${kind} ${of} ${is}`

/** What a trait that so many have already still adds: each next one a quarter of the one before, so that what is rare comes first. */
const worth = (had: number): number => 4 ** -Math.min(had, 20)

/**
 * People who together have every trait that anybody has, as far as `count` goes, and then every trait again. The same candidates, in
 * whatever order, give the same choice. What somebody is chosen for are the traits that fewest before had.
 */
export function chooseCover(candidates: readonly Candidate[], count: number): Choice {
  const left = [...new Map(candidates.map((one) => [one.id, one])).values()].toSorted((a, b) => a.id - b.id)
  const had = new Map<string, number>()
  const keys = new Map(left.map((one) => [one.id, [...new Set(one.traits.map(traitKey))]]))
  const chosen: { id: number; reasons: TrialTrait[] }[] = []
  while (chosen.length < count && left.length > 0) {
    let best = 0
    let bestWorth = -1
    for (const [place, { id }] of left.entries()) {
      const sum = (keys.get(id) ?? []).reduce((all, key) => all + worth(had.get(key) ?? 0), 0)
      if (sum > bestWorth) [best, bestWorth] = [place, sum]
    }
    const [one] = left.splice(best, 1)
    if (one === undefined) break
    const fewest = Math.min(...one.traits.map((trait) => had.get(traitKey(trait)) ?? 0))
    const reasons = one.traits.filter((trait) => (had.get(traitKey(trait)) ?? 0) === fewest)
    for (const key of keys.get(one.id) ?? []) had.set(key, (had.get(key) ?? 0) + 1)
    chosen.push({ id: one.id, reasons: [...new Map(reasons.map((trait) => [traitKey(trait), trait])).values()] })
  }
  return { chosen }
}
