import { createHash } from 'node:crypto'
import type {
  EventRule,
  OccurrenceRule,
  PreferenceRule,
  RandomRule,
  RuleFilter,
  RuleWindow,
  SequenceMatch,
  SequenceRule,
} from '@chaoxi/contract'

export type DefinitionKind = 'tag' | 'segment'

/**
 * A rule whose names have been looked up: what is left can be answered from one person's attributes, events and stored
 * membership. A dynamic definition is one node however often it is named, so this is a graph and not a tree: whoever walks
 * it keeps in mind where it was, and definitions that name definitions cost no more than they are long.
 */
export type ResolvedRule =
  | { kind: 'all'; rules: readonly ResolvedRule[] }
  | { kind: 'any'; rules: readonly ResolvedRule[] }
  | { kind: 'not'; rule: ResolvedRule }
  | Leaf

export type Leaf =
  | { kind: 'attribute'; filter: RuleFilter }
  | EventRule
  | OccurrenceRule
  | SequenceRule
  | PreferenceRule
  | RandomRule
  | { kind: 'member'; of: DefinitionKind; key: string; values: readonly string[] | null }

/** What a rule reads, so that a change can be matched with the rules that it concerns. */
export interface Mentions {
  readonly events: ReadonlySet<string>
  readonly attributes: boolean
  /** `tag:vip`, `segment:insiders`: the stored definitions. */
  readonly members: ReadonlySet<string>
}

export function memberName(of: DefinitionKind, key: string): string {
  return `${of}:${key}`
}

/** The rules that a node is made of. */
export function partsOf(rule: ResolvedRule): readonly ResolvedRule[] {
  if (rule.kind === 'all' || rule.kind === 'any') return rule.rules
  return rule.kind === 'not' ? [rule.rule] : []
}

/** Equal leaves have the same one. */
export function leafIdentity(leaf: Leaf): string {
  return JSON.stringify(leaf)
}

/** The different leaves of all rules by identity, in the order in which they first occur. */
export function distinctLeaves(rules: readonly ResolvedRule[]): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  const seen = new Set<ResolvedRule>()
  const walk = (rule: ResolvedRule) => {
    if (seen.has(rule)) return
    seen.add(rule)
    if (rule.kind !== 'all' && rule.kind !== 'any' && rule.kind !== 'not') {
      const identity = leafIdentity(rule)
      if (!leaves.has(identity)) leaves.set(identity, rule)
    }
    for (const part of partsOf(rule)) walk(part)
  }
  for (const rule of rules) walk(rule)
  return leaves
}

/** The names of the events that a leaf reads. */
export function eventsOf(leaf: Leaf): string[] {
  if (leaf.kind === 'event' || leaf.kind === 'occurrence' || leaf.kind === 'preference') return [leaf.event]
  return leaf.kind === 'sequence' ? [...new Set(sequenceMatches(leaf).map((match) => match.event))] : []
}

/** The steps of a sequence, and what must not come between and after them. */
export function sequenceMatches({ steps, noneAfter }: SequenceRule): SequenceMatch[] {
  return [...steps, ...steps.flatMap((step) => step.without ?? []), ...(noneAfter ?? [])]
}

/** The window over events of a leaf, if it has one. */
export function windowOf(leaf: Leaf): RuleWindow | null {
  return 'window' in leaf ? leaf.window : null
}

export function mentionsOf(rule: ResolvedRule): Mentions {
  const leaves = [...distinctLeaves([rule]).values()]
  return {
    events: new Set(leaves.flatMap(eventsOf)),
    attributes: leaves.some((leaf) => leaf.kind === 'attribute' || windowOf(leaf)?.kind === 'since'),
    members: new Set(leaves.flatMap((leaf) => (leaf.kind === 'member' ? [memberName(leaf.of, leaf.key)] : []))),
  }
}

/** Rules with the same one mean the same. */
export function fingerprintOf(rule: ResolvedRule): string {
  let known = fingerprints.get(rule)
  if (known === undefined) {
    const text =
      rule.kind === 'all' || rule.kind === 'any' || rule.kind === 'not'
        ? `${rule.kind}(${partsOf(rule).map(fingerprintOf).join()})`
        : leafIdentity(rule)
    known = createHash('sha256').update(text).digest('base64url')
    fingerprints.set(rule, known)
  }
  return known
}
const fingerprints = new WeakMap<ResolvedRule, string>()
