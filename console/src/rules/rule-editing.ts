import type { EventRule, Rule, SequenceMatch } from '@chaoxi/contract'

/**
 * Edits of a rule tree as pure functions: the builder keeps nothing else. A path is the way from the root: the index
 * within a group's `rules`, and 0 for what stands inside a `not`.
 */
export type RulePath = readonly number[]
export type Group = Extract<Rule, { kind: 'all' | 'any' }>

/** The rule that asks for nothing. */
export const everyone: Group = { kind: 'all', rules: [] }
export const isEveryone = (rule: Rule): boolean => rule.kind === 'all' && rule.rules.length === 0

export const isGroup = (rule: Rule): rule is Group => rule.kind === 'all' || rule.kind === 'any'

/** The builder always shows a group at the root; a lone condition means the same as a group of one. */
export function asGroup(rule: Rule | null): Rule {
  if (rule === null) return everyone
  return isGroup(peel(rule).inner) ? rule : { kind: 'all', rules: [rule] }
}

/** `not` is shown as a switch on what it negates: what stands inside, whether it is negated, and how many `not`s deep. */
export function peel(rule: Rule): { inner: Rule; negated: boolean; depth: number } {
  let inner = rule
  let depth = 0
  while (inner.kind === 'not') {
    inner = inner.rule
    depth += 1
  }
  return { inner, negated: depth % 2 === 1, depth }
}

export function ruleAt(rule: Rule, path: RulePath): Rule | undefined {
  const [head, ...rest] = path
  if (head === undefined) return rule
  if (rule.kind === 'not') return head === 0 ? ruleAt(rule.rule, rest) : undefined
  if (!isGroup(rule)) return undefined
  const child = rule.rules[head]
  return child === undefined ? undefined : ruleAt(child, rest)
}

/** The tree with `edit` applied to the rule at `path`; unchanged when there is none. */
export function editAt(rule: Rule, path: RulePath, edit: (rule: Rule) => Rule): Rule {
  const [head, ...rest] = path
  if (head === undefined) return edit(rule)
  if (rule.kind === 'not') return head === 0 ? { kind: 'not', rule: editAt(rule.rule, rest, edit) } : rule
  if (!isGroup(rule)) return rule
  return { ...rule, rules: rule.rules.map((child, index) => (index === head ? editAt(child, rest, edit) : child)) }
}

export const replaceAt = (rule: Rule, path: RulePath, next: Rule): Rule => editAt(rule, path, () => next)

/** Adds `child` to the group at `path`, before `index` (at the end by default). */
export function insertInto(rule: Rule, path: RulePath, child: Rule, index?: number): Rule {
  return editAt(rule, path, (group) =>
    isGroup(group) ? { ...group, rules: spliced(group.rules, index ?? group.rules.length, 0, child) } : group,
  )
}

/** Takes the rule at `path` out, with the `not`s around it. Without a parent group nothing is left but "everyone". */
export function removeAt(rule: Rule, path: RulePath): Rule {
  const last = path.at(-1)
  if (last === undefined) return everyone
  const parentPath = path.slice(0, -1)
  const parent = ruleAt(rule, parentPath)
  if (parent === undefined) return rule
  if (parent.kind === 'not') return removeAt(rule, parentPath)
  return editAt(rule, parentPath, (group) => (isGroup(group) ? { ...group, rules: spliced(group.rules, last, 1) } : group))
}

/** Puts a copy right after the rule at `path`. */
export function duplicateAt(rule: Rule, path: RulePath): Rule {
  const last = path.at(-1)
  const copy = ruleAt(rule, path)
  if (last === undefined || copy === undefined) return rule
  return insertInto(rule, path.slice(0, -1), structuredClone(copy), last + 1)
}

