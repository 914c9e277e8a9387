import type { Overlap, Rule } from '@chaoxi/contract'
import type { PeopleSearch } from '../ui/people-number.tsx'
import { textOfRef } from './names.ts'

type Sets = Overlap['sets']
export type Region = Overlap['regions'][number]

/** Every combination of the sets but none of them; those without anybody too. */
export function everyRegion({ sets, regions }: Overlap): Region[] {
  const found = new Map(regions.map((region) => [String(region.inside), region.size]))
  return Array.from({ length: 2 ** sets.length - 1 }, (_, i) => {
    const inside = sets.map((_, bit) => Math.floor((i + 1) / 2 ** bit) % 2 === 1)
    return { inside, size: found.get(String(inside)) ?? 0 }
  })
}

const pick = (sets: Sets, { inside }: Region, wanted: boolean) => sets.filter((_, i) => inside[i] === wanted)
export const insideOf = (sets: Sets, region: Region) => pick(sets, region, true)
export const outsideOf = (sets: Sets, region: Region) => pick(sets, region, false)

/** The list of a region's people. */
export function regionSearch(sets: Sets, region: Region): PeopleSearch {
  const out = outsideOf(sets, region)
  return { in: insideOf(sets, region).map(textOfRef).join(','), ...(out.length === 0 ? {} : { notIn: out.map(textOfRef).join(',') }) }
}

/** The region as a rule: in these, and in none of those. */
export function regionRule(sets: Sets, region: Region): Rule {
  const leaf = ({ kind, key }: Sets[number]): Rule => (kind === 'tag' ? { kind: 'tag', tag: key } : { kind: 'segment', segment: key })
  const out = outsideOf(sets, region).map((set): Rule => ({ kind: 'not', rule: leaf(set) }))
  return { kind: 'all', rules: [...insideOf(sets, region).map(leaf), ...out] }
}

/** How many people are in both sets, whatever else they are in. */
export function pairSize({ regions }: Overlap, a: number, b: number): number {
  return regions.filter(({ inside }) => inside[a] && inside[b]).reduce((sum, { size }) => sum + size, 0)
}
