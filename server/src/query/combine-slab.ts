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
        const [step, into] = [steps[at], said[at]]
        if (step === undefined || into === undefined) continue
        const [first = -1] = step.parts
        if (step.kind === 'leaf') tests[first]?.(facts, from, to, into)
        else {
          const parts = step.parts.flatMap((part) => said[part] ?? [])
          if (step.kind === 'not') negate(parts[0] ?? into, into)
          else combine(parts, step.kind === 'all', to - from, into)
        }
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
  const usual = isAll ? 0 : -1
  for (let place = 0; place < people; place++) {
    const [word, bit] = [place >> 5, 1 << (place & 31)]
    // Bits of a word where the answer is not the one that every part decides alone.
    const decided = ((held[word] ?? 0) ^ usual) & bit
    into.turns(place, decided === 0 ? last(parts, usual, word, bit, place) : soonest(turning, place))
  }
}

function soonest(turning: readonly Said[], place: number): number {
  let at = never
  for (let i = 0; i < turning.length; i++) at = Math.min(at, turning[i]?.next[place] ?? never)
  return at
}

/** When the last of the parts that decide the answer turns. */
function last(parts: readonly Said[], usual: number, word: number, bit: number, place: number): number {
  let at = 0
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    if (part === undefined || (((part.held[word] ?? 0) ^ usual) & bit) !== 0) continue
    if (!part.turning) return never
    at = Math.max(at, part.next[place] ?? never)
  }
  return at
}
