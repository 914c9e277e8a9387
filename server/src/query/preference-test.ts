import type { PreferenceRule } from '@chaoxi/contract'
import { placeFrom } from './facts.ts'
import type { LeafTest } from './leaf-test.ts'
import { createRanking, type Ranking } from './ranking.ts'
import type { Moment } from './window.ts'

/** What several leaves of a pass rank alike: the values of a tag differ in nothing but which of them is asked for. */
const rankings = new WeakMap<Moment, Map<string, Ranking>>()

function rankingOf({ rank: _, least: __, values: ___, ...ranked }: PreferenceRule, moment: Moment): Ranking {
  const known = rankings.get(moment) ?? new Map<string, Ranking>()
  rankings.set(moment, known)
  const key = JSON.stringify(ranked)
  const ranking = known.get(key) ?? createRanking(ranked, moment)
  known.set(key, ranking)
  return ranking
}

export function testPreference(rule: PreferenceRule, moment: Moment): LeafTest {
  const ranking = rankingOf(rule, moment)
  const { rank, least } = rule
  return (facts, from, to, said) => {
    said.fill(false)
    const ranked = ranking.over(facts, from, to)
    const events = facts.events.get(rule.event)
    if (ranked === null || events === undefined) return
    const { starts, codes, counts, next, leaves } = ranked
    const wanted = ranked.wanted(rule.values)
    const { owners } = events
    const end = placeFrom(owners, to)
    for (let at = placeFrom(owners, from); at < end; at++) {
      const place = (owners[at] ?? 0) - from
      const first = starts[place] ?? 0
      const last = starts[place + 1] ?? 0
      // Nothing that leaves the window gives a value more events, but with fewer of the others it may come first.
      let possible = false
      for (let i = first; i < last; i++) {
        if ((counts[i] ?? 0) < least || wanted[codes[i] ?? 0] !== 1) continue
        possible = true
        if (i - first < rank) said.hold(place, true)
        break
      }
      const turns = next[place] ?? 0
      said.turns(place, possible ? Math.min(turns, leaves[place] ?? turns) : turns)
    }
  }
}
