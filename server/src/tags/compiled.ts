import { eachNode, type Rule } from '@chaoxi/contract'
import {
  type DefinitionLookup,
  type Mentions,
  mayHoldForNobody,
  memberName,
  mentionsOf,
  type ResolvedRule,
  resolve,
} from '../query/index.ts'
import type { DefinitionKind, StoredDefinition, Usage } from './types.ts'

/** A dynamic definition, ready to be evaluated. */
export interface Compiled {
  readonly definition: StoredDefinition
  readonly rule: ResolvedRule
  readonly mentions: Mentions
  /** Holds for someone of whom nothing is known: so any first event of a newcomer concerns it. */
  readonly open: boolean
}

/** Looks names up among the given definitions. */
export function lookupIn(definitions: readonly StoredDefinition[]): DefinitionLookup {
  const byName = new Map(definitions.map((one) => [memberName(one.kind, one.key), one]))
  return (kind, key) => {
    const found = byName.get(memberName(kind, key))
    if (!found) return null
    return found.rule === null ? { mode: 'static' } : { mode: 'dynamic', rule: found.rule }
  }
}

/** The active dynamic definitions. One that cannot be resolved is told to `broken` and left out; it must not stop the others. */
export function compile(
  definitions: readonly StoredDefinition[],
  broken: (definition: StoredDefinition, error: unknown) => void,
): Compiled[] {
  const lookup = lookupIn(definitions)
  const compiled: Compiled[] = []
  for (const definition of definitions) {
    if (definition.rule === null || definition.status !== 'active') continue
    try {
      const rule = resolve(definition.rule, lookup, definition)
      compiled.push({ definition, rule, mentions: mentionsOf(rule), open: mayHoldForNobody(rule) })
    } catch (error) {
      broken(definition, error)
    }
  }
  return compiled
}

/** Names in `touched_people.changes` that are not events. */
export const changeNames = {
  attributes: '@attributes',
  /** `@merge`, or `@merge:<person>` where the merged person is named. */
  merge: '@merge',
  /** Any static membership; `@tag:vip` or `@segment:insiders` a certain one. */
  members: '@tags',
  member: (kind: DefinitionKind, key: string) => `@${memberName(kind, key)}`,
}

/** The definitions whose answer some of the changes can turn. */
export function concernedBy(compiled: readonly Compiled[], changes: ReadonlySet<string>): Compiled[] {
  if (changes.size === 0) return []
  const merged = [...changes].some((change) => change.startsWith(changeNames.merge))
  return compiled.filter(
    ({ mentions, open }) =>
      merged ||
      open ||
      (mentions.attributes && changes.has(changeNames.attributes)) ||
      (mentions.members.size > 0 && changes.has(changeNames.members)) ||
      [...mentions.members].some((member) => changes.has(`@${member}`)) ||
      [...mentions.events].some((event) => changes.has(event)),
  )
}

/** The tags and segments that a rule names itself, not through others. */
export function namesIn(rule: Rule): Set<string> {
  const names = new Set<string>()
  eachNode(rule, (node) => {
    if (node.kind === 'tag') names.add(memberName('tag', node.tag))
    if (node.kind === 'segment') names.add(memberName('segment', node.segment))
  })
  return names
}

/** Active definitions whose rule names the given one. */
export function usersOf(definitions: readonly StoredDefinition[], kind: DefinitionKind, key: string): Usage[] {
  const name = memberName(kind, key)
  return definitions
    .filter((one) => one.status === 'active' && one.rule !== null && namesIn(one.rule).has(name))
    .map((one) => ({ kind: one.kind, key: one.key, name: one.name }))
}

/** Active definitions that depend on the given one, directly or through others; itself not. */
export function dependentsOf(definitions: readonly StoredDefinition[], kind: DefinitionKind, key: string): StoredDefinition[] {
  const found = new Set<string>()
  const pending = [memberName(kind, key)]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const one of definitions) {
      const own = memberName(one.kind, one.key)
      if (one.status !== 'active' || one.rule === null || found.has(own) || !namesIn(one.rule).has(name)) continue
      found.add(own)
      pending.push(own)
    }
  }
  return definitions.filter((one) => found.has(memberName(one.kind, one.key)) && !(one.kind === kind && one.key === key))
}
