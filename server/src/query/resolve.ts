import { AppError, type Problem, type Rule } from '@chaoxi/contract'
import { printedSize, printedSizeMax } from './print.ts'
import { type DefinitionKind, memberName, type ResolvedRule } from './resolved.ts'

/** A value of a tag, for the people whom its rule holds for and none of the rules before it. */
export interface ValueRule {
  readonly value: string
  readonly rule: Rule
}

/**
 * What a name in a rule stands for: a stored membership (whoever keeps it may tell which values there are), a rule, or an
 * ordered list of values with their rules, of which a person has the first that holds, or, with `several`, all that hold.
 */
export type Definition =
  | { mode: 'static'; values?: readonly string[] | undefined }
  | { mode: 'dynamic'; rule: Rule }
  | { mode: 'valued'; values: readonly ValueRule[]; several?: boolean | undefined }
export type DefinitionLookup = (kind: DefinitionKind, key: string) => Definition | null

/** Definitions that name definitions, one inside the other; each costs a few frames of the stack. */
const trailMax = 500

interface Walk {
  readonly lookup: DefinitionLookup
  readonly problems: Problem[]
  readonly known: Map<string, Known>
}

/** A definition's rule (of one with values: each of them), and what is wrong with it for whoever names it. */
interface Known {
  readonly rules: readonly ResolvedRule[]
  readonly messages: readonly string[]
}

/** Where the walk stands. Inside another definition `path` stays at the leaf that named it: that is what can be mended. */
interface Place {
  readonly path: string
  readonly inside: boolean
  /** The definitions that are being looked into, outermost first. */
  readonly trail: readonly string[]
}

function below(place: Place, part: string): Place {
  return place.inside ? place : { ...place, path: place.path === '' ? part : `${place.path}.${part}` }
}

const nothing: ResolvedRule = { kind: 'any', rules: [] }

/** For each of the rules: it holds, and none of those before it. What is before is one chain, so fifty values cost fifty steps. */
function firstOf(rules: readonly ResolvedRule[]): ResolvedRule[] {
  const [first, ...others] = rules
  if (first === undefined) return []
  let none: ResolvedRule = { kind: 'not', rule: first }
  const later = others.map((rule): ResolvedRule => {
    const own: ResolvedRule = { kind: 'all', rules: [none, rule] }
    none = { kind: 'all', rules: [none, { kind: 'not', rule }] }
    return own
  })
  return [first, ...later]
}

/** The rules behind a name, the same objects whenever it is named. */
function definitionRules(name: string, rules: readonly Rule[], several: boolean, place: Place, walk: Walk): readonly ResolvedRule[] {
  if (place.trail.includes(name)) {
    walk.problems.push({ path: place.path, message: `the rule comes back to itself: ${[...place.trail, name].join(' → ')}` })
    return rules.map(() => nothing)
  }
  if (place.trail.length >= trailMax) {
    const message = `tags and segments name one another through more than ${trailMax} definitions`
    throw new AppError('invalid_rule', message, [{ path: '', message }])
  }
  let known = walk.known.get(name)
  if (known === undefined) {
    const inner: Walk = { ...walk, problems: [] }
    const resolved = rules.map((rule) => visit(rule, { path: '', inside: true, trail: [...place.trail, name] }, inner))
    known = { rules: several ? resolved : firstOf(resolved), messages: [...new Set(inner.problems.map((problem) => problem.message))] }
    walk.known.set(name, known)
  }
  walk.problems.push(...known.messages.map((message) => ({ path: place.path, message })))
  return known.rules
}

