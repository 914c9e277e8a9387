import type { JourneyDefinition, JourneyStatus, PausePolicy, TriggerKind } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { Pause } from './core/pause.ts'
import type { HeardKind } from './core/run.ts'

// Journeys, their versions, what these listen for, and their numbers.

export interface JourneyRow {
  id: string
  key: string
  name: string
  description: string
  status: JourneyStatus
  trigger: TriggerKind
  draft: JourneyDefinition
  draft_revision: number
  draft_by: string
  draft_at: Date
  live_version: number | null
  /** Hundredths of a per cent. */
  live_share: number
  base_version: number | null
  paused_at: Date | null
  pause_policy: PausePolicy
  pauses: readonly Pause[]
  created_at: Date
  updated_at: Date
}

/** As published, else as drawn. */
const triggerKind = sql`coalesce((select v.definition->'trigger'->>'kind' from journey_versions v
  where v.workspace_id = journeys.workspace_id and v.journey_id = journeys.id and v.version = journeys.live_version), draft->'trigger'->>'kind')`
const columns = sql`${triggerKind} as trigger, id, key, name, description, status, draft, draft_revision, draft_by, draft_at, live_version, live_share, base_version,
  paused_at, pause_policy, pauses, created_at, updated_at`

export function listJourneys(query: Queryable, workspaceId: number): Promise<JourneyRow[]> {
  return query.many<JourneyRow>(sql`select ${columns} from journeys where workspace_id = ${workspaceId} order by created_at desc, id desc`)
}

export function findJourney(query: Queryable, workspaceId: number, id: string): Promise<JourneyRow | null> {
  return query.one<JourneyRow>(sql`select ${columns} from journeys where workspace_id = ${workspaceId} and id = ${id}`)
}

/** Waits for the batches that move this journey's runs: they hold the row shared. */
export function lockJourney(tx: Tx, workspaceId: number, id: string): Promise<JourneyRow | null> {
  return tx.one<JourneyRow>(sql`select ${columns} from journeys where workspace_id = ${workspaceId} and id = ${id} for update`)
}

export function findJourneysByKey(query: Queryable, workspaceId: number, keys: readonly string[]): Promise<{ id: string; key: string }[]> {
  return query.many(sql`select id, key from journeys where workspace_id = ${workspaceId} and key = any(${keys})`)
}

/** How journeys begin that are not archived: as published, else as drawn. */
export function triggersOf(
  query: Queryable,
  workspaceId: number,
  keys: readonly string[],
): Promise<{ key: string; trigger: TriggerKind }[]> {
  return query.many(sql`
    select key, ${triggerKind} as trigger from journeys
    where workspace_id = ${workspaceId} and key = any(${keys}) and status <> 'archived'`)
}

export interface NewJourney {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly description: string
  readonly draft: JourneyDefinition
  /** Who drew it. */
  readonly by: string
}

/** False: the key is taken. */
export async function insertJourney(tx: Tx, workspaceId: number, journey: NewJourney, at: Date): Promise<boolean> {
  const rows = await tx.run(sql`
    insert into journeys (workspace_id, id, key, name, description, status, draft, draft_revision, draft_by, draft_at, created_at, updated_at)
    values (${workspaceId}, ${journey.id}, ${journey.key}, ${journey.name}, ${journey.description}, 'draft', ${JSON.stringify(journey.draft)}, 1,
      ${journey.by}, ${at}, ${at}, ${at})
    on conflict (workspace_id, key) do nothing`)
  return rows === 1
}

export async function updateDraft(
  tx: Tx,
  workspaceId: number,
  id: string,
  draft: { name: string; description: string; definition: JourneyDefinition; by: string },
  at: Date,
): Promise<void> {
  await tx.run(sql`
    update journeys set name = ${draft.name}, description = ${draft.description}, draft = ${JSON.stringify(draft.definition)},
      draft_revision = draft_revision + 1, draft_by = ${draft.by}, draft_at = ${at}, updated_at = ${at}
    where workspace_id = ${workspaceId} and id = ${id}`)
}

export async function updateStatus(tx: Tx, workspaceId: number, id: string, status: JourneyStatus, at: Date): Promise<void> {
  await tx.run(sql`update journeys set status = ${status}, updated_at = ${at} where workspace_id = ${workspaceId} and id = ${id}`)
}

