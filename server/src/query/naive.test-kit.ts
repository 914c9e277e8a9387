import { bucket, type EventRule, type PreferenceRule, type Rule, type SequenceMatch } from '@chaoxi/contract'
import type { FactEvent, PersonFacts } from './index.ts'
import {
  absent,
  dateLiesIn,
  dayNumber,
  eventLiesIn,
  filterHolds,
  holds,
  isOne,
  lengths,
  lookUp,
  type NaiveMoment,
} from './naive-match.test-kit.ts'
import { localDate, localTime } from './naive-time.test-kit.ts'

export type { NaiveMoment } from './naive-match.test-kit.ts'

// A second reading of contract/rule.ts, written for tests only and as literally as possible: no sharing of code with the
// predicate or the printer, so that a misunderstanding in one of them shows.

function longestRun(dates: ReadonlySet<string>): number {
  let longest = 0
  for (const date of dates) {
    let length = 0
    for (let day = dayNumber(date); dates.has(new Date(day * lengths.day).toISOString().slice(0, 10)); day++) length += 1
    longest = Math.max(longest, length)
  }
  return longest
}

function daysHold(rule: EventRule, fn: string, picked: readonly FactEvent[], { now, timeZone }: NaiveMoment): boolean {
  const dates = new Set(picked.map((event) => localDate(event.time, timeZone)))
  const has = (day: number) => dates.has(new Date(day * lengths.day).toISOString().slice(0, 10))
  const today = dayNumber(localDate(now, timeZone))
  if (fn === 'days') return holds(dates.size, rule.op, rule.value)
  if (fn === 'streak') return holds(longestRun(dates), rule.op, rule.value)
  if (fn === 'current_streak') {
    let length = 0
    for (let day = has(today) ? today : today - 1; has(day); day--) length += 1
    return holds(length, rule.op, rule.value)
  }
  if (dates.size === 0) return false
  let absent = 0
  for (let day = today - 1; !has(day) && !has(today); day--) absent += 1
  return holds(absent, rule.op, rule.value)
}

/** Exact sums of values with at most six decimals, by counting millionths. */
function totalOf(values: readonly unknown[]): number {
  const micros = values.map((value) =>
    typeof value === 'number' ? BigInt(Math.floor((Math.abs(value) > 1e15 ? 1e15 * Math.sign(value) : value) * 1e6 + 0.5)) : BigInt(0),
  )
  return Number(micros.reduce((a, b) => a + b, BigInt(0))) / 1e6
}

function eventHolds(rule: EventRule, person: PersonFacts, moment: NaiveMoment): boolean {
  const picked = person.events.filter((event) => isOne(rule, event, moment) && eventLiesIn(rule.window, event.time, person, moment))
  const { measure } = rule
  if (measure.fn === 'count') return holds(picked.length, rule.op, rule.value)
  if (!('property' in measure)) return daysHold(rule, measure.fn, picked, moment)
  const values = picked.map((event) => lookUp(event.properties, measure.property)).filter((value) => value !== absent)
  if (measure.fn === 'distinct') return holds([...new Set(values.map((v) => JSON.stringify(v)))].length, rule.op, rule.value)
  const numbers = values.filter((value) => typeof value === 'number')
  const total = totalOf(values)
  if (measure.fn === 'sum') return holds(total, rule.op, rule.value)
  if (numbers.length === 0) return false
  if (measure.fn === 'average') return holds(total / numbers.length, rule.op, rule.value)
  const sorted = [...numbers].sort((a, b) => a - b)
  const best = measure.fn === 'min' ? sorted[0] : sorted[sorted.length - 1]
  return best !== undefined && holds(best, rule.op, rule.value)
}

