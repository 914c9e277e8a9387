import { hasBit } from '../platform/bits.ts'
import { compileSlabProgram } from './combine-slab.ts'
import type { PersonFacts } from './facts.ts'
import { testLeaf } from './leaf-test.ts'
import { needsOf } from './needs.ts'
import { columnsOf } from './person-facts.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'
import { zoneOf } from './zone.ts'

/** The rule's answer for one person at `now` (ms) in a time zone, from facts in memory. */
export function matches(rule: ResolvedRule, facts: PersonFacts, now: number, timeZone: string): boolean {
  const moment = { now, zone: zoneOf(timeZone) }
  const leaves = [...distinctLeaves([rule]).values()]
  const program = compileSlabProgram(
    [rule],
    leaves.map((leaf) => testLeaf(leaf, moment)),
  )
  program.run(program.planOf([0]), columnsOf(facts, needsOf(leaves, moment)), 0, 1)
  return hasBit(program.saidOf(0).held, 0)
}

/**
 * Whether the rule can hold for someone of whom nothing is known yet: then any first event of a newcomer concerns it. Only
 * the shares of `random` differ between such people.
 */
export function mayHoldForNobody(rule: ResolvedRule): boolean {
  return possible(rule, new Map()).includes(true)
}

/** Somebody of whom nothing is known. */
const nobody: PersonFacts = { personId: 0, attributes: {}, events: [], tags: new Map(), segments: new Set() }

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
      return [matches(rule, nobody, 0, 'UTC')]
  }
}
