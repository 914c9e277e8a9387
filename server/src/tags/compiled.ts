import { eachNode, type Rule, rulesOf } from '@chaoxi/contract'
import {
  type DefinitionLookup,
  type Mentions,
  mayHoldForNobody,
  memberName,
  mentionsOf,
  type ResolvedRule,
  resolve,
  resolveValues,
} from '../query/index.ts'
import type { DefinitionKind, StoredDefinition, Usage } from './types.ts'

/** A dynamic definition, ready to be evaluated. */
export interface Compiled {
  readonly definition: StoredDefinition
  /** One of a dynamic definition; of a tag with values one for each and one for any of them. */
  readonly parts: readonly Part[]
  readonly mentions: Mentions
  /** Holds for someone of whom nothing is known: so any first event of a newcomer concerns it. */
  readonly open: boolean
}

export interface Part {
  readonly kind: DefinitionKind
  readonly key: string
  /** Of a tag with values; empty for a definition without, and for whoever has any. */
  readonly value: string
  readonly rule: ResolvedRule
}

/** What is evaluated, in one order. */
export const partsOf = (compiled: readonly Compiled[]): Part[] => compiled.flatMap((one) => one.parts)

/** The same for definitions of which none has changed. */
export const stateOf = (definitions: readonly StoredDefinition[]): string =>
  definitions.map((one) => `${one.kind}:${one.key}:${one.revision}:${one.status}`).join(' ')

/** Looks names up among the given definitions. */
export function lookupIn(definitions: readonly StoredDefinition[]): DefinitionLookup {
  const byName = new Map(definitions.map((one) => [memberName(one.kind, one.key), one]))
  return (kind, key) => {
    const found = byName.get(memberName(kind, key))
    if (!found) return null
    if (found.mode === 'valued') return { mode: 'valued', values: found.values, several: found.several }
    return found.rule === null ? { mode: 'static' } : { mode: 'dynamic', rule: found.rule }
  }
}

/** A definition's rules with the names in them looked up; throws `invalid_rule`. */
export function resolvedParts(one: StoredDefinition, lookup: DefinitionLookup): Part[] {
  const { kind, key, rule, values } = one
  if (rule !== null) return [{ kind, key, value: '', rule: resolve(rule, lookup, one) }]
  if (values.length === 0) return []
  const rules = resolveValues(values, lookup, one)
  return [
    { kind, key, value: '', rule: { kind: 'any', rules } },
    ...rules.map((resolved, i) => ({ kind, key, value: values[i]?.value ?? '', rule: resolved })),
  ]
}

/** The active definitions that have rules. One that cannot be resolved is told to `broken` and left out; it must not stop the others. */
export function compile(
  definitions: readonly StoredDefinition[],
  broken: (definition: StoredDefinition, error: unknown) => void,
): Compiled[] {
  const lookup = lookupIn(definitions)
  const compiled: Compiled[] = []
  for (const definition of definitions) {
    if (definition.mode === 'static' || definition.status !== 'active') continue
    try {
      const parts = resolvedParts(definition, lookup)
      const mentions = mentionsOf({ kind: 'any', rules: parts.map((part) => part.rule) })
      compiled.push({ definition, parts, mentions, open: parts.some((part) => mayHoldForNobody(part.rule)) })
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

const namedBy = (one: StoredDefinition, name: string) => rulesOf(one).some(({ rule }) => namesIn(rule).has(name))

/** Active definitions whose rule names the given one. */
export function usersOf(definitions: readonly StoredDefinition[], kind: DefinitionKind, key: string): Usage[] {
  const name = memberName(kind, key)
  return definitions
    .filter((one) => one.status === 'active' && namedBy(one, name))
    .map((one) => ({ kind: one.kind, key: one.key, name: one.name }))
}

/** Active definitions with a rule that asks for this value of a tag. */
export function usersOfValue(definitions: readonly StoredDefinition[], tag: string, value: string): Usage[] {
  const asks = (rule: Rule) => {
    let found = false
    eachNode(rule, (node) => {
      if (node.kind === 'tag' && node.tag === tag && node.values?.includes(value)) found = true
    })
    return found
  }
  return definitions
    .filter((one) => one.status === 'active' && rulesOf(one).some(({ rule }) => asks(rule)))
    .map((one) => ({ kind: one.kind, key: one.key, name: one.name }))
}

/** Active definitions that depend on the given one, directly or through others; itself not. */
export function dependentsOf(definitions: readonly StoredDefinition[], kind: DefinitionKind, key: string): StoredDefinition[] {
  const found = new Set<string>()
  const pending = [memberName(kind, key)]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const one of definitions) {
      const own = memberName(one.kind, one.key)
      if (one.status !== 'active' || found.has(own) || !namedBy(one, name)) continue
      found.add(own)
      pending.push(own)
    }
  }
  return definitions.filter((one) => found.has(memberName(one.kind, one.key)) && !(one.kind === kind && one.key === key))
}
