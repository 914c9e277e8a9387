import { type Evaluation, memberName } from '../query/index.ts'
import type { DefinitionName, Member } from './membership-store.ts'

/** What has to be written so that the stores hold what an evaluation found. */
export interface Difference {
  readonly enter: Member[]
  readonly leave: Member[]
  /** By person: when the first of the answers may turn without an event (ms). Absent: never. */
  readonly due: Map<number, number>
}

export interface Evaluated {
  readonly names: readonly DefinitionName[]
  /** In the order of `names`. */
  readonly answers: readonly Evaluation[]
  /** What the store holds of the same definitions and people. */
  readonly members: readonly Member[]
}

export function difference({ names, answers, members }: Evaluated): Difference {
  const result: Difference = { enter: [], leave: [], due: new Map() }
  const nameOf = (one: DefinitionName) => memberName(one.kind, one.key)
  const membersBy = Map.groupBy(members, nameOf)
  for (const [i, { kind, key }] of names.entries()) {
    const answer = answers[i]
    if (answer === undefined) continue
    const name = memberName(kind, key)
    const inside = new Set((membersBy.get(name) ?? []).map((member) => member.personId))
    for (const personId of answer.people) if (!inside.has(personId)) result.enter.push({ kind, key, personId })
    for (const personId of inside) if (!answer.people.has(personId)) result.leave.push({ kind, key, personId })
    for (const [personId, dueAt] of answer.next) {
      if (dueAt < (result.due.get(personId) ?? Number.POSITIVE_INFINITY)) result.due.set(personId, dueAt)
    }
  }
  return result
}
