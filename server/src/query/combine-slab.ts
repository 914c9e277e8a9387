import { stepsOf } from './combine.ts'
import type { Facts } from './facts.ts'
import type { LeafTest } from './leaf-test.ts'
import type { ResolvedRule } from './resolved.ts'
import { never, Said } from './slab.ts'

/** How the answers of a slab's people follow from those of the leaves; word by word, where a word is 32 people. */
export interface SlabProgram {
  /** What has to be worked out for some of the rules. */
  planOf(rules: readonly number[]): Plan
  /** Works it out for the people from place `from` to `to`; what is said of a rule may be read until the next call. */
  run(plan: Plan, facts: Facts, from: number, to: number): void
  saidOf(rule: number): Said
}

/** Steps, parts before the whole. */
export type Plan = readonly number[]

/** `tests` are those of `distinctLeaves`. */
export function compileSlabProgram(rules: readonly ResolvedRule[], tests: readonly LeafTest[]): SlabProgram {
  const { steps, results } = stepsOf(rules)
  const said = steps.map(() => new Said())
  const partsOf = steps.map(({ kind, parts }) => (kind === 'leaf' ? [] : parts.flatMap((part) => said[part] ?? [])))

  return {
    planOf(places) {
      const needed = new Uint8Array(steps.length)
      for (const place of places) needed[results[place] ?? -1] = 1
      for (let at = steps.length - 1; at >= 0; at--) {
        const step = steps[at]
        if (needed[at] === 1 && step !== undefined && step.kind !== 'leaf') for (const part of step.parts) needed[part] = 1
      }
      return steps.flatMap((_, at) => (needed[at] === 1 ? [at] : []))
    },
    run(plan, facts, from, to) {
      for (const at of plan) {
        const [step, into, parts] = [steps[at], said[at], partsOf[at]]
        if (step === undefined || into === undefined || parts === undefined) continue
        if (step.kind === 'leaf') tests[step.parts[0] ?? -1]?.(facts, from, to, into)
        else if (step.kind === 'not') negate(parts[0] ?? into, into)
        else combine(parts, step.kind === 'all', to - from, into)
      }
    },
    saidOf: (rule) => said[results[rule] ?? -1] ?? new Said(),
  }
}

function negate(part: Said, into: Said): void {
  for (let word = 0; word < into.held.length; word++) into.held[word] = ~(part.held[word] ?? 0)
  into.shareNext(part)
}

/**
 * A false `all` cannot turn before the last of its false parts has, nor a true `any` before the last of its true ones: that
 * spares most checks of people who are far from the rule.
 */
function combine(parts: readonly Said[], isAll: boolean, people: number, into: Said): void {
  into.fill(isAll)
  const { held } = into
  for (const part of parts)
    if (isAll) for (let word = 0; word < held.length; word++) held[word] = (held[word] ?? 0) & (part.held[word] ?? 0)
    else for (let word = 0; word < held.length; word++) held[word] = (held[word] ?? 0) | (part.held[word] ?? 0)
  const turning = parts.filter((part) => part.turning)
  if (turning.length === 0) return
  const usual = isAll ? -1 : 0
  for (let word = 0; word << 5 < people; word++) {
    // Those whose answer is decided by a part that never turns.
    let settled = 0
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      if (part !== undefined && !part.turning) settled |= (part.held[word] ?? 0) ^ usual
    }
    const decided = (held[word] ?? 0) ^ usual
    const left = people - (word << 5)
    let open = ~settled & (left < 32 ? (1 << left) - 1 : -1)
    while (open !== 0) {
      const bit = open & -open
      open ^= bit
      const place = (word << 5) + 31 - Math.clz32(bit)
      into.turns(place, (decided & bit) === 0 ? soonest(turning, place) : last(turning, usual, word, bit, place))
    }
  }
}

function soonest(turning: readonly Said[], place: number): number {
  let at = never
  for (let i = 0; i < turning.length; i++) {
    const next = turning[i]?.next[place] ?? never
    if (next < at) at = next
  }
  return at
}

/** When the last of the parts that decide the answer turns. */
function last(turning: readonly Said[], usual: number, word: number, bit: number, place: number): number {
  let at = 0
  for (let i = 0; i < turning.length; i++) {
    const part = turning[i]
    if (part === undefined || (((part.held[word] ?? 0) ^ usual) & bit) === 0) continue
    const next = part.next[place] ?? never
    if (next > at) at = next
  }
  return at
}
