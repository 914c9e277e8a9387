import { bucket, type EventRule, type OccurrenceRule, type RandomRule, type RuleFilter, randomBuckets } from '@chaoxi/contract'
import { type FactEvent, nobody, type PersonHistory } from './facts.ts'
import { type FilterTest, testFilters } from './filter-test.ts'
import { compare, measure, turningAbsences, turningCount } from './measure.ts'
import { readProperty } from './property.ts'
import { type Leaf, sequenceMatches } from './resolved.ts'
import { type Candidate, latestBeginning } from './sequence.ts'
import { liesIn, type Moment, type Span } from './window.ts'
import { type EventWindow, eventWindow, never, testWindow } from './window-turns.ts'

// The leaves of rules for people in memory. The SQL printers (`print-*.ts`) answer the same of everyone; a property test holds
// them equal, also in that an answer stays until `next`.

/** An answer, and the first instant (ms) at which it may turn without an event; `never` is infinity. */
export interface LeafAnswer {
  held: boolean
  next: number
}

/** Writes the answer for a person into `answer`, which is used again for the next one. */
export type LeafTest = (person: PersonHistory, answer: LeafAnswer) => void

const none: readonly FactEvent[] = []

interface Match {
  readonly event: string
  readonly filters: FilterTest
}

const matchOf = ({ event, filters }: { event: string; filters: readonly RuleFilter[] }, moment: Moment): Match => ({
  event,
  filters: testFilters(filters, moment),
})

/**
 * Those of the match that lie in the span. `answer.next` comes to be no later than an event of the future, the turn of a
 * filter, or an event's coming into the window.
 */
function hitsOf(
  match: Match,
  span: Span | null,
  comesIn: EventWindow | null,
  person: PersonHistory,
  now: number,
  answer: LeafAnswer,
): FactEvent[] {
  const hits: FactEvent[] = []
  const { filters } = match
  let coming = comesIn?.comesAfter ?? never
  for (const event of person.events.get(match.event) ?? none) {
    if (event.time > now) {
      answer.next = Math.min(answer.next, event.time)
      break
    }
    if (filters.turning) answer.next = Math.min(answer.next, filters.flips(event.properties))
    const inside = span !== null && liesIn(span, event.time)
    if (!inside && event.time <= coming) continue
    if (!filters.passes(event.properties)) continue
    if (inside) hits.push(event)
    if (event.time > coming && comesIn?.turns) {
      answer.next = Math.min(answer.next, comesIn.turns.enters(event.time))
      coming = never
    }
  }
  return hits
}

/** The event whose leaving the window can turn the answer; see `printLeaving`. */
function leavingOf(turning: number | null, hits: readonly FactEvent[]): FactEvent | undefined {
  if (turning === null) return hits[0]
  return turning <= 0 ? undefined : hits[hits.length - turning]
}

/** Whoever's days turn later than this is looked at then. */
const daysAheadMax = 4_000

/** When a number of days may turn as days go by. */
function daysTurn(rule: EventRule, hits: readonly FactEvent[], { now, zone }: Moment): number {
  const last = hits.at(-1)
  if (last === undefined) return never
  const [today, day] = [zone.dayOf(now), zone.dayOf(last.time)]
  if (rule.measure.fn === 'current_streak')
    return day === today ? zone.startOf(today + 2) : day === today - 1 ? zone.startOf(today + 1) : never
  if (rule.measure.fn !== 'days_absent') return never
  return turningAbsences(rule.op, rule.value).reduce((soonest, edge) => {
    const turnsOn = day + edge + 1
    return turnsOn > today ? Math.min(soonest, zone.startOf(Math.min(turnsOn, today + daysAheadMax))) : soonest
  }, never)
}

function testEvents(rule: EventRule, moment: Moment): LeafTest {
  const match = matchOf(rule, moment)
  const window = eventWindow(rule.window, moment)
  const counts = rule.measure.fn === 'count'
  const turning = counts ? turningCount(rule) : null
  return (person, answer) => {
    const hits = hitsOf(match, window.spanOf(person.attributes), window, person, moment.now, answer)
    const measured = counts ? hits.length : measure(rule.measure, hits, moment)
    answer.held = measured !== null && compare(measured, rule.op, rule.value)
    answer.next = Math.min(answer.next, daysTurn(rule, hits, moment))
    if (window.turns === null) return
    const leaving = leavingOf(turning, hits)
    if (leaving !== undefined) answer.next = Math.min(answer.next, window.turns.leaves(leaving.time))
  }
}

