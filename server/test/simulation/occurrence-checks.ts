import type { JourneyDefinition } from '@chaoxi/contract'
import { expect } from 'vitest'
import { type Db, sql } from '../../src/platform/db/postgres.ts'
import type { Outcome } from './journey-outcome.ts'

interface Row {
  due_at: Date
  state: string
  people: number
  told: number
}

/** The day that clocks show then, or one so many days later. */
function localDate(at: Date, timeZone: string, days: number): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
  return new Date(Date.parse(`${today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Of a journey that was live all the time: of each time that it was due everybody was told once, and came in as re-entry allows. */
export async function checkOccurrences(
  db: Db,
  { workspace, timeZone }: { workspace: number; timeZone: string },
  { inbox, runs }: Outcome,
  journeyId: string,
  definition: JourneyDefinition,
): Promise<void> {
  const { trigger } = definition
  if (trigger.kind !== 'schedule' && trigger.kind !== 'date') return
  const rows = await db.many<Row>(sql`
    select due_at, state, people, told from journey_occurrences where workspace_id = ${workspace} and journey_id = ${journeyId} order by due_at`)
  for (const { due_at, state, people, told } of rows) {
    const name = trigger.kind === 'date' ? localDate(due_at, timeZone, -trigger.days) : due_at.toISOString()
    const prefix = `${trigger.kind}:${journeyId}:${name}:`
    expect(['done', 'skipped'], prefix).toContain(state)
    expect([Number(told), inbox.filter((row) => row.source_key.startsWith(prefix)).length], prefix).toEqual([
      Number(people),
      Number(people),
    ])
    const entered = runs.filter((run) => run.entry_key.startsWith(prefix))
    if (definition.reentry === 'every_time' && !definition.entryRule && !definition.limits)
      expect(entered.length, prefix).toBe(Number(people))
  }
}
