import { distinctLeaves, leafIdentity, partsOf, type ResolvedRule } from './resolved.ts'

/** A person's leaves in the order of `distinctLeaves`: 1 where it holds, and the milliseconds that it stays (0: for good). */
export interface LeafAnswers {
  readonly held: readonly number[]
  readonly wait: readonly number[]
}

/** How the rules' answers follow from the answers of their leaves. */
export interface Program {
  /** Works out a person; the answers are read by rule until the next call. */
  run(leaves: LeafAnswers): void
  holds(rule: number): boolean
  /** How many milliseconds the answer certainly stays; infinity: until something happens. */
  staysMs(rule: number): number
}

interface Step {
  readonly kind: 'all' | 'any' | 'not' | 'leaf'
  /** Steps that come before this one; of a leaf its position among the leaves. */
  readonly parts: readonly number[]
}

/** Every node once, parts before the whole. */
export function stepsOf(rules: readonly ResolvedRule[]): { steps: Step[]; results: number[] } {
  const positions = new Map([...distinctLeaves(rules).keys()].map((identity, i) => [identity, i]))
  const steps: Step[] = []
  const known = new Map<ResolvedRule | string, number>()
  const place = (rule: ResolvedRule): number => {
    const isLeaf = rule.kind !== 'all' && rule.kind !== 'any' && rule.kind !== 'not'
    const identity = isLeaf ? leafIdentity(rule) : rule
    let at = known.get(identity)
    if (at === undefined) {
      const step: Step =
        rule.kind === 'all' || rule.kind === 'any' || rule.kind === 'not'
          ? { kind: rule.kind, parts: partsOf(rule).map(place) }
          : { kind: 'leaf', parts: [positions.get(leafIdentity(rule)) ?? -1] }
      at = steps.push(step) - 1
      known.set(identity, at)
    }
    return at
  }
  return { results: rules.map(place), steps }
}

/**
 * A false `all` cannot turn before the last of its false children has, nor a true `any` before the last of its true ones:
 * that spares most checks of people who are far from the rule.
 */
export function compileProgram(rules: readonly ResolvedRule[]): Program {
  const { steps, results } = stepsOf(rules)
  const held = new Uint8Array(steps.length)
  const stays = new Float64Array(steps.length)

  function many(parts: readonly number[], at: number, isAll: boolean): void {
    const usual = isAll ? 1 : 0
    let soonest = Number.POSITIVE_INFINITY
    let lastDeciding = -1
    for (const part of parts) {
      const time = stays[part] ?? 0
      if (time < soonest) soonest = time
      if (held[part] !== usual && time > lastDeciding) lastDeciding = time
    }
    held[at] = lastDeciding < 0 ? usual : 1 - usual
    stays[at] = lastDeciding < 0 ? soonest : lastDeciding
  }

  return {
    run(leaves) {
      for (const [at, { kind, parts }] of steps.entries()) {
        const [first = -1] = parts
        if (kind === 'leaf') {
          held[at] = leaves.held[first] ?? 0
          stays[at] = leaves.wait[first] || Number.POSITIVE_INFINITY
        } else if (kind === 'not') {
          held[at] = 1 - (held[first] ?? 0)
          stays[at] = stays[first] ?? 0
        } else many(parts, at, kind === 'all')
      }
    },
    holds: (rule) => held[results[rule] ?? -1] === 1,
    staysMs: (rule) => stays[results[rule] ?? -1] ?? Number.POSITIVE_INFINITY,
  }
}
