import { AppError, type Problem, type Rule } from '@chaoxi/contract'
import { printedSize, printedSizeMax } from './print.ts'
import { type DefinitionKind, memberName, type ResolvedRule } from './resolved.ts'

/** What a name in a rule stands for. */
export type Definition = { mode: 'static' } | { mode: 'dynamic'; rule: Rule }
export type DefinitionLookup = (kind: DefinitionKind, key: string) => Definition | null

/** Substituting definitions can multiply a rule; beyond this it is too costly for a pass over many people. */
const resolvedNodesMax = 2_000
const resolvedDepthMax = 60

interface Walk {
  readonly lookup: DefinitionLookup
  readonly problems: Problem[]
  nodes: number
}

/** Where the walk stands. Inside a substituted definition `path` stays at the leaf that named it: that is what can be mended. */
interface Place {
  readonly path: string
  readonly inside: boolean
  readonly depth: number
  /** The definitions that are being substituted, outermost first. */
  readonly trail: readonly string[]
}

function below(place: Place, part: string): Place {
  const path = place.path === '' ? part : `${place.path}.${part}`
  return { ...place, path: place.inside ? place.path : path, depth: place.depth + 1 }
}

const nothing: ResolvedRule = { kind: 'any', rules: [] }

function substitute(kind: DefinitionKind, key: string, place: Place, walk: Walk): ResolvedRule {
  const { path } = below(place, kind)
  const name = memberName(kind, key)
  if (place.trail.includes(name)) {
    walk.problems.push({ path, message: `the rule comes back to itself: ${[...place.trail, name].join(' → ')}` })
    return nothing
  }
  const definition = walk.lookup(kind, key)
  if (definition === null) {
    walk.problems.push({ path, message: `there is no ${kind} with the key "${key}"` })
    return nothing
  }
  if (definition.mode === 'static') return { kind: 'member', of: kind, key }
  return visit(definition.rule, { path, inside: true, depth: place.depth + 1, trail: [...place.trail, name] }, walk)
}

function visit(rule: Rule, place: Place, walk: Walk): ResolvedRule {
  walk.nodes += 1
  if (walk.nodes > resolvedNodesMax || place.depth > resolvedDepthMax) {
    const message = 'with the tags and segments that it names the rule becomes too large; name fewer of them'
    throw new AppError('invalid_rule', message, [{ path: place.path, message }])
  }
  switch (rule.kind) {
    case 'all':
    case 'any':
      return { kind: rule.kind, rules: rule.rules.map((child, i) => visit(child, below(place, `rules.${i}`), walk)) }
    case 'not':
      return { kind: 'not', rule: visit(rule.rule, below(place, 'rule'), walk) }
    case 'tag':
      return substitute('tag', rule.tag, place, walk)
    case 'segment':
      return substitute('segment', rule.segment, place, walk)
    default:
      return rule
  }
}

/**
 * Replaces the names of dynamic definitions by their rules and of static ones by a membership leaf. Throws `invalid_rule`
 * for an unknown name or a circle, with the path of the leaf, and for a rule that grew too large. `self` is the definition whose rule this is, if it has one.
 */
export function resolve(rule: Rule, lookup: DefinitionLookup, self?: { kind: DefinitionKind; key: string }): ResolvedRule {
  const walk: Walk = { lookup, problems: [], nodes: 0 }
  const trail = self === undefined ? [] : [memberName(self.kind, self.key)]
  const resolved = visit(rule, { path: '', inside: false, depth: 0, trail }, walk)
  if (walk.problems.length > 0) throw new AppError('invalid_rule', 'The rule names something that cannot be used', walk.problems)
  if (printedSize(resolved) > printedSizeMax) {
    const message = 'the rule is too large to evaluate; use fewer conditions and filters, or fewer tags that have many'
    throw new AppError('invalid_rule', message, [{ path: '', message }])
  }
  return resolved
}
