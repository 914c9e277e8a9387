import { type Db, sql } from '../../src/platform/db/postgres.ts'

// What a random life has left in the stores.

export interface RunRow {
  id: string
  journey_id: string
  version: number
  person_id: number
  entry_key: string
  state: string
  result: string | null
  node_id: string
  wake_at: Date | null
  context: {
    trigger: { occurredAt: number; sourceKey: string }
    wait?: { until: number; check?: number }
    sent?: Readonly<Record<string, { key: string }>>
  }
  steps: number
  entered_at: Date
}
export interface StepRow {
  run_id: string
  seq: number
  /** In which the line was written: not the run's, before it went into another. */
  version: number
  node_id: string
  at: Date
  outcome: string
  details: {
    to?: string
    fromVersion?: number
    way?: string
    effectKey?: string
    attempts?: { effectKey: string; result?: string }[]
    since?: string
    until?: string
    done?: boolean
    tries?: number
    reason?: string
    result?: string
    value?: unknown
  }
}
export interface InboxRow {
  id: number
  person_id: number
  kind: string
  name: string
  caller: { runId: string; depth: number } | null
  source_key: string
  properties: Record<string, unknown>
  occurred_at: Date
  received_at: Date
  taken_at: Date | null
  dropped: string | null
}
export interface Outcome {
  readonly runs: readonly RunRow[]
  readonly steps: readonly StepRow[]
  readonly messages: readonly { effect_key: string; run_id: string; node_id: string }[]
  readonly claims: readonly { request_id: string; person_id: number; coupon_key: string }[]
  readonly tags: readonly { effect_key: string; tag: string; change: string }[]
  readonly tasks: readonly { effect_key: string; state: string; outcome: string | null; person_id: number; told: number }[]
  readonly goals: readonly { run_id: string; goal: string; source_key: string; version: number }[]
  /** Deeds that are put down and not done. */
  readonly undone: number
  readonly inbox: readonly InboxRow[]
  readonly counters: readonly Record<string, unknown>[]
}

export async function readOutcome(db: Db, workspace: number): Promise<Outcome> {
  const [runs, steps, messages, claims, tags, tasks, goals, undone, inbox, counters] = await Promise.all([
    db.many<RunRow>(sql`
      select id, journey_id, version, person_id, entry_key, state, result, node_id, wake_at, context, steps, entered_at from journey_runs
      where workspace_id = ${workspace} order by id`),
    db.many<StepRow>(sql`
      select run_id, (seq + place - 1)::int as seq, line->>'nodeId' as node_id, (line->>'at')::timestamptz as at, line->>'outcome' as outcome,
        line->'details' as details
      from journey_steps cross join lateral jsonb_array_elements(steps) with ordinality as lines (line, place)
      where workspace_id = ${workspace} order by run_id, seq`),
    db.many<Outcome['messages'][number]>(sql`
      select effect_key, run_id, node_id from messages where workspace_id = ${workspace} order by effect_key`),
    db.many<Outcome['claims'][number]>(sql`
      select request_id, person_id, coupon_key from coupon_claims where workspace_id = ${workspace} order by request_id`),
    db.many<Outcome['tags'][number]>(sql`
      select effect_key, tag, change from changed_tags where workspace_id = ${workspace} order by effect_key`),
    db.many<Outcome['tasks'][number]>(sql`
      select t.effect_key, t.state, t.outcome, t.person_id,
        (select count(*) from task_entries e where e.workspace_id = t.workspace_id and e.task_id = t.id and e.kind in ('done', 'overdue', 'withdrawn')) as told
      from tasks t where workspace_id = ${workspace} order by effect_key`),
    db.many<Outcome['goals'][number]>(sql`
      select run_id, goal, source_key, version from journey_goals where workspace_id = ${workspace} order by run_id, goal`),
    db.one<{ count: number }>(sql`select count(*) as count from journey_deeds where workspace_id = ${workspace}`),
    db.many<InboxRow>(sql`
      select id, person_id, kind, name, caller, source_key, properties, occurred_at, received_at, taken_at, dropped from journey_inbox
      where workspace_id = ${workspace} order by id`),
    db.many<Record<string, unknown>>(sql`
      select journey_id, version, node_id, way, entered, passed, timed_out, failed, left_here, moved from journey_counters
      where workspace_id = ${workspace} and node_id <> '' order by journey_id, version, node_id, way`),
  ])
  return { runs, steps: withVersions(runs, steps), messages, claims, tags, tasks, goals, undone: undone?.count ?? 0, inbox, counters }
}

/** A line that tells of another version ends the time in the one before. */
function withVersions(runs: readonly RunRow[], steps: readonly StepRow[]): StepRow[] {
  const last = new Map(runs.map((run) => [run.id, run.version]))
  const told = steps.toReversed().map((step) => {
    if (step.outcome === 'moved') last.set(step.run_id, step.details.fromVersion ?? 0)
    return { ...step, version: last.get(step.run_id) ?? 0 }
  })
  return told.toReversed()
}