/** With the whole share there is nobody left for the version before. */
export async function updateShare(tx: Tx, workspaceId: number, id: string, share: number, base: number | null, at: Date): Promise<void> {
  await tx.run(sql`
    update journeys set live_share = ${share}, base_version = ${base}, updated_at = ${at} where workspace_id = ${workspaceId} and id = ${id}`)
}

export interface VersionRow {
  version: number
  published_at: Date
  published_by: string
}

export function listVersions(query: Queryable, workspaceId: number, journeyId: string): Promise<VersionRow[]> {
  return query.many<VersionRow>(sql`
    select version, published_at, published_by from journey_versions
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} order by version desc`)
}

/** The next version, live from this transaction's end on. */
export async function insertVersion(
  tx: Tx,
  workspaceId: number,
  version: { journeyId: string; number: number; definition: JourneyDefinition; by: string; share: number; base: number | null },
  at: Date,
): Promise<void> {
  await tx.run(sql`
    insert into journey_versions (workspace_id, journey_id, version, definition, published_at, published_by)
    values (${workspaceId}, ${version.journeyId}, ${version.number}, ${JSON.stringify(version.definition)}, ${at}, ${version.by})`)
  await tx.run(sql`
    update journeys set status = 'live', live_version = ${version.number}, live_share = ${version.share}, base_version = ${version.base},
      updated_at = ${at}
    where workspace_id = ${workspaceId} and id = ${version.journeyId}`)
}

/** `goalMs`: of the event of a goal, for how long it counts. */
export interface Listen {
  readonly kind: HeardKind
  readonly name: string
  readonly goalMs?: number
}

export async function insertListens(
  tx: Tx,
  workspaceId: number,
  journeyId: string,
  version: number,
  listens: readonly Listen[],
): Promise<void> {
  await tx.run(sql`
    insert into journey_listens (workspace_id, kind, name, journey_id, version, goal_ms)
    select ${workspaceId}, kind, name, ${journeyId}, ${version}, goal_ms
    from unnest(${listens.map((l) => l.kind)}::text[], ${listens.map((l) => l.name)}::text[], ${listens.map((l) => l.goalMs ?? null)}::bigint[])
      as new (kind, name, goal_ms)
    on conflict do nothing`)
}

/** Of an archived journey: its goals are still listened for. */
export async function endListens(tx: Tx, workspaceId: number, journeyId: string, at: Date): Promise<void> {
  await tx.run(sql`delete from journey_listens where workspace_id = ${workspaceId} and journey_id = ${journeyId} and goal_ms is null`)
  await tx.run(sql`
    update journey_listens set spent_at = ${at} where workspace_id = ${workspaceId} and journey_id = ${journeyId} and spent_at is null`)
}

// A look for each of the few old versions: joined, all runs would be walked.
const spentListens = sql`
  j.workspace_id = l.workspace_id and j.id = l.journey_id and l.spent_at is null and j.live_version <> l.version
  and j.base_version is distinct from l.version
  and (select 1 from journey_runs r where r.workspace_id = l.workspace_id and r.journey_id = l.journey_id
    and r.version = l.version and r.state in ('active', 'waiting') limit 1) is null`

/**
 * Versions that are not live any more and that nobody is in: nothing of theirs is waited for but the goals of those who were, and
 * these so long as news of their time may come.
 */
export async function deleteSpentListens(query: Queryable, now: Date, newsAgeMaxMs: number): Promise<void> {
  await query.run(sql`delete from journey_listens l using journeys j where l.goal_ms is null and ${spentListens}`)
  await query.run(sql`update journey_listens l set spent_at = ${now} from journeys j where ${spentListens}`)
  await query.run(sql`delete from journey_listens where spent_at + (goal_ms + ${newsAgeMaxMs}::bigint) * interval '1 millisecond' < ${now}`)
}

/** Which of the names some published version listens for. One probe of the key each: nothing is cached, nothing can be stale. */
export async function heardNames(query: Queryable, workspaceId: number, kind: HeardKind, names: readonly string[]): Promise<Set<string>> {
  const rows = await query.many<{ name: string }>(sql`
    select name from unnest(${names}::text[]) as asked (name)
    where exists (select from journey_listens l where l.workspace_id = ${workspaceId} and l.kind = ${kind} and l.name = asked.name)`)
  return new Set(rows.map((row) => row.name))
}

export interface OpenJourneyRow {
  id: string
  status: 'live' | 'paused'
  live_version: number
  live_share: number
  base_version: number | null
}

