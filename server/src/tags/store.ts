import type { Rule, TagMode, TagValue, ValueModel } from '@chaoxi/contract'
import { type Queryable, type Sql, sql, type Tx } from '../platform/db/postgres.ts'
import type { DefinitionKind, Layer, StoredDefinition } from './types.ts'

interface DefinitionRow {
  kind: DefinitionKind
  key: string
  name: string
  description: string
  layer: Layer | null
  scene: string
  mode: TagMode
  rule: Rule | null
  value_rules: TagValue[] | null
  several: boolean
  model: ValueModel | null
  status: 'active' | 'archived'
  owner: string
  revision: number
  created_at: Date
  updated_at: Date
  computed_revision: number
  computed_at: Date | null
  computed_time_zone: string | null
  size: number
}

const columns: Sql = sql`kind, key, name, description, layer, scene, mode, rule, value_rules, several, model, status, owner, revision, created_at,
  updated_at, computed_revision, computed_at, computed_time_zone, size`

function toDefinition(row: DefinitionRow): StoredDefinition {
  const { created_at, updated_at, computed_revision, computed_at, computed_time_zone, value_rules, ...same } = row
  return {
    ...same,
    values: value_rules ?? [],
    createdAt: created_at.getTime(),
    updatedAt: updated_at.getTime(),
    computedRevision: computed_revision,
    computedAt: computed_at?.getTime() ?? null,
    computedTimeZone: computed_time_zone,
  }
}

/** As they are stored. */
export const valueRulesOf = ({ mode, values }: Pick<StoredDefinition, 'mode' | 'values'>): string | null =>
  mode === 'valued' ? JSON.stringify(values) : null

export const modelOf = ({ model }: Pick<StoredDefinition, 'model'>): string | null => (model === null ? null : JSON.stringify(model))

/** Serialises what must not overlap within a workspace: changes of definitions, and evaluations with their writes. */
export async function lockWorkspace(tx: Tx, workspaceId: number): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(727003, ${workspaceId}::int)`)
}

export async function findDefinitions(query: Queryable, workspaceId: number): Promise<StoredDefinition[]> {
  const rows = await query.many<DefinitionRow>(sql`
    select ${columns} from definitions where workspace_id = ${workspaceId} order by kind, created_at, key`)
  return rows.map(toDefinition)
}

export async function findDefinition(
  query: Queryable,
  workspaceId: number,
  kind: DefinitionKind,
  key: string,
): Promise<StoredDefinition | null> {
  const row = await query.one<DefinitionRow>(sql`
    select ${columns} from definitions where workspace_id = ${workspaceId} and kind = ${kind} and key = ${key}`)
  return row && toDefinition(row)
}

/** False when the key is taken. */
export async function insertDefinition(tx: Tx, workspaceId: number, one: StoredDefinition): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into definitions (workspace_id, kind, key, name, description, layer, scene, mode, rule, value_rules, several, model, status, owner, revision,
      created_at, updated_at, computed_revision, computed_at)
    values (${workspaceId}, ${one.kind}, ${one.key}, ${one.name}, ${one.description}, ${one.layer}, ${one.scene}, ${one.mode},
      ${one.rule === null ? null : JSON.stringify(one.rule)}, ${valueRulesOf(one)}, ${one.several}, ${modelOf(one)}, ${one.status}, ${one.owner}, ${one.revision},
      ${new Date(one.createdAt)}, ${new Date(one.updatedAt)}, ${one.computedRevision},
      ${one.computedAt === null ? null : new Date(one.computedAt)})
    on conflict (workspace_id, kind, key) do nothing`)
  return inserted === 1
}

export async function updateDefinition(tx: Tx, workspaceId: number, one: StoredDefinition): Promise<void> {
  await tx.run(sql`
    update definitions set name = ${one.name}, description = ${one.description}, layer = ${one.layer}, scene = ${one.scene},
      rule = ${one.rule === null ? null : JSON.stringify(one.rule)}, value_rules = ${valueRulesOf(one)}, several = ${one.several}, model = ${modelOf(one)},
      status = ${one.status}, revision = ${one.revision},
      updated_at = ${new Date(one.updatedAt)}, computed_revision = ${one.computedRevision}
    where workspace_id = ${workspaceId} and kind = ${one.kind} and key = ${one.key}`)
}

