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
  /** All parts of each definition: of a tag with values every value, in any order. */
  readonly parts: readonly (DefinitionName & { readonly value: string })[]
  /** In the order of `parts`. */
  readonly answers: readonly Evaluation[]
  /** What the store holds of the same definitions and people. */
  readonly members: readonly Member[]
}

/** Whoever holds a value that the tag has no more leaves it too. */
export function difference({ parts, answers, members }: Evaluated): Difference {
  const result: Difference = { enter: [], leave: [], due: new Map() }
  const nameOf = (one: DefinitionName & { value: string }) => `${memberName(one.kind, one.key)}=${one.value}`
  const membersBy = Map.groupBy(members, nameOf)
  for (const [i, { kind, key, value }] of parts.entries()) {
    const answer = answers[i]
    if (answer === undefined) continue
    const name = nameOf({ kind, key, value })
    const inside = new Set((membersBy.get(name) ?? []).map((member) => member.personId))
    membersBy.delete(name)
    for (const personId of answer.people) if (!inside.has(personId)) result.enter.push({ kind, key, personId, value })
    for (const personId of inside) if (!answer.people.has(personId)) result.leave.push({ kind, key, personId, value })
    for (const [personId, dueAt] of answer.next) {
      if (dueAt < (result.due.get(personId) ?? Number.POSITIVE_INFINITY)) result.due.set(personId, dueAt)
    }
  }
  for (const former of membersBy.values()) result.leave.push(...former)
  return result
}