/** Journeys that people may be in, held shared so that nobody pauses, publishes or archives one within the batch. */
export function shareOpenJourneys(tx: Tx, workspaceId: number): Promise<OpenJourneyRow[]> {
  return tx.many<OpenJourneyRow>(sql`
    select id, status, live_version, live_share, base_version from journeys
    where workspace_id = ${workspaceId} and status in ('live', 'paused') order by id for share`)
}

/** Of a live journey, which it then stays until the transaction ends, the pauses that changed what fell due in them; null: not live. */
export async function shareLiveJourney(tx: Tx, workspaceId: number, id: string): Promise<readonly Pause[] | null> {
  const row = await tx.one<{ pauses: Pause[] }>(sql`
    select pauses from journeys where workspace_id = ${workspaceId} and id = ${id} and status = 'live' for share`)
  return row?.pauses ?? null
}

export async function beginPause(tx: Tx, workspaceId: number, id: string, policy: PausePolicy, at: Date): Promise<void> {
  await tx.run(sql`
    update journeys set paused_at = ${at}, pause_policy = ${policy} where workspace_id = ${workspaceId} and id = ${id}`)
}

export async function endPause(tx: Tx, workspaceId: number, id: string, pauses: readonly Pause[]): Promise<void> {
  await tx.run(sql`
    update journeys set paused_at = null, pause_policy = 'send', pauses = ${JSON.stringify(pauses)}
    where workspace_id = ${workspaceId} and id = ${id}`)
}

/** Runs inside that are due. */
export async function countDue(query: Queryable, workspaceId: number, journeyId: string, now: Date): Promise<number> {
  const row = await query.one<{ count: number }>(sql`
    select count(*) as count from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting') and wake_at <= ${now}`)
  return row?.count ?? 0
}

/** What the journey is, until the transaction ends. */
export function shareJourney(tx: Tx, workspaceId: number, id: string): Promise<Pick<JourneyRow, 'status' | 'live_version'> | null> {
  return tx.one(sql`select status, live_version from journeys where workspace_id = ${workspaceId} and id = ${id} for share`)
}

export function findVersion(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  version: number,
): Promise<{ definition: JourneyDefinition } | null> {
  return query.one(sql`
    select definition from journey_versions
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and version = ${version}`)
}

/** Definitions that count: of live and paused journeys the published one, and the one before where it still lets people in. */
export function publishedDefinitions(
  query: Queryable,
  workspaceId: number,
): Promise<{ id: string; key: string; name: string; definition: JourneyDefinition }[]> {
  return query.many(sql`
    select j.id, j.key, j.name, v.definition from journeys j
    join journey_versions v on v.workspace_id = j.workspace_id and v.journey_id = j.id and v.version in (j.live_version, j.base_version)
    where j.workspace_id = ${workspaceId} and j.status in ('live', 'paused') order by j.key, v.version desc`)
}

/** Under this node the counters say who was kept out, and why. */
export const doorId = ''

export interface CounterDelta {
  readonly workspaceId: number
  readonly journeyId: string
  readonly version: number
  readonly nodeId: string
  /** Empty: the node's own numbers; else those of one way out of it; at the door the reason. */
  readonly way: string
  entered: number
  passed: number
  timed_out: number
  failed: number
  left_here: number
  moved: number
}

/**
 * Adds to the counters. They are the hottest rows of all, so: in one order (or two batches would wait for each other),
 * and as a transaction's last statement, so that they are held for a commit only.
 */
export async function addToCounters(tx: Tx, deltas: readonly CounterDelta[]): Promise<void> {
  if (deltas.length === 0) return
  await tx.run(sql`
    insert into journey_counters (workspace_id, journey_id, version, node_id, way, entered, passed, timed_out, failed, left_here, moved)
    select * from unnest(${deltas.map((d) => d.workspaceId)}::int[], ${deltas.map((d) => d.journeyId)}::text[],
      ${deltas.map((d) => d.version)}::int[], ${deltas.map((d) => d.nodeId)}::text[], ${deltas.map((d) => d.way)}::text[],
      ${deltas.map((d) => d.entered)}::bigint[], ${deltas.map((d) => d.passed)}::bigint[], ${deltas.map((d) => d.timed_out)}::bigint[], ${deltas.map((d) => d.failed)}::bigint[],
      ${deltas.map((d) => d.left_here)}::bigint[], ${deltas.map((d) => d.moved)}::bigint[])
      as new (workspace_id, journey_id, version, node_id, way, entered, passed, timed_out, failed, left_here, moved)
    order by workspace_id, journey_id, version, node_id, way
    on conflict (workspace_id, journey_id, version, node_id, way) do update set
      entered = journey_counters.entered + excluded.entered, passed = journey_counters.passed + excluded.passed,
      timed_out = journey_counters.timed_out + excluded.timed_out, failed = journey_counters.failed + excluded.failed,
      left_here = journey_counters.left_here + excluded.left_here, moved = journey_counters.moved + excluded.moved`)
}

