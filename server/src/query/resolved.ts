import type { EventRule, PropertyFilter } from '@chaoxi/contract'

export type DefinitionKind = 'tag' | 'segment'

/** A rule whose names have been looked up: what is left can be answered from one person's attributes, events and static membership. */
export type ResolvedRule =
  | { kind: 'all'; rules: ResolvedRule[] }
  | { kind: 'any'; rules: ResolvedRule[] }
  | { kind: 'not'; rule: ResolvedRule }
  | { kind: 'attribute'; filter: PropertyFilter }
  | EventRule
  | { kind: 'member'; of: DefinitionKind; key: string }

/** What a rule reads, so that a change can be matched with the rules that it concerns. */
export interface Mentions {
  readonly events: ReadonlySet<string>
  readonly attributes: boolean
  /** `tag:vip`, `segment:insiders`: the static definitions. */
  readonly members: ReadonlySet<string>
}

export function memberName(of: DefinitionKind, key: string): string {
  return `${of}:${key}`
}

export type Leaf = Exclude<ResolvedRule, { kind: 'all' | 'any' | 'not' }>

/** Every leaf, left to right. */
export function leavesOf(rule: ResolvedRule): Leaf[] {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return rule.rules.flatMap(leavesOf)
    case 'not':
      return leavesOf(rule.rule)
    default:
      return [rule]
  }
}

/** Equal leaves have the same one. */
export function leafIdentity(leaf: ResolvedRule): string {
  return JSON.stringify(leaf)
}

/** The different leaves of all rules by identity, in the order in which they first occur. */
export function distinctLeaves(rules: readonly ResolvedRule[]): Map<string, Leaf> {
  return new Map(rules.flatMap(leavesOf).map((leaf) => [leafIdentity(leaf), leaf]))
}

export function mentionsOf(rule: ResolvedRule): Mentions {
  const leaves = leavesOf(rule)
  return {
    events: new Set(leaves.flatMap((leaf) => (leaf.kind === 'event' ? [leaf.event] : []))),
    attributes: leaves.some((leaf) => leaf.kind === 'attribute'),
    members: new Set(leaves.flatMap((leaf) => (leaf.kind === 'member' ? [memberName(leaf.of, leaf.key)] : []))),
  }
}
