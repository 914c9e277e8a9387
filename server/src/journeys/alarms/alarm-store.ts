import type { AlarmKind, AlarmLimits, AlarmStanding, OutletKind } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { idFrom } from '../../platform/ids.ts'
import { doorId } from '../store.ts'

// Alarms of journeys, what they are held against, and whom to tell.

export interface WatchedRow {
  workspace_id: number
  id: string
  name: string
  status: string
  live_version: number
  limits: AlarmLimits | null
  first_published: Date
  oldest_due: Date | null
}

/** Every journey that is live, or that has an open alarm. */
export function watchedJourneys(query: Queryable, now: Date): Promise<WatchedRow[]> {
  return query.many<WatchedRow>(sql`
    select j.workspace_id, j.id, j.name, j.status, j.live_version, l.limits,
      (select min(published_at) from journey_versions v where v.workspace_id = j.workspace_id and v.journey_id = j.id) as first_published,
      (select min(wake_at) from journey_runs r where r.workspace_id = j.workspace_id and r.journey_id = j.id
        and r.state in ('active', 'waiting') and r.wake_at <= ${now}) as oldest_due
    from journeys j left join journey_alarm_limits l on l.workspace_id = j.workspace_id and l.journey_id = j.id
    where j.status = 'live' or exists (select from journey_alarms a
      where a.workspace_id = j.workspace_id and a.journey_id = j.id and a.closed_at is null)
    order by j.workspace_id, j.id`)
}

/** What messages of the journey cost that went out since, of those made in the days before. */
export async function costSince(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  since: number,
  madeSince: number,
): Promise<number> {
  const row = await query.one<{ cost: number }>(sql`
    select coalesce(sum(cost_fen), 0)::bigint as cost from messages
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and id >= ${idFrom('msg', madeSince)} and sent_at >= ${new Date(since)}`)
  return row?.cost ?? 0
}

export interface AlarmRow {
  workspace_id: number
  id: string
  journey_id: string
  name: string
  kind: AlarmKind
  opened_at: Date
  closed_at: Date | null
  opened_with: AlarmStanding
  stands: AlarmStanding
  untold: ('opened' | 'closed')[]
  tries: number
}

const columns = sql`a.workspace_id, a.id, a.journey_id, j.name, a.kind, a.opened_at, a.closed_at, a.opened_with, a.stands, a.untold, a.tries`
const ofJourneys = sql`journey_alarms a join journeys j on j.workspace_id = a.workspace_id and j.id = a.journey_id`

export function openAlarms(query: Queryable, workspaceId: number | null): Promise<AlarmRow[]> {
  return query.many<AlarmRow>(sql`
    select ${columns} from ${ofJourneys}
    where a.closed_at is null and (${workspaceId}::int is null or a.workspace_id = ${workspaceId}) order by a.opened_at desc, a.id desc`)
}

export function alarmsOf(query: Queryable, workspaceId: number, journeyId: string, limit: number): Promise<AlarmRow[]> {
  return query.many<AlarmRow>(sql`
    select ${columns} from ${ofJourneys} where a.workspace_id = ${workspaceId} and a.journey_id = ${journeyId}
    order by a.opened_at desc, a.id desc limit ${limit}`)
}

export interface NewAlarm {
  readonly workspaceId: number
  readonly journeyId: string
  readonly id: string
  readonly kind: AlarmKind
  readonly stands: AlarmStanding
}

/** False: another process has opened it. `tell`: there is an outlet. */
export async function openAlarm(tx: Tx, alarm: NewAlarm, tell: boolean, now: Date): Promise<boolean> {
  const stands = JSON.stringify(alarm.stands)
  const rows = await tx.run(sql`
    insert into journey_alarms (workspace_id, id, journey_id, kind, opened_at, opened_with, stands, untold, tell_at)
    values (${alarm.workspaceId}, ${alarm.id}, ${alarm.journeyId}, ${alarm.kind}, ${now}, ${stands}, ${stands},
      ${tell ? ['opened'] : []}::text[], ${tell ? now : null})
    on conflict (workspace_id, journey_id, kind) where closed_at is null do nothing`)
  return rows === 1
}

export async function updateStanding(tx: Tx, alarm: AlarmRow, stands: AlarmStanding): Promise<void> {
  await tx.run(sql`
    update journey_alarms set stands = ${JSON.stringify(stands)}
    where workspace_id = ${alarm.workspace_id} and id = ${alarm.id} and stands <> ${JSON.stringify(stands)}::jsonb`)
}

export async function closeAlarm(tx: Tx, alarm: AlarmRow, stands: AlarmStanding, tell: boolean, now: Date): Promise<boolean> {
  const rows = await tx.run(sql`
    update journey_alarms set closed_at = ${now}, stands = ${JSON.stringify(stands)},
      untold = untold || ${tell ? ['closed'] : []}::text[], tell_at = coalesce(tell_at, ${tell ? now : null})
    where workspace_id = ${alarm.workspace_id} and id = ${alarm.id} and closed_at is null`)
  return rows === 1
}

/** Of which nobody is to be told any more. */
export async function forgetAlarms(query: Queryable, closedBefore: Date): Promise<void> {
  await query.run(sql`delete from journey_alarms where closed_at < ${closedBefore} and tell_at is null`)
}

