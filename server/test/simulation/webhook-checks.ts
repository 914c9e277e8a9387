import { expect } from 'vitest'
import { type Db, sql } from '../../src/platform/db/postgres.ts'
import { arrivals, type DefinitionOf } from './journey-checks.ts'
import type { Outcome } from './journey-outcome.ts'

/** Whoever came to a webhook was told of under the key of that visit or of none, and who went on by an answer has one; nothing is left to post. */
export async function checkWebhooks(
  db: Db,
  workspace: number,
  outcome: Outcome,
  posted: readonly string[],
  definitionOf: DefinitionOf,
): Promise<void> {
  const came = arrivals(outcome, definitionOf, 'webhook')
  const keys = new Set(came.map(({ step }) => step.details.effectKey))
  for (const id of new Set(posted)) expect(keys, 'posted for nobody').toContain(id)
  const times = Map.groupBy(posted, (id) => id)
  for (const { step } of came) {
    const passed = outcome.steps.find((one) => one.run_id === step.run_id && one.seq === step.seq + 1)
    const { done, tries = 0 } = passed?.details ?? {}
    const count = times.get(step.details.effectKey ?? '')?.length ?? 0
    if (passed?.outcome === 'passed' && done === true) expect(count, 'went on without an answer').toBeGreaterThan(0)
    // A process that was killed had posted without writing it down.
    expect(count, 'attempts').toBeGreaterThanOrEqual(tries)
  }
  const left = await db.many(sql`select effect_key from webhook_postings where workspace_id = ${workspace} and state = 'due'`)
  expect(left, 'still to be posted').toEqual([])
}
