import { compileProgram, type Program } from './combine.ts'
import { historyOf, nobody, type PersonFacts, type PersonHistory } from './facts.ts'
import { type LeafAnswer, testLeaf } from './leaf-test.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'
import { never } from './window-turns.ts'
import { zoneOf } from './zone.ts'

/** Rules at one moment, for people in memory: `ask` works out a person, whose answers the program then tells. */
export interface Predicate {
  ask(person: PersonHistory): Program
}

/** `now` in milliseconds; `timeZone` the workspace's. */
export function compilePredicate(rules: readonly ResolvedRule[], now: number, timeZone: string): Predicate {
  const moment = { now, zone: zoneOf(timeZone) }
  const tests = [...distinctLeaves(rules).values()].map((leaf) => testLeaf(leaf, moment))
  const program = compileProgram(rules)
  const held = new Array<number>(tests.length).fill(0)
  const wait = new Array<number>(tests.length).fill(0)
  const answer: LeafAnswer = { held: false, next: never }
  return {
    ask(person) {
      for (const [i, test] of tests.entries()) {
        test(person, answer)
        held[i] = answer.held ? 1 : 0
        wait[i] = answer.next === never ? 0 : answer.next - now
      }
      program.run({ held, wait })
      return program
    },
  }
}

/** The rule's answer for one person at `now` (ms) in a time zone, from facts in memory. */
export function matches(rule: ResolvedRule, facts: PersonFacts, now: number, timeZone: string): boolean {
  return compilePredicate([rule], now, timeZone).ask(historyOf(facts)).holds(0)
}

/**
 * Whether the rule can hold for someone of whom nothing is known yet: then any first event of a newcomer concerns it. Only
 * the shares of `random` differ between such people.
 */
export function mayHoldForNobody(rule: ResolvedRule): boolean {
  return possible(rule, new Map()).includes(true)
}

const both: readonly boolean[] = [true, false]

function possible(rule: ResolvedRule, known: Map<ResolvedRule, readonly boolean[]>): readonly boolean[] {
  const before = known.get(rule)
  if (before !== undefined) return before
  const answers = possibleOf(rule, known)
  known.set(rule, answers)
  return answers
}

function possibleOf(rule: ResolvedRule, known: Map<ResolvedRule, readonly boolean[]>): readonly boolean[] {
  switch (rule.kind) {
    case 'all':
    case 'any': {
      const children = rule.rules.map((child) => possible(child, known))
      const deciding = rule.kind === 'any'
      const decided = children.some((answers) => answers.includes(deciding))
      const open = children.every((answers) => answers.includes(!deciding))
      return both.filter((answer) => (answer === deciding ? decided : open))
    }
    case 'not':
      return possible(rule.rule, known).map((answer) => !answer)
    case 'random':
      return both
    default:
      return [compilePredicate([rule], 0, 'UTC').ask(nobody).holds(0)]
  }
}