function occurrenceHolds(rule: Extract<Rule, { kind: 'occurrence' }>, person: PersonFacts, moment: NaiveMoment): boolean {
  const picked = person.events.filter((event) => isOne(rule, event, moment) && eventLiesIn(rule.window, event.time, person, moment))
  const sorted = [...picked].sort((a, b) => (rule.which === 'first' ? a.time - b.time : b.time - a.time))
  const best = sorted[0]
  if (best === undefined || (rule.when !== undefined && !dateLiesIn(rule.when, best.time, moment))) return false
  return sorted.some((event) => event.time === best.time && rule.where.every((filter) => filterHolds(filter, event.properties, moment)))
}

/** Tries every choice of an event for every step. */
function sequenceHolds(rule: Extract<Rule, { kind: 'sequence' }>, person: PersonFacts, moment: NaiveMoment): boolean {
  const { steps } = rule
  const linkOf = (match: SequenceMatch, event: FactEvent) => (match.link === undefined ? absent : lookUp(event.properties, match.link))
  const isBad = (match: SequenceMatch, event: FactEvent, link: string) =>
    isOne(match, event, moment) && (match.link === undefined || JSON.stringify(linkOf(match, event)) === link)
  const complete = (chosen: readonly FactEvent[]): boolean => {
    const link = steps[0]?.link === undefined ? '' : JSON.stringify(linkOf(steps[0], chosen[0] ?? { event: '', time: 0, properties: {} }))
    for (const [i, step] of steps.entries()) {
      const [event, before] = [chosen[i], chosen[i - 1]]
      if (event === undefined) return false
      if (step.link !== undefined) {
        const value = linkOf(step, event)
        if (value === absent || JSON.stringify(value) !== link) return false
      }
      if (before === undefined) continue
      if (event.time <= before.time) return false
      if (step.after !== undefined && event.time - before.time < step.after.amount * lengths[step.after.unit]) return false
      if (step.within !== undefined && event.time - before.time > step.within.amount * lengths[step.within.unit]) return false
      for (const other of person.events)
        if (other.time > before.time && other.time < event.time && (step.without ?? []).some((match) => isBad(match, other, link)))
          return false
    }
    const [first, last] = [chosen[0], chosen[chosen.length - 1]]
    if (first === undefined || last === undefined) return false
    if (rule.within !== undefined && last.time - first.time > rule.within.amount * lengths[rule.within.unit]) return false
    return !person.events.some((other) => other.time > last.time && (rule.noneAfter ?? []).some((match) => isBad(match, other, link)))
  }
  const choose = (chosen: readonly FactEvent[]): boolean => {
    const step = steps[chosen.length]
    if (step === undefined) return complete(chosen)
    return person.events.some(
      (event) =>
        isOne(step, event, moment) &&
        eventLiesIn(rule.window, event.time, person, moment) &&
        (step.when === undefined || dateLiesIn(step.when, event.time, moment)) &&
        choose([...chosen, event]),
    )
  }
  return choose([])
}

/** The value of an event that is ranked; absent where it has none. */
function rankedValue(of: PreferenceRule['of'], event: FactEvent, timeZone: string): string | number | typeof absent {
  const found = of.kind === 'hours' ? Number(localTime(event.time, timeZone).slice(0, 2)) : lookUp(event.properties, of.property)
  if (of.kind === 'property') return typeof found === 'string' || typeof found === 'number' ? found : absent
  if (typeof found !== 'number') return absent
  const below = of.edges.filter((edge) => edge <= found)
  return below.at(-1) ?? (of.kind === 'hours' ? (of.edges.at(-1) ?? absent) : absent)
}

