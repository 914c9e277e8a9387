import { AppError, modelProblems, modeProblems, type Rule, ruleProblems, valuesProblems } from '@chaoxi/contract'
import { resolve } from '../query/index.ts'
import { lookupIn, resolvedParts } from './compiled.ts'
import type { DefinitionKind, StoredDefinition } from './types.ts'

// Whether what somebody saves can be used.

/** Throws `invalid_rule` for a rule that cannot be used beside the definitions. */
export function checkedRule(rule: Rule, definitions: readonly StoredDefinition[], self?: { kind: DefinitionKind; key: string }): void {
  const problems = ruleProblems(rule)
  if (problems.length > 0) throw new AppError('invalid_rule', 'The rule cannot be used', problems)
  resolve(rule, lookupIn(definitions.filter((one) => one.status === 'active')), self)
}

/** What a definition is by: a rule, values, or people put in by hand. */
export type Rules = Pick<StoredDefinition, 'mode' | 'rule' | 'values' | 'several' | 'model'>

export function checkMode(rules: Rules): void {
  const problems = [...modeProblems(rules), ...modelProblems(rules)]
  const [first] = problems
  if (first !== undefined) throw new AppError('invalid_request', first.message, problems)
}

/** The definition's own rules among the others; paths begin with `rule` or `values`. */
export async function checkedParts(one: StoredDefinition, others: readonly StoredDefinition[]): Promise<void> {
  const { rule } = one
  if (rule !== null) return withRulePath(async () => checkedRule(rule, others, one))
  const problems = valuesProblems(one.values)
  if (problems.length > 0) throw new AppError('invalid_rule', 'The rules cannot be used', problems)
  resolvedParts(one, lookupIn(others.filter((other) => other.status === 'active')))
}

/** The paths of a rule's problems, seen from the request that carried it. */
export async function withRulePath<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_rule') throw error
    const problems = error.problems.map(({ path, message }) => ({ path: path === '' ? 'rule' : `rule.${path}`, message }))
    throw new AppError('invalid_rule', error.message, problems)
  }
}
