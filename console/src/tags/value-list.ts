import { type TagValue, tagValuesMax, tagValuesMin } from '@chaoxi/contract'
import { everyone } from '../rules/rule-editing.ts'
import { hasErrors, ruleProblems } from '../rules/rule-problems.ts'

/** A value under the pen; `id` tells it from the others while names and places change. */
export interface DraftValue extends TagValue {
  readonly id: number
}

export const draftOf = (values: readonly TagValue[]): DraftValue[] => values.map(({ value, rule }, id) => ({ id, value, rule }))
export const valuesOf = (drafts: readonly DraftValue[]): TagValue[] => drafts.map(({ value, rule }) => ({ value: value.trim(), rule }))

export function withNewValue(drafts: readonly DraftValue[]): DraftValue[] {
  const id = Math.max(-1, ...drafts.map((one) => one.id)) + 1
  return [...drafts, { id, value: '', rule: everyone }]
}

export type ValueProblem = 'valueUnnamed' | 'valueTwice' | 'valueRule'

/** What keeps each value from being stored. */
export function problemOf(drafts: readonly DraftValue[], place: number): ValueProblem | null {
  const draft = drafts[place]
  if (draft === undefined) return null
  const name = draft.value.trim()
  if (name === '') return 'valueUnnamed'
  if (drafts.some((other, i) => i < place && other.value.trim() === name)) return 'valueTwice'
  return hasErrors(ruleProblems(draft.rule)) ? 'valueRule' : null
}

export const complete = (drafts: readonly DraftValue[]): boolean =>
  drafts.length >= tagValuesMin && drafts.length <= tagValuesMax && drafts.every((_, i) => problemOf(drafts, i) === null)
