import { type Evaluation, memberName } from '../query/index.ts'
import type { Check, DefinitionName, Member } from './membership-store.ts'

/** What has to be written so that the stores hold what an evaluation found. */
export interface Difference {
  readonly enter: Member[]
  readonly leave: Member[]
  readonly putChecks: Check[]
  readonly dropChecks: Member[]
}

export interface Evaluated {
  readonly names: readonly DefinitionName[]
  /** In the order of `names`. */
  readonly answers: readonly Evaluation[]
  /** What the stores hold of the same definitions and people. */
  readonly members: readonly Member[]
  readonly checks: readonly Check[]
}

export function difference({ names, answers, members, checks }: Evaluated): Difference {
  const result: Difference = { enter: [], leave: [], putChecks: [], dropChecks: [] }
  const nameOf = (one: DefinitionName) => memberName(one.kind, one.key)
  const membersBy = Map.groupBy(members, nameOf)
  const checksBy = Map.groupBy(checks, nameOf)
  for (const [i, { kind, key }] of names.entries()) {
    const answer = answers[i]
    if (answer === undefined) continue
    const name = memberName(kind, key)
    const inside = new Set((membersBy.get(name) ?? []).map((member) => member.personId))
    for (const personId of answer.people) if (!inside.has(personId)) result.enter.push({ kind, key, personId })
    for (const personId of inside) if (!answer.people.has(personId)) result.leave.push({ kind, key, personId })
    const due = new Map((checksBy.get(name) ?? []).map((check) => [check.personId, check.dueAt]))
    for (const [personId, dueAt] of answer.next) if (due.get(personId) !== dueAt) result.putChecks.push({ kind, key, personId, dueAt })
    for (const personId of due.keys()) if (!answer.next.has(personId)) result.dropChecks.push({ kind, key, personId })
  }
  return result
}