function lookUp(kind: DefinitionKind, key: string, values: readonly string[] | null, place: Place, walk: Walk): ResolvedRule {
  const name = memberName(kind, key)
  const at = below(place, kind)
  const definition = walk.lookup(kind, key)
  if (definition === null) {
    walk.problems.push({ path: at.path, message: `there is no ${kind} with the key "${key}"` })
    return nothing
  }
  const known =
    definition.mode === 'valued' ? definition.values.map((one) => one.value) : definition.mode === 'static' ? definition.values : []
  for (const [i, value] of (values ?? []).entries()) {
    if (known === undefined || known.includes(value)) continue
    const message =
      known.length === 0 ? `the ${kind} "${key}" has no values` : `the ${kind} "${key}" has no value "${value}"; it has ${known.join(', ')}`
    walk.problems.push({ path: below(place, `values.${i}`).path, message })
  }
  switch (definition.mode) {
    case 'static':
      return { kind: 'member', of: kind, key, values }
    case 'dynamic':
      return definitionRules(name, [definition.rule], false, at, walk)[0] ?? nothing
    case 'valued': {
      const rules = definitionRules(
        name,
        definition.values.map((one) => one.rule),
        definition.several ?? false,
        at,
        walk,
      )
      return { kind: 'any', rules: rules.filter((_, i) => values === null || values.includes(definition.values[i]?.value ?? '')) }
    }
  }
}

function visit(rule: Rule, place: Place, walk: Walk): ResolvedRule {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return { kind: rule.kind, rules: rule.rules.map((child, i) => visit(child, below(place, `rules.${i}`), walk)) }
    case 'not':
      return { kind: 'not', rule: visit(rule.rule, below(place, 'rule'), walk) }
    case 'tag':
      return lookUp('tag', rule.tag, rule.values ?? null, place, walk)
    case 'segment':
      return lookUp('segment', rule.segment, null, place, walk)
    default:
      return rule
  }
}

/** What was found behind the names of one lookup: rules that are resolved with it share their parts. */
const knownByLookup = new WeakMap<DefinitionLookup, Map<string, Known>>()

/**
 * Looks up the names of a rule: a dynamic definition becomes its rule, one node for all who name it, a stored one a membership
 * leaf. Throws `invalid_rule` for an unknown name, value or a circle, with the path of the leaf, and for a rule that is too
 * large. `self` is the definition whose rule this is, if it has one. Answers of `lookup` are remembered as long as it lives.
 */
export function resolve(rule: Rule, lookup: DefinitionLookup, self?: { kind: DefinitionKind; key: string }): ResolvedRule {
  return resolveEach([{ path: '', rule }], lookup, self)[0] ?? nothing
}

/** The same for a tag's values: for each the people whose first value it is, or with `several` who have it. Paths begin with `values.0.rule`. */
export function resolveValues(
  values: readonly ValueRule[],
  lookup: DefinitionLookup,
  self?: { kind: DefinitionKind; key: string; several?: boolean },
): ResolvedRule[] {
  const placed = values.map(({ rule }, i) => ({ path: `values.${i}.rule`, rule }))
  const resolved = resolveEach(placed, lookup, self)
  return self?.several ? resolved : firstOf(resolved)
}

function resolveEach(
  placed: readonly { path: string; rule: Rule }[],
  lookup: DefinitionLookup,
  self: { kind: DefinitionKind; key: string } | undefined,
): ResolvedRule[] {
  const known = knownByLookup.get(lookup) ?? new Map<string, Known>()
  knownByLookup.set(lookup, known)
  const walk: Walk = { lookup, problems: [], known }
  const trail = self === undefined ? [] : [memberName(self.kind, self.key)]
  const resolved = placed.map(({ path, rule }) => visit(rule, { path, inside: false, trail }, walk))
  if (walk.problems.length > 0) throw new AppError('invalid_rule', 'The rule names something that cannot be used', walk.problems)
  if (printedSize({ kind: 'any', rules: resolved }) > printedSizeMax) {
    const message = 'the rule is too large to evaluate; use fewer conditions and filters, or fewer tags that have many'
    throw new AppError('invalid_rule', message, [{ path: placed.length === 1 ? (placed[0]?.path ?? '') : 'values', message }])
  }
  return resolved
}
