import { callDepthMax } from '@chaoxi/contract'
import { expect } from 'vitest'
import { arrivals, type DefinitionOf } from './journey-checks.ts'
import type { Outcome } from './journey-outcome.ts'

/**
 * What journeys do to each other reaches the inbox exactly once for each visit, under the key that the story tells; nobody goes a step
 * further once they are stopped; and circles end. `merged`: people were joined, so whose run was whose at the time is not written down.
 */
export function checkCalls(outcome: Outcome, calledId: string, definitionOf: DefinitionOf, merged: boolean): void {
  const { inbox, runs, steps } = outcome
  const keysOf = (kind: 'start_journey' | 'stop_journey') =>
    arrivals(outcome, definitionOf, kind).flatMap(({ step }) => (step.details.done ? (step.details.effectKey ?? '') : []))
  const calls = inbox.filter((row) => row.kind === 'call')
  const prefix = `call:${calledId}:`
  const called = calls.map((row) => row.source_key.slice(prefix.length, row.source_key.lastIndexOf(':')))
  expect(called.toSorted()).toEqual(keysOf('start_journey').toSorted())
  const stops = inbox.filter((row) => row.kind === 'stop')
  expect(stops.map((row) => row.source_key.slice('stop:'.length)).toSorted()).toEqual(keysOf('stop_journey').toSorted())
  for (const row of calls) expect(row.caller?.depth).toBeLessThanOrEqual(callDepthMax)
  if (merged) return
  for (const stop of stops) {
    const at = stop.taken_at?.getTime() ?? 0
    const there = runs.filter(
      (run) =>
        run.journey_id === stop.name &&
        run.person_id === stop.person_id &&
        run.id !== stop.caller?.runId &&
        (inbox.find((row) => row.source_key === run.entry_key)?.id ?? 0) < stop.id,
    )
    for (const run of there) {
      const after = steps.filter((step) => step.run_id === run.id && step.at.getTime() > at)
      expect(after, `steps of ${run.id} after ${stop.source_key}`).toEqual([])
    }
  }
}
