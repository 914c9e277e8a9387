import type { Comparison, EventRule, PropertyFilter } from '@chaoxi/contract'
import type { PersonFacts, ResolvedRule } from './index.ts'

// A second reading of contract/rule.ts, written for tests only and as literally as possible: no sharing of code with the
// predicate or the printer, so that a misunderstanding in one of them shows.

const absent = Symbol('absent')

function lookUp(document: unknown, name: string): unknown {
  const dot = name.indexOf('.')
  const head = dot < 0 ? name : name.slice(0, dot)
  if (Object.prototype.toString.call(document) !== '[object Object]') return absent
  const entry = Object.entries(Object(document)).find(([key]) => key === head)
  if (!entry || entry[1] === null) return absent
  return dot < 0 ? entry[1] : lookUp(entry[1], name.slice(dot + 1))
}

function sameScalar(a: unknown, b: unknown): boolean {
  return typeof a === typeof b && JSON.stringify(a) === JSON.stringify(b)
}

function filterHolds(filter: PropertyFilter, document: unknown): boolean {
  const found = lookUp(document, filter.property)
  if (filter.op === 'exists') return found !== absent
  if (filter.op === 'not_exists') return found === absent
  if (filter.op === 'eq') return found !== absent && sameScalar(found, filter.value)
  if (filter.op === 'neq') return !(found !== absent && sameScalar(found, filter.value))
  if (filter.op === 'in') return found !== absent && filter.value.filter((one) => sameScalar(one, found)).length > 0
  if (filter.op === 'not_in') return found === absent || filter.value.filter((one) => sameScalar(one, found)).length === 0
  if (filter.op === 'contains') return typeof found === 'string' && found.split(filter.value).length > 1
  if (filter.op === 'not_contains') return !(typeof found === 'string' && found.split(filter.value).length > 1)
  if (filter.op === 'gt' || filter.op === 'gte' || filter.op === 'lt' || filter.op === 'lte')
    return typeof found === 'number' && holds(found, filter.op, filter.value)
  throw new Error('an operator that the language does not have')
}

function holds(a: number, op: Comparison, b: number): boolean {
  const order = Math.sign(a === b ? 0 : a - b)
  return { eq: order === 0, gt: order === 1, gte: order !== -1, lt: order === -1, lte: order !== 1 }[op]
}

const unitLength = { minute: 60, hour: 3600, day: 86_400 }

function eventHolds(rule: EventRule, facts: PersonFacts, now: number): boolean {
  const picked = []
  for (const event of facts.events) {
    if (event.event !== rule.event || event.time > now) continue
    if (rule.window.kind === 'rolling') {
      const age = now - event.time
      if (age >= rule.window.amount * unitLength[rule.window.unit] * 1000) continue
    }
    if (rule.window.kind === 'between') {
      if (event.time < new Date(rule.window.from).getTime()) continue
      if (event.time >= new Date(rule.window.to).getTime()) continue
    }
    if (rule.filters.filter((filter) => filterHolds(filter, event.properties)).length === rule.filters.length) picked.push(event)
  }
  if (rule.measure.fn === 'count') return holds(picked.length, rule.op, rule.value)
  const { property } = rule.measure
  const values = picked.map((event) => lookUp(event.properties, property)).filter((value) => value !== absent)
  if (rule.measure.fn === 'distinct') return holds([...new Set(values.map((v) => JSON.stringify(v)))].length, rule.op, rule.value)
  const numbers: number[] = []
  for (const value of values) if (typeof value === 'number') numbers.push(value)
  // Exact sums of values with at most six decimals, by counting millionths.
  const total =
    Number(
      numbers
        .map((value) => BigInt(Math.floor((Math.abs(value) > 1e15 ? 1e15 * Math.sign(value) : value) * 1e6 + 0.5)))
        .reduce((a, b) => a + b, BigInt(0)),
    ) / 1e6
  if (rule.measure.fn === 'sum') return holds(total, rule.op, rule.value)
  if (numbers.length === 0) return false
  if (rule.measure.fn === 'average') return holds(total / numbers.length, rule.op, rule.value)
  const sorted = [...numbers].sort((a, b) => a - b)
  const best = rule.measure.fn === 'min' ? sorted[0] : sorted[sorted.length - 1]
  return best !== undefined && holds(best, rule.op, rule.value)
}

export function naiveAnswer(rule: ResolvedRule, facts: PersonFacts, now: number): boolean {
  if (rule.kind === 'all') return rule.rules.filter((child) => !naiveAnswer(child, facts, now)).length === 0
  if (rule.kind === 'any') return rule.rules.filter((child) => naiveAnswer(child, facts, now)).length > 0
  if (rule.kind === 'not') return naiveAnswer(rule.rule, facts, now) === false
  if (rule.kind === 'attribute') return filterHolds(rule.filter, facts.attributes)
  if (rule.kind === 'event') return eventHolds(rule, facts, now)
  return [...(rule.of === 'tag' ? facts.staticTags : facts.staticSegments)].includes(rule.key)
}
