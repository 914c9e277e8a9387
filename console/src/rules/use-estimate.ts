import type { Problem, Rule } from '@chaoxi/contract'
import { useEffect, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { useEndpoint } from '../api/hooks.ts'
import { hasErrors, ruleProblems } from './rule-problems.ts'

/** The pause in editing after which the people are counted: a count costs the store some 0.1 s. */
const pauseMs = 400

/** The value once it has stood still for a while. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** Paths within the rule. */
const inRule = (problems: readonly Problem[]): Problem[] =>
  problems.flatMap(({ path, message }) => {
    const [, rest] = /^rule(?:\.(.*))?$/.exec(path) ?? []
    return path === 'rule' || rest !== undefined ? [{ path: rest ?? '', message }] : []
  })

/** How many people the rule means right now; a question that has been overtaken is not waited for. */
export function useEstimate(rule: Rule, enabled: boolean) {
  const settled = useSettled(rule, pauseMs)
  const complete = !hasErrors(ruleProblems(settled))
  const query = useEndpoint('estimate', { body: { rule: settled } }, { enabled: enabled && complete })
  // Of very many people some are asked at first, and everyone once the rule stands still.
  const sampled = query.data?.interval != null && !query.isPlaceholderData
  const exact = useEndpoint('estimate', { body: { rule: settled, exact: true } }, { enabled: enabled && complete && sampled })
  const counted = sampled && exact.data !== undefined && !exact.isPlaceholderData
  // What was said of another rule is at the wrong nodes of this one.
  const fresh = complete && settled === rule && !query.isPlaceholderData
  return {
    query,
    data: counted ? exact.data : query.data,
    /** The size is a guess, and the exact one is on its way. */
    refining: sampled && exact.isFetching,
    complete,
    stale: !complete || query.isFetching || settled !== rule,
    errors: fresh && query.error instanceof ApiError ? inRule(query.error.problems) : [],
    warnings: fresh ? inRule(query.data?.warnings ?? []) : [],
  }
}
export type Estimate = ReturnType<typeof useEstimate>
