import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { Answer, AttributeDeed, DoneLater } from '../core/deed.ts'

export interface NewDeed {
  readonly workspaceId: number
  readonly runId: string
  readonly deed: DoneLater
}

/** `due`: when whoever leases deeds is given them; null: never, somebody else answers them. */
export async function insertDeeds(tx: Tx, deeds: readonly NewDeed[], at: Date, due: Date | null): Promise<void> {
  const rows = deeds.map(({ workspaceId, runId, deed }) => ({ workspaceId, runId, deed, key: deed.effectKey }))
  await tx.run(sql`
    insert into journey_deeds (workspace_id, effect_key, run_id, deed, asked_at, due_at)
    select "workspaceId", key, "runId", deed, ${at}, coalesce(${due}::timestamptz, 'infinity')
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as row ("workspaceId" int, key text, "runId" text, deed jsonb)`)
}

export interface DeedRow {
  workspace_id: number
  effect_key: string
  run_id: string
  person_id: number
  journey_id: string
  deed: AttributeDeed
  asked_at: Date
}

/** Deeds that are due, for whoever runs they are of now; nobody else is given them before `again`. */
export function leaseDeeds(query: Queryable, now: Date, again: Date, limit: number): Promise<DeedRow[]> {
  return query.many<DeedRow>(sql`
    with mine as (
      select workspace_id, effect_key from journey_deeds where answer is null and due_at <= ${now} order by due_at, effect_key limit ${limit} for update skip locked)
    update journey_deeds d set due_at = ${again} from mine, journey_runs r
    where d.workspace_id = mine.workspace_id and d.effect_key = mine.effect_key and r.workspace_id = d.workspace_id and r.id = d.run_id
    returning d.workspace_id, d.effect_key, d.run_id, r.person_id, r.journey_id, d.deed, d.asked_at`)
}

export async function setAnswers(query: Queryable, workspaceId: number, answers: ReadonlyMap<string, Answer>): Promise<void> {
  const rows = [...answers].map(([key, answer]) => ({ key, answer }))
  await query.run(sql`
    update journey_deeds d set answer = row.answer from jsonb_to_recordset(${jsonText(rows)}::jsonb) as row (key text, answer jsonb)
    where d.workspace_id = ${workspaceId} and d.effect_key = row.key`)
}

export interface AnsweredDeed {
  workspace_id: number
  effect_key: string
  run_id: string
  answer: Answer
}

/** Answers that runs have not heard yet, locked; those that another one has in hand are passed over. */
export function claimAnswered(tx: Tx, limit: number): Promise<AnsweredDeed[]> {
  return tx.many<AnsweredDeed>(sql`
    select workspace_id, effect_key, run_id, answer from journey_deeds
    where answer is not null order by workspace_id, effect_key limit ${limit} for update skip locked`)
}

export async function deleteDeeds(tx: Tx, workspaceId: number, effectKeys: readonly string[]): Promise<void> {
  await tx.run(sql`delete from journey_deeds where workspace_id = ${workspaceId} and effect_key = any(${effectKeys}::text[])`)
}
