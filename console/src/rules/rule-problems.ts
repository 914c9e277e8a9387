import { ruleProblems as contractProblems, eachNode, type Rule, type RuleFilter, ruleSchema } from '@chaoxi/contract'
import { isGroup, type RulePath, ruleAt } from './rule-editing.ts'

/** Why a rule cannot be used yet (or, for a warning, why it may not be what was meant), and where. */
export type RuleProblemCode =
  | 'event_missing'
  | 'property_missing'
  | 'value_missing'
  | 'tag_missing'
  | 'segment_missing'
  | 'seed_missing'
  | 'group_empty_all'
  | 'group_empty_any'

export interface RuleProblem {
  readonly path: RulePath
  /** The place within the node: `filters.0.value`; the node itself: ''. */
  readonly part: string
  readonly level: 'error' | 'warning'
  /** What is missing, or in the words of the contract or the server what is wrong. */
  readonly code: RuleProblemCode | 'told'
  readonly message: string
}

interface Found {
  readonly path: string
  readonly message: string
}

const missing: Readonly<Record<string, RuleProblemCode>> = {
  event: 'event_missing',
  property: 'property_missing',
  link: 'property_missing',
  attribute: 'property_missing',
  value: 'value_missing',
  values: 'value_missing',
  edges: 'value_missing',
  sum: 'property_missing',
  tag: 'tag_missing',
  segment: 'segment_missing',
  seed: 'seed_missing',
}
const nothingThere = /^Too small: expected (string|array) to have >=1 /

/** A path of the contract (`rules.1.rule.filters.0.value`) as a node and a place within it. */
export function splitPath(root: Rule, path: string): { path: RulePath; part: string } {
  const steps = path === '' ? [] : path.split('.')
  const way: number[] = []
  let node: Rule | undefined = root
  while (node !== undefined) {
    if (node.kind === 'not' && steps[0] === 'rule') {
      steps.shift()
      way.push(0)
    } else if (isGroup(node) && steps[0] === 'rules' && steps[1] !== undefined) {
      way.push(Number(steps[1]))
      steps.splice(0, 2)
    } else break
    node = ruleAt(root, way)
  }
  return { path: way, part: steps.join('.') }
}

/** Problems that the contract or the server tell, each at its node. */
export function toldProblems(root: Rule, found: readonly Found[], level: RuleProblem['level']): RuleProblem[] {
  return found.map(({ path, message }) => {
    const place = splitPath(root, path)
    const last = place.part.split('.').at(-1) ?? ''
    return { ...place, level, code: nothingThere.test(message) ? (missing[last] ?? 'told') : 'told', message }
  })
}

/** What the contract says of the rule, and what it would take but an operator cannot mean. */
export function ruleProblems(rule: Rule): RuleProblem[] {
  const parsed = ruleSchema.safeParse(rule)
  const found: readonly Found[] = parsed.success
    ? contractProblems(rule)
    : parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  return [...toldProblems(rule, found, 'error'), ...ours(rule)]
}

export const hasErrors = (problems: readonly RuleProblem[]): boolean => problems.some((problem) => problem.level === 'error')

/** Those of one part of a node, their parts told from there. */
export function under(problems: readonly RuleProblem[], part: string): RuleProblem[] {
  return problems.flatMap((problem) => {
    if (problem.part === part) return [{ ...problem, part: '' }]
    return problem.part.startsWith(`${part}.`) ? [{ ...problem, part: problem.part.slice(part.length + 1) }] : []
  })
}

/** Groups of nobody or everybody, and empty texts, which the schema takes for values. */
function ours(rule: Rule): RuleProblem[] {
  const problems: RuleProblem[] = []
  eachNode(rule, (node, place) => {
    const at = splitPath(rule, place)
    if (isGroup(node) && node.rules.length === 0)
      problems.push({ ...at, level: 'warning', code: node.kind === 'all' ? 'group_empty_all' : 'group_empty_any', message: '' })
    for (const [part, filter] of filtersOf(node))
      if ('value' in filter && filter.value === '' && filter.property !== '' && (filter.op === 'eq' || filter.op === 'neq'))
        problems.push({ path: at.path, part: `${part}.value`, level: 'error', code: 'value_missing', message: '' })
  })
  return problems
}

function filtersOf(node: Rule): (readonly [part: string, filter: RuleFilter])[] {
  const listed = (filters: readonly RuleFilter[], part: string) => filters.map((filter, i) => [`${part}.${i}`, filter] as const)
  switch (node.kind) {
    case 'attribute':
      return [['filter', node.filter]]
    case 'event':
    case 'preference':
      return listed(node.filters, 'filters')
    case 'occurrence':
      return [...listed(node.filters, 'filters'), ...listed(node.where, 'where')]
    case 'sequence':
      return [
        ...node.steps.flatMap((step, i) => [
          ...listed(step.filters, `steps.${i}.filters`),
          ...(step.without ?? []).flatMap((match, at) => listed(match.filters, `steps.${i}.without.${at}.filters`)),
        ]),
        ...(node.noneAfter ?? []).flatMap((match, i) => listed(match.filters, `noneAfter.${i}.filters`)),
      ]
    default:
      return []
  }
}
