import { bucketsOf, type EventRule, type OccurrenceRule, type RandomRule, randomBuckets } from '@chaoxi/contract'
import { type Facts, placeFrom } from './facts.ts'
import { testFilters } from './filter-test.ts'
import { hitsOver, matchOf } from './hits.ts'
import { compare, daysOf, measureOver, turningAbsences, turningCount } from './measure.ts'
import { testPreference } from './preference-test.ts'
import { type Leaf, memberName } from './resolved.ts'
import { testSequence } from './sequence-test.ts'
import { never, type Said } from './slab.ts'
import type { Moment } from './window.ts'
import { eventWindow, testWindow } from './window-turns.ts'

// The leaves of rules over people in columns. The SQL printers (`print-*.ts`) answer the same of everyone; a property test
// holds them equal, also in that an answer stays until `next`.

/** Asks the people from place `from` to `to`, at most a slab, and writes what it finds into `said`, the first of them in place 0. */
export type LeafTest = (facts: Facts, from: number, to: number, said: Said) => void

/** Whoever's days turn later than this is looked at then. */
const daysAheadMax = 4_000

/** When a number of days may turn as days go by, told the day of the last hit. */
function daysTurnOf(rule: EventRule, { now, zone }: Moment): ((day: number) => number) | null {
  const today = zone.dayOf(now)
  if (rule.measure.fn === 'current_streak') {
    const [tomorrow, dayAfter] = [zone.startOf(today + 1), zone.startOf(today + 2)]
    return (day) => (day === today ? dayAfter : day === today - 1 ? tomorrow : never)
  }
  if (rule.measure.fn !== 'days_absent') return null
  const edges = turningAbsences(rule.op, rule.value)
  return (day) => {
    let soonest = never
    for (const edge of edges) {
      const turnsOn = day + edge + 1
      if (turnsOn > today) soonest = Math.min(soonest, zone.startOf(Math.min(turnsOn, today + daysAheadMax)))
    }
    return soonest
  }
}

/** The place among so many hits of the event whose leaving the window can turn the answer, or -1; see `printLeaving`. */
function leavingPlace(turning: number | null, count: number): number {
  if (count === 0) return -1
  if (turning === null) return 0
  return turning <= 0 || turning > count ? -1 : count - turning
}

/** What is measured of no event at all. */
const ofNothing = (rule: EventRule) => ('average,min,max,days_absent'.split(',').includes(rule.measure.fn) ? Number.NaN : 0)

function testEvents(rule: EventRule, moment: Moment): LeafTest {
  const match = matchOf(rule, moment)
  const window = eventWindow(rule.window, moment)
  const turning = rule.measure.fn === 'count' ? turningCount(rule) : null
  const daysTurn = daysTurnOf(rule, moment)
  const idle = compare(ofNothing(rule), rule.op, rule.value)
  return (facts, from, to, said) => {
    said.fill(idle)
    const events = facts.events.get(rule.event)
    if (events === undefined) return
    const { owners, lasts, times } = events
    const hits = hitsOver(match, events, window, window.over(facts.attributes), moment.now)
    const measured = measureOver(rule.measure, events, moment)
    const days = daysTurn === null ? null : daysOf(events, moment.zone)
    const end = placeFrom(owners, to)
    for (let at = placeFrom(owners, from); at < end; at++) {
      if ((lasts[at] ?? 0) <= hits.least) continue
      const person = owners[at] ?? 0
      const count = hits.of(person)
      if (count === 0 && hits.next === never) continue
      const { rows } = hits
      said.hold(person - from, compare(measured(rows, count), rule.op, rule.value))
      let { next } = hits
      if (daysTurn !== null && days !== null && count > 0) next = Math.min(next, daysTurn(days[rows[count - 1] ?? 0] ?? 0))
      if (window.turns !== null) {
        const leaving = leavingPlace(turning, count)
        if (leaving >= 0) next = Math.min(next, window.turns.leaves(times[rows[leaving] ?? 0] ?? 0))
      }
      said.turns(person - from, next)
    }
  }
}

