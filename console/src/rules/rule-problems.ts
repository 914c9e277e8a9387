import type { Rule, RuleFilter, RuleWindow } from '@chaoxi/contract'
import { ruleDepthMax, ruleNodesMax } from '@chaoxi/contract'
import { isGroup, nodeCount, type RulePath, ruleDepth } from './rule-editing.ts'

/** Why a rule cannot be used yet (or, for a warning, why it may not be what was meant), and where. */
export type RuleProblemCode =
  | 'event_missing'
  | 'property_missing'
  | 'value_missing'
  | 'measure_property_missing'
  | 'window_order'
  | 'window_amount'
  | 'tag_missing'
  | 'segment_missing'
  | 'group_empty_all'
  | 'group_empty_any'
  | 'too_deep'
  | 'too_many'

export interface RuleProblem {
  readonly path: RulePath
  readonly code: RuleProblemCode
  readonly level: 'error' | 'warning'
  /** Index of the filter within an event condition. */
  readonly filter?: number
}

export function ruleProblems(rule: Rule): RuleProblem[] {
  const problems = at(rule, [])
  if (ruleDepth(rule) > ruleDepthMax) problems.push({ path: [], code: 'too_deep', level: 'error' })
  if (nodeCount(rule) > ruleNodesMax) problems.push({ path: [], code: 'too_many', level: 'error' })
  return problems
}

export const hasErrors = (problems: readonly RuleProblem[]): boolean => problems.some((problem) => problem.level === 'error')

function at(rule: Rule, path: RulePath): RuleProblem[] {
  const error = (code: RuleProblemCode, filter?: number): RuleProblem => ({
    path,
    code,
    level: 'error',
    ...(filter === undefined ? {} : { filter }),
  })
  if (rule.kind === 'not') return at(rule.rule, [...path, 0])
  if (isGroup(rule)) {
    if (rule.rules.length > 0) return rule.rules.flatMap((child, index) => at(child, [...path, index]))
    return [{ path, code: rule.kind === 'all' ? 'group_empty_all' : 'group_empty_any', level: 'warning' }]
  }
  switch (rule.kind) {
    case 'attribute':
      return filterProblems(rule.filter).map((code) => error(code))
    case 'tag':
      return rule.tag === '' ? [error('tag_missing')] : []
    case 'segment':
      return rule.segment === '' ? [error('segment_missing')] : []
    case 'event':
      return [
        ...(rule.event === '' ? [error('event_missing')] : []),
        ...rule.filters.flatMap((filter, index) => filterProblems(filter).map((code) => error(code, index))),
        ...('property' in rule.measure && rule.measure.property === '' ? [error('measure_property_missing')] : []),
        ...windowProblems(rule.window).map((code) => error(code)),
      ]
    default:
      // Written as JSON, which the contract's schema reads; the server says the rest.
      return []
  }
}

export function filterProblems(filter: RuleFilter): RuleProblemCode[] {
  if (filter.property === '') return ['property_missing']
  if (!('value' in filter)) return []
  if (Array.isArray(filter.value)) return filter.value.length === 0 ? ['value_missing'] : []
  return filter.value === '' ? ['value_missing'] : []
}

function windowProblems(window: RuleWindow): RuleProblemCode[] {
  if (window.kind === 'rolling')
    return Number.isInteger(window.amount) && window.amount > 0 && window.amount <= 100_000 ? [] : ['window_amount']
  if (window.kind === 'between') return Date.parse(window.from) < Date.parse(window.to) ? [] : ['window_order']
  return []
}
