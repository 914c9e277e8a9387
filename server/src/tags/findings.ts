import type { Finding, Problem } from '@chaoxi/contract'
import { verdictOf } from './contradiction.ts'
import { normalForm, textOf } from './normal-form.ts'
import type { StoredDefinition, Usage } from './types.ts'

/** What is known of a definition besides itself. Instants are milliseconds. */
export interface Circumstances {
  readonly usedBy: readonly Usage[]
  /** When a rule last ceased to name it; null: not in the time that is looked at. */
  readonly freedAt: number | null
  /** When somebody last entered or left; null: never. */
  readonly movedAt: number | null
  /** Places of its rule that name what no data has used. */
  readonly unheard: readonly Problem[]
}

const dayMs = 86_400_000
export const unusedMs = 90 * dayMs
const staleMs = 90 * dayMs
/** A computation over millions of people takes minutes. */
const waitingMs = 3_600_000

type Named = Pick<StoredDefinition, 'kind' | 'key' | 'name'>

const finding = (code: Finding['code'], more: Partial<Omit<Finding, 'code'>> = {}): Finding => ({
  code,
  since: null,
  same: [],
  places: [],
  ...more,
})
const iso = (ms: number) => new Date(ms).toISOString()

/** What is out of order about one definition; `same` are others with the same normal form. */
export function findingsOf(one: StoredDefinition, around: Circumstances, same: readonly Named[], now: number): Finding[] {
  const found: Finding[] = []
  const { usedBy, freedAt, movedAt, unheard } = around
  const left = Math.max(one.updatedAt, freedAt ?? 0)
  if (usedBy.length === 0 && now - left >= unusedMs) found.push(finding('unused', { since: iso(left) }))
  const computed = one.computedRevision >= one.revision
  if (computed && one.size === 0) found.push(finding('empty', { since: iso(movedAt ?? one.computedAt ?? one.createdAt) }))
  const moved = Math.max(one.updatedAt, movedAt ?? 0)
  if (computed && one.size > 0 && now - moved >= staleMs) found.push(finding('stale', { since: iso(moved) }))
  if (!computed && now - one.updatedAt >= waitingMs) found.push(finding('waiting', { since: iso(one.updatedAt) }))
  const verdict = one.rule === null ? null : verdictOf(one.rule)
  if (verdict !== null) found.push(finding(verdict))
  const never = one.values.flatMap(({ value, rule }, i) =>
    verdictOf(rule) === 'never' ? [{ path: `values.${i}.rule`, message: `nobody can have the value "${value}"` }] : [],
  )
  if (never.length > 0) found.push(finding('never', { places: never }))
  if (same.length > 0) found.push(finding('duplicate', { same: same.map(({ kind, key, name }) => ({ kind, key, name })) }))
  if (unheard.length > 0) found.push(finding('unheard', { places: [...unheard] }))
  return found
}

/** For each of the definitions the others whose rule has the same normal form. */
export function duplicatesAmong(definitions: readonly StoredDefinition[]): Map<StoredDefinition, StoredDefinition[]> {
  const textsOf = (one: StoredDefinition) => [
    one.rule === null ? '' : textOf(normalForm(one.rule)),
    ...one.values.map(({ value, rule }) => [value, textOf(normalForm(rule))]),
    one.several,
  ]
  const groups = Map.groupBy(
    definitions.filter((one) => one.mode !== 'static'),
    (one) => JSON.stringify(textsOf(one)),
  )
  return new Map([...groups.values()].flatMap((group) => group.map((one) => [one, group.filter((other) => other !== one)])))
}
