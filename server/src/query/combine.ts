import { distinctLeaves, leafIdentity, type ResolvedRule } from './resolved.ts'

/** An answer, and how many milliseconds it certainly stays; infinity: until something happens. */
export interface Answer {
  readonly holds: boolean
  readonly staysMs: number
}

/** A person's leaves in the order of `distinctLeaves`: 1 where it holds, and the milliseconds that it stays (0: for good). */
export interface LeafAnswers {
  readonly held: readonly number[]
  readonly wait: readonly number[]
}

export type Combine = (leaves: LeafAnswers) => Answer

/**
 * A false `all` cannot turn before the last of its false children has, nor a true `any` before the last of its true ones:
 * that spares most checks of people who are far from the rule.
 */
function combineMany(children: readonly Combine[], isAll: boolean): Combine {
  return (leaves) => {
    let soonest = Number.POSITIVE_INFINITY
    let lastDeciding = -1
    for (const child of children) {
      const { holds, staysMs } = child(leaves)
      soonest = Math.min(soonest, staysMs)
      if (holds !== isAll) lastDeciding = Math.max(lastDeciding, staysMs)
    }
    return lastDeciding < 0 ? { holds: isAll, staysMs: soonest } : { holds: !isAll, staysMs: lastDeciding }
  }
}

function combineOne(rule: ResolvedRule, positions: ReadonlyMap<string, number>): Combine {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return combineMany(
        rule.rules.map((child) => combineOne(child, positions)),
        rule.kind === 'all',
      )
    case 'not': {
      const inner = combineOne(rule.rule, positions)
      return (leaves) => {
        const { holds, staysMs } = inner(leaves)
        return { holds: !holds, staysMs }
      }
    }
    default: {
      const position = positions.get(leafIdentity(rule)) ?? -1
      return ({ held, wait }) => ({ holds: held[position] === 1, staysMs: wait[position] || Number.POSITIVE_INFINITY })
    }
  }
}

/** How each rule's answer follows from the answers of all their leaves. */
export function combiners(rules: readonly ResolvedRule[]): Combine[] {
  const positions = new Map([...distinctLeaves(rules).keys()].map((identity, i) => [identity, i]))
  return rules.map((rule) => combineOne(rule, positions))
}