function testOccurrence(rule: OccurrenceRule, moment: Moment): LeafTest {
  const match = matchOf(rule, moment)
  const window = eventWindow(rule.window, moment)
  const where = testFilters(rule.where, moment)
  const when = rule.when === undefined ? null : testWindow(rule.when, moment)
  return (person, answer) => {
    const hits = hitsOf(match, window.spanOf(person.attributes), window, person, moment.now, answer)
    const found = rule.which === 'first' ? hits[0] : hits.at(-1)
    if (found === undefined) {
      answer.held = false
      return
    }
    const { time } = found
    answer.held = (when === null || when.has(time)) && hits.some((hit) => hit.time === time && where.passes(hit.properties))
    if (window.turns !== null) answer.next = Math.min(answer.next, window.turns.leaves(time))
    if (when !== null) answer.next = Math.min(answer.next, when.turn(time))
    if (where.turning) for (const hit of hits) answer.next = Math.min(answer.next, where.flips(hit.properties))
  }
}

function candidate(event: FactEvent, link: string | undefined): Candidate[] {
  if (link === undefined) return [{ time: event.time, link: null }]
  const value = readProperty(event.properties, link)
  return value === undefined ? [] : [{ time: event.time, link: JSON.stringify(value) }]
}

function testSequence(rule: Extract<Leaf, { kind: 'sequence' }>, moment: Moment): LeafTest {
  const window = eventWindow(rule.window, moment)
  const anywhere: Span = { after: null, until: null }
  const matches = new Map(sequenceMatches(rule).map((match) => [match, matchOf(match, moment)]))
  return (person, answer) => {
    const span = window.spanOf(person.attributes)
    const begins = latestBeginning(rule, (asked, place) => {
      const match = matches.get(asked)
      if (match === undefined) return []
      const isStep = place === 'step'
      const hits = hitsOf(match, isStep ? span : anywhere, isStep ? window : null, person, moment.now, answer)
      return hits.flatMap((event) => candidate(event, asked.link))
    })
    answer.held = begins !== null
    if (begins !== null && window.turns !== null) answer.next = Math.min(answer.next, window.turns.leaves(begins))
  }
}

function testRandom(rule: RandomRule): LeafTest {
  const edge = (percent: number) => Math.round((percent * randomBuckets) / 100)
  const [from, to] = [edge(rule.from), edge(rule.to)]
  return (person, answer) => {
    const number = bucket(rule.seed, String(person.personId), randomBuckets)
    answer.held = number >= from && number < to
  }
}

function testOf(leaf: Leaf, moment: Moment): LeafTest {
  switch (leaf.kind) {
    case 'attribute': {
      const filters = testFilters([leaf.filter], moment)
      return (person, answer) => {
        answer.held = filters.passes(person.attributes)
        answer.next = filters.flips(person.attributes)
      }
    }
    case 'member':
      return (person, answer) => {
        if (leaf.of === 'segment') answer.held = person.segments.has(leaf.key)
        else {
          const held = person.tags.get(leaf.key)
          answer.held = held !== undefined && (leaf.values === null ? held.size > 0 : leaf.values.some((value) => held.has(value)))
        }
      }
    case 'event':
      return testEvents(leaf, moment)
    case 'occurrence':
      return testOccurrence(leaf, moment)
    case 'sequence':
      return testSequence(leaf, moment)
    case 'random':
      return testRandom(leaf)
  }
}

/** Events without any one of which the leaf answers as for somebody who never did anything. */
function neededEvents(leaf: Leaf): string[] {
  if (leaf.kind === 'event' || leaf.kind === 'occurrence') return [leaf.event]
  return leaf.kind === 'sequence' ? [...new Set(leaf.steps.map((step) => step.event))] : []
}

/** The test of a leaf at one moment. */
export function testLeaf(leaf: Leaf, moment: Moment): LeafTest {
  const test = testOf(leaf, moment)
  const needed = neededEvents(leaf)
  const idle: LeafAnswer = { held: false, next: never }
  test(nobody, idle)
  return (person, answer) => {
    answer.held = idle.held
    answer.next = never
    for (const event of needed) if (!person.events.has(event)) return
    answer.held = false
    test(person, answer)
  }
}