export async function findLimits(query: Queryable, workspaceId: number, journeyId: string): Promise<AlarmLimits | null> {
  const row = await query.one<{ limits: AlarmLimits }>(sql`
    select limits from journey_alarm_limits where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
  return row?.limits ?? null
}

export async function saveLimits(tx: Tx, workspaceId: number, journeyId: string, limits: AlarmLimits, now: Date): Promise<void> {
  await tx.run(sql`
    insert into journey_alarm_limits (workspace_id, journey_id, limits, updated_at)
    values (${workspaceId}, ${journeyId}, ${JSON.stringify(limits)}, ${now})
    on conflict (workspace_id, journey_id) do update set limits = excluded.limits, updated_at = excluded.updated_at`)
}

/**
 * Takes alarms of one workspace, of which its outlet is to be told now, in hand: `until` then nobody else does, also if we die before we
 * have told. The earliest first.
 */
export async function leaseUntold(query: Queryable, now: Date, until: Date, limit: number): Promise<AlarmRow[]> {
  const rows = await query.many<AlarmRow>(sql`
    with due as (
      select workspace_id, id from journey_alarms
      where tell_at <= ${now} and workspace_id = (select workspace_id from journey_alarms where tell_at <= ${now} order by tell_at limit 1)
      order by tell_at limit ${limit} for update skip locked)
    update journey_alarms a set tell_at = ${until} from due, journeys j
    where a.workspace_id = due.workspace_id and a.id = due.id and j.workspace_id = a.workspace_id and j.id = a.journey_id
    returning ${columns}`)
  return rows.toSorted((one, other) => one.opened_at.getTime() - other.opened_at.getTime() || (one.id < other.id ? -1 : 1))
}

/** The first thing to be told was told, or given up. It may have closed meanwhile, which is told at once. */
export async function noteTold(query: Queryable, { workspace_id, id }: AlarmRow, now: Date): Promise<void> {
  await query.run(sql`
    update journey_alarms set untold = untold[2:], tries = 0, tell_at = case when cardinality(untold) > 1 then ${now}::timestamptz end
    where workspace_id = ${workspace_id} and id = ${id}`)
}

export async function tellLater(query: Queryable, { workspace_id, id }: AlarmRow, tries: number, at: Date): Promise<void> {
  await query.run(sql`update journey_alarms set tries = ${tries}, tell_at = ${at} where workspace_id = ${workspace_id} and id = ${id}`)
}

/** Nobody listens any more. */
export async function tellNobody(query: Queryable, { workspace_id, id }: AlarmRow): Promise<void> {
  await query.run(sql`
    update journey_alarms set untold = '{}', tries = 0, tell_at = null where workspace_id = ${workspace_id} and id = ${id}`)
}

export interface OutletRow {
  workspace_id: number
  kind: OutletKind
  language: 'zh' | 'en'
  url: string
  secret: string | null
  told_at: Date | null
  problem: string | null
}

const outletColumns = sql`workspace_id, kind, language, url, secret, told_at, problem`

export function findOutlets(query: Queryable): Promise<OutletRow[]> {
  return query.many<OutletRow>(sql`select ${outletColumns} from alarm_outlets order by workspace_id`)
}

export function findOutlet(query: Queryable, workspaceId: number): Promise<OutletRow | null> {
  return query.one<OutletRow>(sql`select ${outletColumns} from alarm_outlets where workspace_id = ${workspaceId}`)
}

export async function saveOutlet(
  tx: Tx,
  workspaceId: number,
  outlet: Pick<OutletRow, 'kind' | 'language' | 'url' | 'secret'> | null,
  now: Date,
): Promise<void> {
  if (outlet === null) {
    await tx.run(sql`delete from alarm_outlets where workspace_id = ${workspaceId}`)
    return
  }
  await tx.run(sql`
    insert into alarm_outlets (workspace_id, kind, language, url, secret, updated_at)
    values (${workspaceId}, ${outlet.kind}, ${outlet.language}, ${outlet.url}, ${outlet.secret}, ${now})
    on conflict (workspace_id) do update set kind = excluded.kind, language = excluded.language, url = excluded.url,
      secret = excluded.secret, updated_at = excluded.updated_at, problem = null`)
}

export async function noteOutlet(query: Queryable, workspaceId: number, problem: string | null, at: Date): Promise<void> {
  await query.run(sql`update alarm_outlets set problem = ${problem}, told_at = ${at} where workspace_id = ${workspaceId}`)
}

/** Live journeys first published before `since` that nobody entered since, or none of whose goals was reached. */
export function unproductive(query: Queryable, workspaceId: number, since: Date): Promise<{ journey_id: string; entered: number }[]> {
  return query.many(sql`
    select journey_id, entered from (
      select j.id as journey_id,
        (select coalesce(sum(entered), 0) from journey_counter_hours h where h.workspace_id = j.workspace_id and h.journey_id = j.id
          and h.node_id = ${doorId} and h.way = '' and h.hour_at >= ${since})::bigint as entered,
        exists (select from journey_goals g where g.workspace_id = j.workspace_id and g.journey_id = j.id and g.reached_at >= ${since})
          or exists (select from journey_past_goals g where g.workspace_id = j.workspace_id and g.journey_id = j.id and g.last_at >= ${since})
          as reached
      from journeys j
      where j.workspace_id = ${workspaceId} and j.status = 'live'
        and (select min(published_at) from journey_versions f where f.workspace_id = j.workspace_id and f.journey_id = j.id) < ${since}) old
    where entered = 0 or not reached`)
}
