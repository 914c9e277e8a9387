import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from '../../test/harness/random.ts'
import { arbitrariesFor, type Setting } from './arbitraries.test-kit.ts'
import { createDictionaries } from './dictionary.ts'
import { matches, resolve } from './index.ts'
import { createAsking, createLens } from './lens.ts'
import { needsOf } from './needs.ts'
import { columnsOf } from './person-facts.ts'
import { distinctLeaves } from './resolved.ts'
import { zoneOf } from './zone.ts'

// Facts that were loaded once are asked at one moment after the other, and next to them a person who has lived until then only.

const settings: readonly Setting[] = [
  { timeZone: 'Asia/Shanghai', now: Date.parse('2026-03-02T10:00:00+08:00') },
  // Clocks were put forward this morning.
  { timeZone: 'America/New_York', now: Date.parse('2026-03-08T12:00:00-04:00') },
]
const seed = Number(process.env.CHAOXI_SEED ?? 20_260_302)
const dayMs = 86_400_000
const moments = [-40, -9, -2, -0.3, 0, 0.7, 5]

test.for(settings)('what lies after a moment has not happened yet, whatever the rule ($timeZone)', ({ timeZone, now }) => {
  const { facts, leaf, ruleOver, lookupFrom } = arbitrariesFor({ timeZone, now })
  const zone = zoneOf(timeZone)
  const lookup = lookupFrom(seed)
  const leaves = fc.sample(leaf, { seed, numRuns: 60 })
  const rules = [...leaves, ...fc.sample(ruleOver(fc.constantFrom(...leaves)), { seed, numRuns: 60 })].map((rule) => resolve(rule, lookup))
  const asking = createAsking(rules, zone)
  const needs = needsOf([...distinctLeaves(rules).values()], { now: now - 50 * dayMs, zone })
  const random = createRandom(seed)
  let [held, stayed] = [0, 0]
  for (const [i, one] of fc.sample(facts, { seed, numRuns: 12 }).entries()) {
    const person = { ...one, personId: 100 + i }
    const lens = createLens(columnsOf({ ...person, tags: new Map(), segments: new Set() }, needs), createDictionaries())
    for (const [key, values] of person.tags) for (const value of values) lens.setMember(0, 'tag', key, value, true)
    for (const key of person.segments) lens.setMember(0, 'segment', key, '', true)
    for (const days of moments) {
      const at = Math.round(now + days * dayMs)
      const until = (ms: number) => ({ ...person, events: person.events.filter(({ time }) => time <= ms) })
      for (const [place, rule] of rules.entries()) {
        const question = asking.question([place])
        asking.ask(question, lens.at(0, question, at), at)
        const answer = asking.holds(place)
        expect({ rule, at, answer }).toEqual({ rule, at, answer: matches(rule, until(at), at, timeZone) })
        if (answer) held++
        // Until it is due the answer stays for whom nothing happens.
        const due = Math.min(asking.due(question), at + 30 * dayMs)
        const later = Math.floor(at + (due - at - 1) * random())
        if (later <= at || random() < 0.8) continue
        expect({ rule, at, later, answer }).toEqual({ rule, at, later, answer: matches(rule, until(at), later, timeZone) })
        stayed++
      }
    }
  }
  expect(held).toBeGreaterThan(500)
  expect(stayed).toBeGreaterThan(500)
})
