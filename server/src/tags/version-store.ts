import { type Rule, rulesOf, type TagValue, type ValueModel } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { DefinitionName } from './slot-store.ts'
import { modelOf, valueRulesOf } from './store.ts'
import type { DefinitionKind, Layer, StoredDefinition } from './types.ts'

export type VersionChange = 'created' | 'changed' | 'boundaries' | 'archived' | 'restored'

/** What a definition was at one revision, who made it so, and when (ms). */
export interface DefinitionVersion
  extends Pick<StoredDefinition, 'name' | 'description' | 'layer' | 'scene' | 'rule' | 'values' | 'several' | 'model' | 'revision'> {
  readonly change: VersionChange
  readonly at: number
  readonly account: string
}

interface VersionRow {
  revision: number
  change: VersionChange
  at: Date
  account: string
  name: string
  description: string
  layer: Layer | null
  scene: string
  rule: Rule | null
  value_rules: TagValue[] | null
  several: boolean
  model: ValueModel | null
}

const columns = sql`revision, change, at, account, name, description, layer, scene, rule, value_rules, several, model`

function toVersion({ at, value_rules, ...row }: VersionRow): DefinitionVersion {
  return { ...row, values: value_rules ?? [], at: at.getTime() }
}

export async function insertVersion(
  tx: Tx,
  workspaceId: number,
  one: StoredDefinition,
  { change, account }: { change: VersionChange; account: string },
): Promise<void> {
  await tx.run(sql`
    insert into definition_versions (workspace_id, kind, key, revision, change, at, account, name, description, layer, scene, rule, value_rules,
      several, model)
    values (${workspaceId}, ${one.kind}, ${one.key}, ${one.revision}, ${change}, ${new Date(one.updatedAt)}, ${account}, ${one.name},
      ${one.description}, ${one.layer}, ${one.scene}, ${one.rule === null ? null : JSON.stringify(one.rule)}, ${valueRulesOf(one)},
      ${one.several}, ${modelOf(one)})`)
}

/** Newest first. */
export async function findVersions(
  query: Queryable,
  workspaceId: number,
  name: DefinitionName,
  limit: number,
): Promise<DefinitionVersion[]> {
  const rows = await query.many<VersionRow>(sql`
    select ${columns} from definition_versions
    where workspace_id = ${workspaceId} and kind = ${name.kind} and key = ${name.key} order by revision desc limit ${limit}`)
  return rows.map(toVersion)
}

export async function findVersion(
  query: Queryable,
  workspaceId: number,
  name: DefinitionName,
  revision: number,
): Promise<DefinitionVersion | null> {
  const row = await query.one<VersionRow>(sql`
    select ${columns} from definition_versions
    where workspace_id = ${workspaceId} and kind = ${name.kind} and key = ${name.key} and revision = ${revision}`)
  return row && toVersion(row)
}

/** What happened to definitions in a span of time, oldest first. */
export async function findChanges(
  query: Queryable,
  workspaceId: number,
  span: { from: number; to: number },
  limit: number,
): Promise<{ kind: DefinitionKind; key: string; name: string; revision: number; change: VersionChange; at: number; account: string }[]> {
  const rows = await query.many<{
    kind: DefinitionKind
    key: string
    name: string
    revision: number
    change: VersionChange
    at: Date
    account: string
  }>(sql`
    select kind, key, name, revision, change, at, account from definition_versions
    where workspace_id = ${workspaceId} and at >= ${new Date(span.from)} and at < ${new Date(span.to)}
    order by at, kind, key, revision limit ${limit}`)
  return rows.map(({ at, ...row }) => ({ ...row, at: at.getTime() }))
}

/** Rules that were replaced or archived, with the instant from which they were no more. */
export async function findFormerRules(query: Queryable, workspaceId: number, since: number): Promise<{ rule: Rule; until: number }[]> {
  const rows = await query.many<{ rule: Rule | null; value_rules: TagValue[] | null; until: Date }>(sql`
    select v.rule, v.value_rules, n.at as until from definition_versions v
    join definition_versions n on n.workspace_id = v.workspace_id and n.kind = v.kind and n.key = v.key and n.revision = v.revision + 1
    where v.workspace_id = ${workspaceId} and coalesce(v.rule, v.value_rules) is not null and v.change <> 'archived' and n.at >= ${new Date(since)}
      and (n.rule is distinct from v.rule or n.value_rules is distinct from v.value_rules or n.change = 'archived')`)
  return rows.flatMap(({ rule, value_rules, until }) =>
    rulesOf({ rule, values: value_rules ?? [] }).map((one) => ({ rule: one.rule, until: until.getTime() })),
  )
}

/** How many definitions of each kind were active at an instant. */
export async function countActiveAt(query: Queryable, workspaceId: number, at: number): Promise<Map<DefinitionKind, number>> {
  const rows = await query.many<{ kind: DefinitionKind; count: number }>(sql`
    select kind, count(*)::int as count from (
      select distinct on (kind, key) kind, change from definition_versions
      where workspace_id = ${workspaceId} and at < ${new Date(at)} order by kind, key, revision desc
    ) as last where change <> 'archived' group by kind`)
  return new Map(rows.map((row) => [row.kind, row.count]))
}