export interface CounterRow {
  node_id: string
  entered: number
  waiting: number
  passed: number
  timed_out: number
  failed: number
  left_here: number
  moved: number
}

const ofVersion = (version: number | undefined) => sql`(${version ?? null}::int is null or version = ${version ?? null})`

/** Of one version, or of all together: what the drawing shows. `waiting` are those here now, counted from the runs. */
export function countersOf(query: Queryable, workspaceId: number, journeyId: string, version?: number): Promise<CounterRow[]> {
  return query.many<CounterRow>(sql`
    select node_id, coalesce(c.entered, 0) as entered, coalesce(w.waiting, 0) as waiting, coalesce(c.passed, 0) as passed,
      coalesce(c.timed_out, 0) as timed_out, coalesce(c.failed, 0) as failed, coalesce(c.left_here, 0) as left_here,
      coalesce(c.moved, 0) as moved
    from (select node_id, sum(entered)::bigint as entered, sum(passed)::bigint as passed, sum(timed_out)::bigint as timed_out,
        sum(failed)::bigint as failed, sum(left_here)::bigint as left_here, sum(moved)::bigint as moved
      from journey_counters where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ${ofVersion(version)} and way = '' group by node_id) c
    full join (select node_id, count(*) as waiting from journey_runs
      where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ${ofVersion(version)} and state in ('active', 'waiting') group by node_id) w using (node_id)
    order by node_id`)
}

export interface WayCounterRow {
  node_id: string
  way: string
  passed: number
}

/** How many took each way out of the nodes that people part at. */
export function wayCountersOf(query: Queryable, workspaceId: number, journeyId: string, version?: number): Promise<WayCounterRow[]> {
  return query.many<WayCounterRow>(sql`
    select node_id, way, sum(passed)::bigint as passed from journey_counters
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ${ofVersion(version)} and way <> '' group by node_id, way order by node_id, way`)
}

/** How often each reason kept somebody out. */
export function refusalsOf(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  version?: number,
): Promise<{ reason: string; count: number }[]> {
  return query.many(sql`
    select way as reason, sum(left_here)::bigint as count from journey_counters
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ${ofVersion(version)} and node_id = ${doorId} group by way order by count desc, way`)
}

export interface TotalsRow {
  journey_id: string
  entered: number
  active: number
  finished: number
}

/** Runs by how far they are; `finished` are all that are over, however they ended. */
export function totalsOf(query: Queryable, workspaceId: number, journeyIds: readonly string[]): Promise<TotalsRow[]> {
  return query.many<TotalsRow>(sql`
    select journey_id, sum(active + finished)::bigint as entered, sum(active)::bigint as active, sum(finished)::bigint as finished
    from (
      select journey_id, count(*) filter (where state in ('active', 'waiting')) as active,
        count(*) filter (where state not in ('active', 'waiting')) as finished
      from journey_runs where workspace_id = ${workspaceId} and journey_id = any(${journeyIds}) group by journey_id
      union all
      select journey_id, 0, runs from journey_past_runs where workspace_id = ${workspaceId} and journey_id = any(${journeyIds})) parts
    group by journey_id`)
}

export function findInstalledPlaybooks(query: Queryable, workspaceId: number): Promise<{ key: string; journey_ids: string[] }[]> {
  return query.many(sql`select key, journey_ids from installed_playbooks where workspace_id = ${workspaceId}`)
}

export async function insertInstalledPlaybook(
  tx: Tx,
  workspaceId: number,
  key: string,
  journeyIds: readonly string[],
  at: Date,
): Promise<void> {
  await tx.run(sql`
    insert into installed_playbooks (workspace_id, key, installed_at, journey_ids) values (${workspaceId}, ${key}, ${at}, ${journeyIds})
    on conflict (workspace_id, key) do update set journey_ids = excluded.journey_ids`)
}