/** Moves the rule at `path` up (-1) or down (+1) among its siblings; unchanged at the edge. */
export function moveAt(rule: Rule, path: RulePath, by: -1 | 1): Rule {
  const last = path.at(-1)
  if (last === undefined) return rule
  return editAt(rule, path.slice(0, -1), (group) => {
    if (!isGroup(group)) return group
    const moved = group.rules[last]
    const to = last + by
    if (moved === undefined || to < 0 || to >= group.rules.length) return group
    return { ...group, rules: spliced(spliced(group.rules, last, 1), to, 0, moved) }
  })
}

/** Turns the negation of the rule at `path` on or off. Never piles `not` upon `not`. */
export function negateAt(rule: Rule, path: RulePath): Rule {
  return editAt(rule, path, (at) => {
    const { inner, negated } = peel(at)
    return negated ? inner : { kind: 'not', rule: inner }
  })
}

/** Changes how the group at `path` joins its conditions, keeping its negation. */
export function joinAt(rule: Rule, path: RulePath, kind: Group['kind']): Rule {
  const at = ruleAt(rule, path)
  if (at === undefined) return rule
  const inside = [...path, ...Array<number>(peel(at).depth).fill(0)]
  return editAt(rule, inside, (group) => (isGroup(group) ? { ...group, kind } : group))
}

/** Puts the rule at `path` into a new group of the other kind than its parent's, ready for a second condition. */
export function wrapAt(rule: Rule, path: RulePath): Rule {
  const parent = ruleAt(rule, path.slice(0, -1))
  const kind = parent?.kind === 'any' ? 'all' : 'any'
  return editAt(rule, path, (at) => ({ kind, rules: [at] }))
}

/** Dissolves the plain group at `path` into its parent group. */
export function unwrapAt(rule: Rule, path: RulePath): Rule {
  const last = path.at(-1)
  const group = ruleAt(rule, path)
  if (last === undefined || group === undefined || !isGroup(group)) return rule
  return editAt(rule, path.slice(0, -1), (parent) =>
    isGroup(parent) ? { ...parent, rules: spliced(parent.rules, last, 1, ...group.rules) } : parent,
  )
}

/** How many conditions (leaves) a rule has. */
export function leafCount(rule: Rule): number {
  if (rule.kind === 'not') return leafCount(rule.rule)
  return isGroup(rule) ? rule.rules.reduce((sum, child) => sum + leafCount(child), 0) : 1
}

/** What a menu starts a condition of each kind with. */
export function newRule(kind: Exclude<Rule['kind'], 'all' | 'not'>): Rule {
  switch (kind) {
    case 'event':
      return newEventRule()
    case 'occurrence':
      return { kind, which: 'first', event: '', filters: [], window: { kind: 'ever' }, where: [] }
    case 'sequence':
      return { kind, steps: [newMatch(), newMatch()], window: { kind: 'rolling', amount: 7, unit: 'day' } }
    case 'preference':
      return {
        kind,
        event: '',
        filters: [],
        window: { kind: 'rolling', amount: 30, unit: 'day' },
        of: { kind: 'property', property: '' },
        rank: 1,
        least: 3,
        values: [],
      }
    case 'attribute':
      return { kind, filter: { property: '', op: 'eq', value: '' } }
    case 'tag':
      return { kind, tag: '' }
    case 'segment':
      return { kind, segment: '' }
    case 'random':
      return { kind, seed: '', from: 0, to: 10 }
    case 'any':
      return { kind, rules: [newEventRule()] }
  }
}

export const newMatch = (): SequenceMatch => ({ event: '', filters: [] })

/** A first event condition: did it at least once in the last 7 days. */
export function newEventRule(event = ''): EventRule {
  return {
    kind: 'event',
    event,
    filters: [],
    window: { kind: 'rolling', amount: 7, unit: 'day' },
    measure: { fn: 'count' },
    op: 'gte',
    value: 1,
  }
}

function spliced<T>(list: readonly T[], start: number, deleteCount: number, ...items: T[]): T[] {
  const copy = [...list]
  copy.splice(start, deleteCount, ...items)
  return copy
}
