import type { Problem } from './errors.ts'
import type { EventClock } from './event-clock.ts'
import { type PreferenceRule, type Rule, ruleDepthMax, ruleNodesMax, type SequenceMatch, type SequenceRule } from './rule.ts'
import { isDateFilter, type RuleFilter } from './rule-filter.ts'
import { type RuleWindow, type SpanLength, spanLengthMs } from './rule-window.ts'

/** Every node with its path (`rules.1.rule`) and how deep it stands, the root at 1. */
export function eachNode(rule: Rule, visit: (rule: Rule, path: string, depth: number) => void, path = '', depth = 1): void {
  visit(rule, path, depth)
  if (rule.kind === 'not') eachNode(rule.rule, visit, below(path, 'rule'), depth + 1)
  if (rule.kind === 'all' || rule.kind === 'any')
    for (const [i, child] of rule.rules.entries()) eachNode(child, visit, below(path, `rules.${i}`), depth + 1)
}

const below = (path: string, part: string) => (path === '' ? part : `${path}.${part}`)

/** What the schema cannot see: depth, size, spans that end before they begin, what does not fit together. Empty when all is well. */
export function ruleProblems(rule: Rule): Problem[] {
  const problems: Problem[] = []
  let nodes = 0
  let tooMany = ''
  eachNode(rule, (node, path, depth) => {
    const tell = (part: string, message: string) => problems.push({ path: part === '' ? path : below(path, part), message })
    nodes += 1
    if (nodes === ruleNodesMax + 1) tooMany = path
    if (depth === ruleDepthMax + 1) tell('', `conditions are nested at most ${ruleDepthMax} deep`)
    nodeProblems(node, tell)
  })
  if (nodes > ruleNodesMax)
    problems.unshift({ path: tooMany, message: `a rule has at most ${ruleNodesMax} conditions, groups among them; this one has ${nodes}` })
  return problems
}

type Tell = (part: string, message: string) => void

/** What is told of a part of `place`. */
const inside =
  (tell: Tell, place: string): Tell =>
  (part, message) =>
    tell(part === '' ? place : below(place, part), message)

function nodeProblems(node: Rule, tell: Tell): void {
  switch (node.kind) {
    case 'attribute':
      filterProblems(node.filter, inside(tell, 'filter'))
      break
    case 'event':
      windowProblems(node.window, inside(tell, 'window'))
      clockProblems(node.clock, inside(tell, 'clock'))
      filtersProblems(node.filters, inside(tell, 'filters'))
      break
    case 'occurrence':
      windowProblems(node.window, inside(tell, 'window'))
      clockProblems(node.clock, inside(tell, 'clock'))
      if (node.when !== undefined) windowProblems(node.when, inside(tell, 'when'))
      filtersProblems(node.filters, inside(tell, 'filters'))
      filtersProblems(node.where, inside(tell, 'where'))
      break
    case 'sequence':
      sequenceProblems(node, tell)
      break
    case 'preference':
      preferenceProblems(node, tell)
      break
    case 'random':
      if (node.from >= node.to) tell('to', 'the share ends before it begins')
      break
    default:
  }
}

function filtersProblems(filters: readonly RuleFilter[], tell: Tell): void {
  for (const [i, filter] of filters.entries()) filterProblems(filter, inside(tell, String(i)))
}

function filterProblems(filter: RuleFilter, tell: Tell): void {
  const lists = filter.property.split('[]').length - 1
  if (lists > 0 && !(filter.op.startsWith('includes_') && lists === 1 && filter.property.includes('[].')))
    tell('property', 'a list of objects ("products[].category") can be asked with includes_any, includes_all and includes_none only')
  if (isDateFilter(filter) && filter.op !== 'month_day') windowProblems(filter.window, inside(tell, 'window'))
}

function clockProblems(clock: EventClock | undefined, tell: Tell): void {
  if (clock !== undefined && clock.hours === undefined && clock.weekdays === undefined) tell('', 'give hours, weekdays, or both')
}

