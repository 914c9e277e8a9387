import { type Channel, type Content, contentSchema } from '@chaoxi/contract'
import { type Queryable, sql } from '../platform/db/postgres.ts'
import type { FilingStatus, Template } from './template.ts'

interface TemplateRow {
  workspace_id: number
  key: string
  name: string
  channel: Channel
  content: unknown
  link_url: string
  provider_code: string | null
  provider_text: string | null
  provider_status: FilingStatus | null
  status: 'active' | 'archived'
  revision: number
  updated_at: Date
}

const columns = sql`workspace_id, key, name, channel, content, link_url, provider_code, provider_text, provider_status, status, revision, updated_at`

function toTemplate(row: TemplateRow): Template {
  return {
    workspaceId: row.workspace_id,
    key: row.key,
    name: row.name,
    channel: row.channel,
    content: contentSchema.parse(row.content),
    linkUrl: row.link_url,
    providerCode: row.provider_code,
    providerText: row.provider_text,
    providerStatus: row.provider_status,
    status: row.status,
    revision: row.revision,
    updatedAt: row.updated_at.getTime(),
  }
}

export async function templatesByKey(db: Queryable, workspaceId: number, keys: readonly string[]): Promise<Template[]> {
  const rows = await db.many<TemplateRow>(sql`select ${columns} from templates where workspace_id = ${workspaceId} and key = any(${keys})`)
  return rows.map(toTemplate)
}

export async function activeTemplates(db: Queryable, workspaceId: number): Promise<Template[]> {
  const rows = await db.many<TemplateRow>(sql`
    select ${columns} from templates where workspace_id = ${workspaceId} and status = 'active' order by updated_at desc, key limit 1000`)
  return rows.map(toTemplate)
}

export async function insertTemplate(
  db: Queryable,
  template: { workspaceId: number; key: string; name: string; channel: Channel; content: Content; linkUrl: string },
  now: Date,
): Promise<boolean> {
  const { workspaceId, key, name, channel, content, linkUrl } = template
  return (
    (await db.run(sql`
      insert into templates (workspace_id, key, name, channel, content, link_url, status, revision, created_at, updated_at)
      values (${workspaceId}, ${key}, ${name}, ${channel}, ${JSON.stringify(content)}, ${linkUrl}, 'active', 1, ${now}, ${now})
      on conflict do nothing`)) === 1
  )
}

/** False when the revision is no longer the one that was edited. */
export async function updateTemplate(
  db: Queryable,
  workspaceId: number,
  key: string,
  change: { name: string; content: Content; linkUrl: string; revision: number },
  now: Date,
): Promise<boolean> {
  return (
    (await db.run(sql`
      update templates
      set name = ${change.name}, content = ${JSON.stringify(change.content)}, link_url = ${change.linkUrl},
        revision = revision + 1, status = 'active', updated_at = ${now}
      where workspace_id = ${workspaceId} and key = ${key} and revision = ${change.revision}`)) === 1
  )
}

export async function archiveTemplate(db: Queryable, workspaceId: number, key: string, now: Date): Promise<boolean> {
  return (
    (await db.run(sql`
      update templates set status = 'archived', revision = revision + 1, updated_at = ${now}
      where workspace_id = ${workspaceId} and key = ${key} and status = 'active'`)) === 1
  )
}

export interface Filing {
  readonly code: string | null
  readonly text: string
  readonly status: FilingStatus
}

export async function setFiling(db: Queryable, workspaceId: number, key: string, filing: Filing): Promise<void> {
  await db.run(sql`
    update templates set provider_code = ${filing.code}, provider_text = ${filing.text}, provider_status = ${filing.status}
    where workspace_id = ${workspaceId} and key = ${key}`)
}

export async function forgetFilings(db: Queryable, workspaceId: number): Promise<void> {
  await db.run(sql`
    update templates set provider_code = null, provider_text = null, provider_status = null where workspace_id = ${workspaceId}`)
}