function preferenceHolds(rule: PreferenceRule, person: PersonFacts, moment: NaiveMoment): boolean {
  const picked = person.events.filter((event) => isOne(rule, event, moment) && eventLiesIn(rule.window, event.time, person, moment))
  const byValue = new Map<string | number, FactEvent[]>()
  for (const event of picked) {
    const value = rankedValue(rule.of, event, moment.timeZone)
    if (value !== absent) byValue.set(value, [...(byValue.get(value) ?? []), event])
  }
  const points = (value: string | number) => {
    const events = byValue.get(value) ?? []
    const { sum } = rule
    return sum === undefined ? events.length : totalOf(events.map((event) => lookUp(event.properties, sum)))
  }
  const lastOf = (value: string | number) => Math.max(...(byValue.get(value) ?? []).map((event) => event.time))
  const text = (value: string | number) => (typeof value === 'number' ? '' : [...value].map((letter) => letter.codePointAt(0) ?? 0))
  const comesFirst = (a: string | number, b: string | number): boolean => {
    if (points(a) !== points(b)) return points(a) > points(b)
    if (lastOf(a) !== lastOf(b)) return lastOf(a) > lastOf(b)
    if (typeof a !== typeof b) return typeof a === 'string'
    if (typeof a === 'number') return a < Number(b)
    const [one, other] = [text(a), text(b)]
    for (let i = 0; i < Math.min(one.length, other.length); i++) if (one[i] !== other[i]) return Number(one[i]) < Number(other[i])
    return one.length < other.length
  }
  const all = [...byValue.keys()]
  return rule.values.some((value) => {
    const own = byValue.get(value) ?? []
    return own.length >= rule.least && all.filter((other) => other !== value && comesFirst(other, value)).length < rule.rank
  })
}

function tagHolds(key: string, values: readonly string[] | undefined, person: PersonFacts, moment: NaiveMoment): boolean {
  const definition = moment.lookup('tag', key)
  if (definition === null) throw new Error(`no tag ${key}`)
  if (definition.mode === 'dynamic') return naiveAnswer(definition.rule, person, moment)
  if (definition.mode === 'valued') {
    const has = definition.values.filter(({ rule }) => naiveAnswer(rule, person, moment)).map(({ value }) => value)
    const counted = definition.several ? has : has.slice(0, 1)
    return values === undefined ? counted.length > 0 : counted.some((value) => values.includes(value))
  }
  const held = [...(person.tags.get(key) ?? [])]
  return values === undefined ? held.length > 0 : held.some((value) => values.includes(value))
}

const known = new WeakMap<Rule, WeakMap<PersonFacts, Map<number, boolean>>>()

/** Answers are remembered by condition, person and instant; a condition is asked in one zone and lookup only. */
export function naiveAnswer(rule: Rule, person: PersonFacts, moment: NaiveMoment): boolean {
  const byPerson = known.get(rule) ?? new WeakMap<PersonFacts, Map<number, boolean>>()
  known.set(rule, byPerson)
  const byTime = byPerson.get(person) ?? new Map<number, boolean>()
  byPerson.set(person, byTime)
  const before = byTime.get(moment.now)
  if (before !== undefined) return before
  const answer = decide(rule, person, moment)
  byTime.set(moment.now, answer)
  return answer
}

function decide(rule: Rule, person: PersonFacts, moment: NaiveMoment): boolean {
  switch (rule.kind) {
    case 'all':
      return rule.rules.filter((child) => !naiveAnswer(child, person, moment)).length === 0
    case 'any':
      return rule.rules.filter((child) => naiveAnswer(child, person, moment)).length > 0
    case 'not':
      return naiveAnswer(rule.rule, person, moment) === false
    case 'attribute':
      return filterHolds(rule.filter, person.attributes, moment)
    case 'event':
      return eventHolds(rule, person, moment)
    case 'occurrence':
      return occurrenceHolds(rule, person, moment)
    case 'sequence':
      return sequenceHolds(rule, person, moment)
    case 'preference':
      return preferenceHolds(rule, person, moment)
    case 'random': {
      const share = bucket(rule.seed, String(person.personId), 10_000) / 100
      return share >= rule.from && share < rule.to
    }
    case 'tag':
      return tagHolds(rule.tag, rule.values, person, moment)
    case 'segment': {
      const definition = moment.lookup('segment', rule.segment)
      if (definition?.mode === 'dynamic') return naiveAnswer(definition.rule, person, moment)
      return [...person.segments].includes(rule.segment)
    }
  }
}
