import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { DefinitionName } from './slot-store.ts'

export interface HistoryRow {
  /** Start of the day, seconds since 1970. */
  day: number
  entered: number
  left: number
}

/** Enters and leaves a day, in the workspace's zone; with `value` those of one value of a tag. A row that was sent twice counts once. */
export async function findHistory(
  clickhouse: ClickHouse,
  workspaceId: number,
  name: DefinitionName,
  since: number,
  timeZone: string,
  value = '',
): Promise<HistoryRow[]> {
  const text = `
    select toUnixTimestamp(toStartOfDay(toTimeZone(moved.at, {zone:String}))) as day,
      sum(greatest(0, step)) as entered, sum(greatest(0, -step)) as left
    from (
      select at, toInt64(uniqExactIf(seq, c.entered = 1)) - toInt64(uniqExactIf(seq, c.entered = 0)) as step
      from membership_changes as c
      where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String}
        and value = {value:String} and at >= fromUnixTimestamp64Milli({since:Int64})
      group by person_id, at
    ) as moved
    group by day order by day`
  return clickhouse.query('interactive', text, {
    workspace: workspaceId,
    kind: name.kind,
    key: name.key,
    since,
    zone: timeZone,
    value,
  })
}

/** Who is in; with `value` who has this value of a tag. */
export async function findMembers(
  clickhouse: ClickHouse,
  workspaceId: number,
  { kind, key, value }: DefinitionName & { value?: string | undefined },
): Promise<number[]> {
  const text = `
    select person_id from membership_changes
    where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String} and value = {value:String}
    group by person_id having argMax(entered, seq) = 1 order by person_id`
  return [...(await clickhouse.column('interactive', text, { workspace: workspaceId, kind, key, value: value ?? '' }))]
}

/** Who was in when the definition was archived at this instant, under the ids they live on in. */
export async function findMembersAtArchiving(
  clickhouse: ClickHouse,
  workspaceId: number,
  name: DefinitionName,
  at: number,
): Promise<number[]> {
  const text = `
    select distinct dictGetOrDefault('person_override_map', 'person_id', ({workspace:UInt32}, person_id), person_id) as living
    from (
      select person_id from membership_changes
      where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String} and value = ''
        and at <= fromUnixTimestamp64Milli({at:Int64})
        -- what the archiving itself wrote
        and not (at = fromUnixTimestamp64Milli({at:Int64}) and entered = 0 and reason = 'definition')
      group by person_id having argMax(entered, seq) = 1
    )
    order by living`
  const params = { workspace: workspaceId, kind: name.kind, key: name.key, at }
  return [...(await clickhouse.column('batch', text, params))]
}

/** When each definition's membership last changed, and when somebody last entered; seconds since 1970. */
export async function findLastChanges(
  clickhouse: ClickHouse,
  workspaceId: number,
): Promise<{ kind: string; key: string; changed: number; entered: number }[]> {
  const text = `
    select kind, key, toUnixTimestamp(max(at)) as changed, toUnixTimestamp(maxIf(at, c.entered = 1)) as entered
    from membership_changes as c where workspace_id = {workspace:UInt32} group by kind, key`
  return clickhouse.query('interactive', text, { workspace: workspaceId })
}

/** Enters and leaves of every definition in a span (ms). A row that was sent twice counts once. */
export async function findMoves(
  clickhouse: ClickHouse,
  workspaceId: number,
  span: { from: number; to: number },
): Promise<{ kind: string; key: string; before: number; entered: number; left: number }[]> {
  const text = `
    select kind, key, sumIf(step, moved.at < since) as before,
      sumIf(greatest(0, step), moved.at >= since) as entered, sumIf(greatest(0, -step), moved.at >= since) as left
    from (
      select kind, key, at, fromUnixTimestamp64Milli({from:Int64}) as since,
        toInt64(uniqExactIf(seq, c.entered = 1)) - toInt64(uniqExactIf(seq, c.entered = 0)) as step
      from membership_changes as c
      where workspace_id = {workspace:UInt32} and value = '' and at < fromUnixTimestamp64Milli({to:Int64})
      group by kind, key, person_id, at
    ) as moved
    group by kind, key`
  return clickhouse.query('interactive', text, { workspace: workspaceId, ...span })
}
