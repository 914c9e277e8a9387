import { z } from 'zod'
import type { Problem } from './errors.ts'
import { type Rule, ruleSchema } from './rule.ts'
import { ruleProblems } from './rule-problems.ts'

// Tags with values: an ordered list, of which a person has the first whose rule holds, or none where none does; or, where a person can have
// several at once (preferred categories), every one whose rule holds.

/** A lifecycle stage, an RFM class, a tier. */
export const tagValueSchema = z.object({ value: z.string().trim().min(1).max(50), rule: ruleSchema })
export type TagValue = z.infer<typeof tagValueSchema>

/** One value alone is a dynamic tag; more than fifty nobody reads. */
export const tagValuesMin = 2
export const tagValuesMax = 50
export const tagValuesSchema = z.array(tagValueSchema).max(tagValuesMax)

/** Static: people are put in by hand. Dynamic: by a rule. Valued: by the values' rules. */
export const tagModeSchema = z.enum(['static', 'dynamic', 'valued'])
export type TagMode = z.infer<typeof tagModeSchema>

/** What a definition is computed from. */
export interface DefinitionRules {
  readonly mode: TagMode
  readonly rule: Rule | null
  readonly values: readonly TagValue[]
  /** Of a tag with values: a person has every value whose rule holds, and not the first alone. */
  readonly several?: boolean | undefined
}

/** Whether there is what the mode needs, and nothing else; of the rules themselves nothing is said. */
export function modeProblems({ mode, rule, values, several }: DefinitionRules): Problem[] {
  const problems: Problem[] = []
  if (mode === 'dynamic' && rule === null) problems.push({ path: 'rule', message: 'a dynamic definition needs a rule' })
  if (mode === 'static' && rule !== null)
    problems.push({ path: 'rule', message: 'a static definition has no rule; its people are put in by hand' })
  if (mode === 'valued' && rule !== null)
    problems.push({ path: 'rule', message: 'a tag with values has a rule for each of them, and none of its own' })
  if (mode !== 'valued' && values.length > 0) problems.push({ path: 'values', message: `only a tag of the mode "valued" has values` })
  if (mode !== 'valued' && several) problems.push({ path: 'several', message: 'only a tag with values can have several at once' })
  if (mode === 'valued' && (values.length < tagValuesMin || values.length > tagValuesMax))
    problems.push({ path: 'values', message: `a tag with values has ${tagValuesMin} to ${tagValuesMax} of them` })
  for (const [i, { value }] of values.entries()) {
    const first = values.findIndex((one) => one.value === value)
    if (first < i) problems.push({ path: `values.${i}.value`, message: `"${value}" is the value of values.${first} too` })
  }
  return problems
}

/** What stands against each value's rule by itself; paths begin with `values.0.rule`. */
export function valuesProblems(values: readonly TagValue[]): Problem[] {
  return values.flatMap(({ rule }, i) =>
    ruleProblems(rule).map(({ path, message }) => ({ path: path === '' ? `values.${i}.rule` : `values.${i}.rule.${path}`, message })),
  )
}

/** The rules of a definition, with where they stand in it. */
export function rulesOf({ rule, values }: Pick<DefinitionRules, 'rule' | 'values'>): { path: string; rule: Rule }[] {
  return rule === null ? values.map((one, i) => ({ path: `values.${i}.rule`, rule: one.rule })) : [{ path: 'rule', rule }]
}