function windowProblems(window: RuleWindow, tell: Tell): void {
  const backwards = 'the span ends before it begins'
  switch (window.kind) {
    case 'between':
      if (Date.parse(window.from) >= Date.parse(window.to)) tell('', backwards)
      break
    case 'relative':
      if (window.from !== undefined && window.from <= window.to) tell('', `${backwards}: "from" is the longer time ago`)
      break
    case 'calendar':
      if (window.from > window.to) tell('', backwards)
      break
    case 'dates':
      if (window.from !== undefined && window.to !== undefined && window.from > window.to) tell('', backwards)
      if (window.from === undefined && window.to === undefined) tell('', 'give the day that it begins or ends with')
      break
    default:
  }
}

function sequenceProblems({ steps, window, within, noneAfter = [] }: SequenceRule, tell: Tell): void {
  windowProblems(window, inside(tell, 'window'))
  if (steps.length === 1 && noneAfter.length === 0)
    tell('steps', 'a sequence has at least two steps, or one and what must not come after it')
  const linked = steps.some((step) => step.link !== undefined)
  for (const [i, step] of steps.entries()) {
    const tellStep = inside(tell, `steps.${i}`)
    if (linked && step.link === undefined) tellStep('link', 'other steps name a property that must be the same; name it here too')
    if (step.when !== undefined) windowProblems(step.when, inside(tellStep, 'when'))
    if (i === 0 && step.after !== undefined) tellStep('after', 'there is no step before the first; give the time to the next one')
    if (i === 0 && step.within !== undefined) tellStep('within', 'there is no step before the first; give the time to the next one')
    if (step.after !== undefined && isLonger(spanLengthMs(step.after), step.within))
      tellStep('after', 'at least so long after the step before is longer than "within" allows')
    if (i === 0 && step.without !== undefined) tellStep('without', 'there is no step before the first; give this to the next one')
    clockProblems(step.clock, inside(tellStep, 'clock'))
    filtersProblems(step.filters, inside(tellStep, 'filters'))
    negativeProblems(step.without ?? [], linked, inside(tellStep, 'without'))
  }
  if (within !== undefined && isLonger(pausesMs(steps), within))
    tell('within', 'the times that steps lie apart at least are longer than this')
  negativeProblems(noneAfter, linked, inside(tell, 'noneAfter'))
}

const isLonger = (ms: number, span: SpanLength | undefined) => span !== undefined && ms > spanLengthMs(span)

/** How long the steps of a sequence take at least. */
export function pausesMs(steps: SequenceRule['steps']): number {
  return steps.reduce((sum, { after }, i) => sum + (i === 0 || after === undefined ? 0 : spanLengthMs(after)), 0)
}

function preferenceProblems({ window, clock, filters, of, values }: PreferenceRule, tell: Tell): void {
  windowProblems(window, inside(tell, 'window'))
  clockProblems(clock, inside(tell, 'clock'))
  filtersProblems(filters, inside(tell, 'filters'))
  if (of.kind === 'property') {
    if (of.property.includes('[]')) tell('of.property', 'a list of objects has many values at once; name a property that has one')
    return
  }
  const unordered = of.edges.findIndex((edge, i) => i > 0 && edge <= (of.edges[i - 1] ?? edge))
  if (unordered >= 0) tell(`of.edges.${unordered}`, 'edges of bands go upwards, each once')
  for (const [i, value] of values.entries())
    if (typeof value === 'string' || !of.edges.includes(value))
      tell(`values.${i}`, `${JSON.stringify(value)} is no band; a band is known by its lower edge: ${of.edges.join(', ')}`)
}

function negativeProblems(matches: readonly SequenceMatch[], linked: boolean, tell: Tell): void {
  for (const [i, match] of matches.entries()) {
    if (match.link !== undefined && !linked) tell(`${i}.link`, 'no step names a property that it could equal')
    clockProblems(match.clock, inside(tell, `${i}.clock`))
    filtersProblems(match.filters, inside(tell, `${i}.filters`))
  }
}
