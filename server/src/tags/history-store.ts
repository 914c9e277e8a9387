import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { DefinitionName } from './membership-store.ts'

export interface HistoryRow {
  /** Start of the day, seconds since 1970. */
  day: number
  entered: number
  left: number
}

/** Enters and leaves a day, in the workspace's zone. A row that was sent twice counts once. */
export async function findHistory(
  clickhouse: ClickHouse,
  workspaceId: number,
  name: DefinitionName,
  since: number,
  timeZone: string,
): Promise<HistoryRow[]> {
  const text = `
    select toUnixTimestamp(toStartOfDay(toTimeZone(at, {zone:String}))) as day,
      uniqExactIf(seq, c.entered = 1) as entered, uniqExactIf(seq, c.entered = 0) as left
    from membership_changes as c
    where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String}
      and at >= fromUnixTimestamp64Milli({since:Int64})
    group by day order by day`
  return clickhouse.query('interactive', text, { workspace: workspaceId, kind: name.kind, key: name.key, since, zone: timeZone })
}
