import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'

// Systems outside that journeys post to.

export interface EndpointRow {
  workspace_id: number
  key: string
  name: string
  url: string
  /** Sealed. */
  secrets: string
  header_names: string[]
  before_until: Date | null
  timeout_seconds: number
  enabled: boolean
  paused_at: Date | null
  paused_why: 'failing' | 'gone' | null
  revision: number
  created_at: Date
}

const columns = sql`workspace_id, key, name, url, secrets, header_names, before_until, timeout_seconds, enabled, paused_at, paused_why, revision, created_at`

export function listEndpoints(query: Queryable, workspaceId: number): Promise<EndpointRow[]> {
  return query.many<EndpointRow>(sql`select ${columns} from webhook_endpoints where workspace_id = ${workspaceId} order by name, key`)
}

export function findEndpoint(query: Queryable, workspaceId: number, key: string): Promise<EndpointRow | null> {
  return query.one<EndpointRow>(sql`select ${columns} from webhook_endpoints where workspace_id = ${workspaceId} and key = ${key}`)
}

export function lockEndpoint(tx: Tx, workspaceId: number, key: string): Promise<EndpointRow | null> {
  return tx.one<EndpointRow>(sql`select ${columns} from webhook_endpoints where workspace_id = ${workspaceId} and key = ${key} for update`)
}

export async function knownEndpoints(query: Queryable, workspaceId: number, keys: readonly string[]): Promise<Set<string>> {
  const rows = await query.many<{ key: string }>(sql`
    select key from webhook_endpoints where workspace_id = ${workspaceId} and key = any(${keys}::text[])`)
  return new Set(rows.map((row) => row.key))
}

/** False: there is one with that key. */
export async function insertEndpoint(
  tx: Tx,
  row: Omit<EndpointRow, 'paused_at' | 'paused_why' | 'revision' | 'before_until'>,
): Promise<boolean> {
  const rows = await tx.run(sql`
    insert into webhook_endpoints (workspace_id, key, name, url, secrets, header_names, timeout_seconds, enabled, created_at)
    values (${row.workspace_id}, ${row.key}, ${row.name}, ${row.url}, ${row.secrets}, ${row.header_names}::text[], ${row.timeout_seconds},
      ${row.enabled}, ${row.created_at})
    on conflict do nothing`)
  return rows === 1
}

/** What a colleague has changed; a failing one begins anew. */
export async function updateEndpoint(tx: Tx, row: EndpointRow): Promise<void> {
  await tx.run(sql`
    update webhook_endpoints set name = ${row.name}, url = ${row.url}, secrets = ${row.secrets}, header_names = ${row.header_names}::text[],
      before_until = ${row.before_until}, timeout_seconds = ${row.timeout_seconds}, enabled = ${row.enabled}, paused_at = ${row.paused_at},
      paused_why = ${row.paused_why}, failures = 0, failing_since = null, revision = revision + 1
    where workspace_id = ${row.workspace_id} and key = ${row.key}`)
}

export async function deleteEndpoint(tx: Tx, workspaceId: number, key: string): Promise<void> {
  await tx.run(sql`delete from webhook_endpoints where workspace_id = ${workspaceId} and key = ${key}`)
}

/** Those that may be posted to and have something due, the longest waiting first. */
export function endpointsDue(query: Queryable, now: Date): Promise<EndpointRow[]> {
  return query.many<EndpointRow>(sql`
    select ${columns} from webhook_endpoints e,
      lateral (select min(due_at) as first from webhook_postings p
        where p.workspace_id = e.workspace_id and p.endpoint = e.key and p.state = 'due' and p.due_at <= ${now}) due
    where enabled and paused_at is null and due.first is not null order by due.first`)
}

export async function noteSuccess(tx: Tx, workspaceId: number, key: string): Promise<void> {
  await tx.run(sql`
    update webhook_endpoints set failures = 0, failing_since = null where workspace_id = ${workspaceId} and key = ${key} and failures > 0`)
}

/** Pauses an endpoint that has failed so often in a row, and for so long, or is gone; true: by this. */
export async function noteFailure(
  tx: Tx,
  workspaceId: number,
  key: string,
  { gone, failuresMax, failingBefore }: { gone: boolean; failuresMax: number; failingBefore: Date },
  now: Date,
): Promise<boolean> {
  // One statement, the transaction's last: the row is everybody's, and held for no longer.
  const row = await tx.one<{ paused: boolean }>(sql`
    with judged as (
      select workspace_id, key, failures, failing_since, paused_at is null
        and (${gone} or (failures + 1 >= ${failuresMax} and coalesce(failing_since, ${now}) <= ${failingBefore})) as pause
      from webhook_endpoints where workspace_id = ${workspaceId} and key = ${key} for update)
    update webhook_endpoints e set failures = judged.failures + 1, failing_since = coalesce(judged.failing_since, ${now}),
      paused_at = case when judged.pause then ${now} else e.paused_at end,
      paused_why = case when judged.pause then case when ${gone} then 'gone' else 'failing' end else e.paused_why end
    from judged where e.workspace_id = judged.workspace_id and e.key = judged.key
    returning judged.pause as paused`)
  return row?.paused ?? false
}
