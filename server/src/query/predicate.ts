import {
  bucket,
  type EventRule,
  type OccurrenceRule,
  type RandomRule,
  type RuleFilter,
  type RuleWindow,
  randomBuckets,
  spanLengthMs,
} from '@chaoxi/contract'
import { readDate } from './dates.ts'
import type { FactEvent, PersonFacts } from './facts.ts'
import { compare, measure } from './measure.ts'
import { matchesRuleFilters, readProperty } from './property.ts'
import type { ResolvedRule } from './resolved.ts'
import { type Candidate, type Candidates, runSequence } from './sequence.ts'
import { dateSpan, liesIn, type Moment, type Span } from './window.ts'
import { zoneOf } from './zone.ts'

/** Null when nothing can lie in the window because the attribute that it begins with is no date. */
function eventSpan(window: RuleWindow, facts: PersonFacts, moment: Moment): Span | null {
  const { now, zone } = moment
  if (window.kind === 'ever') return { after: null, until: now }
  if (window.kind === 'since') {
    const start = readDate(readProperty(facts.attributes, window.attribute), zone)
    if (start === null) return null
    return { after: start - 1, until: window.within === undefined ? now : Math.min(now, start + spanLengthMs(window.within) - 1) }
  }
  const { after, until } = dateSpan(window, moment)
  return { after, until: Math.min(now, until ?? now) }
}

type Match = { event: string; filters: readonly RuleFilter[] }

const passes = (match: Match, event: FactEvent, moment: Moment) =>
  event.event === match.event && event.time <= moment.now && matchesRuleFilters(match.filters, event.properties, moment)

function eventsIn(rule: Match & { window: RuleWindow }, facts: PersonFacts, moment: Moment): FactEvent[] {
  const span = eventSpan(rule.window, facts, moment)
  return span === null ? [] : facts.events.filter((event) => liesIn(span, event.time) && passes(rule, event, moment))
}

function matchesEvents(rule: EventRule, facts: PersonFacts, moment: Moment): boolean {
  const measured = measure(rule.measure, eventsIn(rule, facts, moment), moment)
  return measured !== null && compare(measured, rule.op, rule.value)
}

function matchesOccurrence(rule: OccurrenceRule, facts: PersonFacts, moment: Moment): boolean {
  const events = eventsIn(rule, facts, moment)
  if (events.length === 0) return false
  const time = events.reduce((best, event) => (event.time < best === (rule.which === 'first') ? event.time : best), events[0]?.time ?? 0)
  if (rule.when !== undefined && !liesIn(dateSpan(rule.when, moment), time)) return false
  return events.some((event) => event.time === time && matchesRuleFilters(rule.where, event.properties, moment))
}

function matchesSequence(rule: Extract<ResolvedRule, { kind: 'sequence' }>, facts: PersonFacts, moment: Moment): boolean {
  const span = eventSpan(rule.window, facts, moment)
  if (span === null) return false
  const candidates: Candidates = (match, place) =>
    facts.events.flatMap((event): Candidate[] => {
      if (place === 'step' && !liesIn(span, event.time)) return []
      if (!passes(match, event, moment)) return []
      if (match.link === undefined) return [{ time: event.time, link: null }]
      const value = readProperty(event.properties, match.link)
      return value === undefined ? [] : [{ time: event.time, link: JSON.stringify(value) }]
    })
  return runSequence(rule, candidates)
}

function matchesRandom(rule: RandomRule, personId: number): boolean {
  const number = bucket(rule.seed, String(personId), randomBuckets)
  const edge = (percent: number) => Math.round((percent * randomBuckets) / 100)
  return number >= edge(rule.from) && number < edge(rule.to)
}

function holds(rule: ResolvedRule, facts: PersonFacts, moment: Moment, known: Map<ResolvedRule, boolean>): boolean {
  const before = known.get(rule)
  if (before !== undefined) return before
  const answer = decide(rule, facts, moment, known)
  known.set(rule, answer)
  return answer
}

function decide(rule: ResolvedRule, facts: PersonFacts, moment: Moment, known: Map<ResolvedRule, boolean>): boolean {
  switch (rule.kind) {
    case 'all':
      return rule.rules.every((child) => holds(child, facts, moment, known))
    case 'any':
      return rule.rules.some((child) => holds(child, facts, moment, known))
    case 'not':
      return !holds(rule.rule, facts, moment, known)
    case 'attribute':
      return matchesRuleFilters([rule.filter], facts.attributes, moment)
    case 'member': {
      if (rule.of === 'segment') return facts.segments.has(rule.key)
      const held = facts.tags.get(rule.key)
      return held !== undefined && (rule.values === null ? held.size > 0 : rule.values.some((value) => held.has(value)))
    }
    case 'event':
      return matchesEvents(rule, facts, moment)
    case 'occurrence':
      return matchesOccurrence(rule, facts, moment)
    case 'sequence':
      return matchesSequence(rule, facts, moment)
    case 'random':
      return matchesRandom(rule, facts.personId)
  }
}

/** The rule's answer for one person at `now` (ms) in a time zone, from facts in memory. */
export function matches(rule: ResolvedRule, facts: PersonFacts, now: number, timeZone: string): boolean {
  return holds(rule, facts, { now, zone: zoneOf(timeZone) }, new Map())
}

/**
 * Whether the rule can hold for someone of whom nothing is known yet: then any first event of a newcomer concerns it. Only
 * the shares of `random` differ between such people.
 */
export function mayHoldForNobody(rule: ResolvedRule): boolean {
  return possible(rule, new Map()).includes(true)
}

const nobody: PersonFacts = { personId: 0, attributes: {}, events: [], tags: new Map(), segments: new Set() }
const both: readonly boolean[] = [true, false]

function possible(rule: ResolvedRule, known: Map<ResolvedRule, readonly boolean[]>): readonly boolean[] {
  const before = known.get(rule)
  if (before !== undefined) return before
  const answers = possibleOf(rule, known)
  known.set(rule, answers)
  return answers
}

function possibleOf(rule: ResolvedRule, known: Map<ResolvedRule, readonly boolean[]>): readonly boolean[] {
  switch (rule.kind) {
    case 'all':
    case 'any': {
      const children = rule.rules.map((child) => possible(child, known))
      const deciding = rule.kind === 'any'
      const decided = children.some((answers) => answers.includes(deciding))
      const open = children.every((answers) => answers.includes(!deciding))
      return both.filter((answer) => (answer === deciding ? decided : open))
    }
    case 'not':
      return possible(rule.rule, known).map((answer) => !answer)
    case 'random':
      return both
    default:
      return [matches(rule, nobody, 0, 'UTC')]
  }
}