function testOccurrence(rule: OccurrenceRule, moment: Moment): LeafTest {
  const match = matchOf(rule, moment)
  const window = eventWindow(rule.window, moment)
  const where = testFilters(rule.where, moment)
  const when = rule.when === undefined ? null : testWindow(rule.when, moment)
  return (facts, from, to, said) => {
    said.fill(false)
    const events = facts.events.get(rule.event)
    if (events === undefined) return
    const { owners, lasts, times } = events
    const hits = hitsOver(match, events, window, window.over(facts.attributes), moment.now)
    const { passes, flips } = where.over(events.properties)
    /** Of several in the same millisecond one that passes is enough. */
    const anyPasses = (count: number, time: number) => {
      for (let i = 0; i < count; i++) {
        const row = hits.rows[i] ?? 0
        if (times[row] === time && passes(row)) return true
      }
      return false
    }
    const end = placeFrom(owners, to)
    for (let at = placeFrom(owners, from); at < end; at++) {
      if ((lasts[at] ?? 0) <= hits.least) continue
      const person = owners[at] ?? 0
      // Dates in `where` can turn the answer for each event, so all are looked at.
      const all = where.turning
      const count = all ? hits.of(person) : hits.edge(person, rule.which)
      let { next } = hits
      if (count > 0) {
        const time = times[hits.rows[rule.which === 'first' || !all ? 0 : count - 1] ?? 0] ?? 0
        if ((when === null || when.has(time)) && anyPasses(count, time)) said.hold(person - from, true)
        if (window.turns !== null) next = Math.min(next, window.turns.leaves(time))
        if (when !== null) next = Math.min(next, when.turn(time))
        if (where.turning) for (let i = 0; i < count; i++) next = Math.min(next, flips(hits.rows[i] ?? 0))
      }
      said.turns(person - from, next)
    }
  }
}

function testRandom(rule: RandomRule): LeafTest {
  const edge = (percent: number) => Math.round((percent * randomBuckets) / 100)
  const [first, last] = [edge(rule.from), edge(rule.to)]
  const bucketOf = bucketsOf(rule.seed, randomBuckets)
  return (facts, from, to, said) => {
    const { people } = facts
    const holds = (person: number) => {
      const number = bucketOf(String(people[person]))
      return number >= first && number < last
    }
    said.holdWhere(holds, from, to)
  }
}

function testAttribute(leaf: Extract<Leaf, { kind: 'attribute' }>, moment: Moment): LeafTest {
  const filters = testFilters([leaf.filter], moment)
  return (facts, from, to, said) => {
    const { passes, flips } = filters.over(facts.attributes)
    said.holdWhere(passes, from, to)
    if (filters.turning) for (let person = from; person < to; person++) said.turns(person - from, flips(person))
  }
}

function testMember(leaf: Extract<Leaf, { kind: 'member' }>): LeafTest {
  const name = memberName(leaf.of, leaf.key)
  return (facts, from, to, said) => {
    said.fill(false)
    for (const [value, held] of facts.members.get(name) ?? []) {
      if (leaf.values !== null && !leaf.values.includes(value)) continue
      for (let person = from; person < to; person++) if (held[person] === 1) said.hold(person - from, true)
    }
  }
}

/** The test of a leaf at one moment. */
export function testLeaf(leaf: Leaf, moment: Moment): LeafTest {
  switch (leaf.kind) {
    case 'attribute':
      return testAttribute(leaf, moment)
    case 'member':
      return testMember(leaf)
    case 'event':
      return testEvents(leaf, moment)
    case 'occurrence':
      return testOccurrence(leaf, moment)
    case 'sequence':
      return testSequence(leaf, moment)
    case 'preference':
      return testPreference(leaf, moment)
    case 'random':
      return testRandom(leaf)
  }
}