/** Another day on which the same boundaries were taken; that is no revision. */
export async function updateModel(
  tx: Tx,
  workspaceId: number,
  one: Pick<StoredDefinition, 'kind' | 'key' | 'revision' | 'model'>,
): Promise<void> {
  await tx.run(sql`
    update definitions set model = ${modelOf(one)}
    where workspace_id = ${workspaceId} and kind = ${one.kind} and key = ${one.key} and revision = ${one.revision}`)
}

/** Active tags of all workspaces whose boundaries come from the distribution. */
export async function findQuantileTags(query: Queryable): Promise<{ workspaceId: number; definition: StoredDefinition }[]> {
  const rows = await query.many<DefinitionRow & { workspace_id: number }>(sql`
    select workspace_id, ${columns} from definitions
    where kind = 'tag' and status = 'active' and model #> '{settings,quantiles}' is not null order by workspace_id, key`)
  return rows.map(({ workspace_id, ...row }) => ({ workspaceId: workspace_id, definition: toDefinition(row) }))
}

/** They will be computed for everyone again. */
export async function markUncomputed(tx: Tx, workspaceId: number, kind: DefinitionKind, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await tx.run(sql`
    update definitions set computed_revision = 0 where workspace_id = ${workspaceId} and kind = ${kind} and key = any(${keys})`)
}

export async function markComputed(
  tx: Tx,
  workspaceId: number,
  kind: DefinitionKind,
  key: string,
  revision: number,
  at: number,
  timeZone: string,
): Promise<void> {
  await tx.run(sql`
    update definitions set computed_revision = ${revision}, computed_at = ${new Date(at)}, computed_time_zone = ${timeZone}
    where workspace_id = ${workspaceId} and kind = ${kind} and key = ${key} and revision = ${revision}`)
}

/** Workspaces with definitions that were not yet computed for everyone, or with the days of another time zone. */
export async function workspacesToCompute(query: Queryable): Promise<number[]> {
  const rows = await query.many<{ workspace_id: number }>(sql`
    select distinct d.workspace_id from definitions d join workspaces w on w.id = d.workspace_id
    where mode <> 'static' and status = 'active'
      and (computed_revision < revision or computed_time_zone is distinct from w.time_zone)`)
  return rows.map((row) => row.workspace_id)
}

/** Workspaces in which rules keep memberships. */
export async function workspacesWithDefinitions(query: Queryable): Promise<number[]> {
  const rows = await query.many<{ workspace_id: number }>(sql`
    select distinct workspace_id from definitions where mode <> 'static' and status = 'active' order by workspace_id`)
  return rows.map((row) => row.workspace_id)
}

export interface SizeChange {
  readonly workspaceId: number
  readonly kind: string
  readonly key: string
  /** Of a tag with values; empty for who is in the definition at all. */
  readonly value: string
  readonly delta: number
}

/** Brings the counted sizes up to date with changes that leave the outbox. */
export async function addSizes(tx: Tx, changes: readonly SizeChange[]): Promise<void> {
  const groups = Map.groupBy(changes, (change) => JSON.stringify([change.workspaceId, change.kind, change.key, change.value]))
  const rows = [...groups.values()].flatMap((group) => {
    const delta = group.reduce((sum, change) => sum + change.delta, 0)
    return group[0] === undefined || delta === 0 ? [] : [{ ...group[0], delta }]
  })
  if (rows.length === 0) return
  const given = sql`unnest(${rows.map((r) => r.workspaceId)}::int[], ${rows.map((r) => r.kind)}::text[], ${rows.map((r) => r.key)}::text[],
    ${rows.map((r) => r.value)}::text[], ${rows.map((r) => r.delta)}::bigint[]) as given (workspace_id, kind, key, value, delta)`
  await tx.run(sql`
    update definitions d set size = d.size + given.delta from ${given}
    where d.workspace_id = given.workspace_id and d.kind = given.kind and d.key = given.key and given.value = ''`)
  await tx.run(sql`
    insert into value_sizes as s (workspace_id, kind, key, value, size) select * from ${given} where value <> ''
    on conflict (workspace_id, kind, key, value) do update set size = s.size + excluded.size`)
}

/** How many people have each value, by tag and value. */
export async function findValueSizes(query: Queryable, workspaceId: number): Promise<Map<string, Map<string, number>>> {
  const rows = await query.many<{ key: string; value: string; size: number }>(sql`
    select key, value, size from value_sizes where workspace_id = ${workspaceId} and kind = 'tag'`)
  const byKey = Map.groupBy(rows, (row) => row.key)
  return new Map([...byKey].map(([key, own]) => [key, new Map(own.map((row) => [row.value, row.size]))]))
}
