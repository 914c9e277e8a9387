import type { PostingAttempt, PostingState } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { Answer } from '../core/deed.ts'
import type { WebhookDeed } from '../core/webhook.ts'

// What is posted to endpoints: the outbox, and what became of it.

/** Attempts that are kept of one posting, the newest. */
const attemptsKept = 20

export interface NewPosting {
  readonly workspaceId: number
  readonly journeyId: string
  readonly runId: string
  readonly deed: WebhookDeed
}

export async function insertPostings(tx: Tx, postings: readonly NewPosting[], at: Date): Promise<void> {
  const rows = postings.map(({ workspaceId, journeyId, runId, deed }) => ({
    ...{ workspaceId, journeyId, runId, deed },
    ...{ key: deed.effectKey, endpoint: deed.endpoint, nodeId: deed.nodeId, until: new Date(at.getTime() + deed.retryForMs) },
  }))
  await tx.run(sql`
    insert into webhook_postings (workspace_id, effect_key, endpoint, journey_id, run_id, node_id, deed, state, asked_at, until, due_at)
    select "workspaceId", key, endpoint, "journeyId", "runId", "nodeId", deed, 'due', ${at}, until, ${at}
    from jsonb_to_recordset(${jsonText(rows)}::jsonb)
      as row ("workspaceId" int, key text, endpoint text, "journeyId" text, "runId" text, "nodeId" text, deed jsonb, until timestamptz)`)
}

export interface DuePosting {
  workspace_id: number
  effect_key: string
  endpoint: string
  deed: WebhookDeed
  asked_at: Date
  until: Date
  tries: number
  resent: boolean
  journey_id: string
  journey_key: string
  journey_name: string
  run_id: string
  node_id: string
  person_id: number | null
  /** Null: it is in history. */
  run_state: string | null
}

const columns = sql`p.workspace_id, p.effect_key, p.endpoint, p.deed, p.asked_at, p.until, p.tries, p.resent, p.journey_id, p.run_id, p.node_id`

/** Those of one endpoint that are due, of journeys that are live, or whose run is over; nobody else is given them before `again`. */
export function leasePostings(
  query: Queryable,
  whose: { workspaceId: number; endpoint: string },
  now: Date,
  again: Date,
  limit: number,
): Promise<DuePosting[]> {
  return query.many<DuePosting>(sql`
    with mine as (
      select p.workspace_id, p.effect_key, j.key as journey_key, j.name as journey_name
      from webhook_postings p join journeys j on j.workspace_id = p.workspace_id and j.id = p.journey_id
      where p.workspace_id = ${whose.workspaceId} and p.endpoint = ${whose.endpoint} and p.state = 'due' and p.due_at <= ${now}
        and (p.resent or j.status = 'live' or not exists (select from journey_runs r
          where r.workspace_id = p.workspace_id and r.id = p.run_id and r.state in ('active', 'waiting')))
      order by p.due_at, p.effect_key limit ${limit} for update of p skip locked)
    update webhook_postings p set due_at = ${again}
    from mine left join journey_runs r on r.workspace_id = mine.workspace_id
      and r.id = (select own.run_id from webhook_postings own where own.workspace_id = mine.workspace_id and own.effect_key = mine.effect_key)
    where p.workspace_id = mine.workspace_id and p.effect_key = mine.effect_key
    returning ${columns}, mine.journey_key, mine.journey_name, r.person_id, r.state as run_state`)
}

/** What is to be done again at once: the program stops. */
export async function handBack(query: Queryable, workspaceId: number, effectKey: string, now: Date): Promise<void> {
  await query.run(sql`
    update webhook_postings set due_at = ${now} where workspace_id = ${workspaceId} and effect_key = ${effectKey} and state = 'due'`)
}

/** Those whose time is over while nothing is posted to their endpoint, locked. */
export function claimForlorn(tx: Tx, now: Date, limit: number): Promise<(DuePosting & { why: string })[]> {
  return tx.many<DuePosting & { why: string }>(sql`
    select ${columns}, '' as journey_key, '' as journey_name, null as person_id, null as run_state,
      case when e.key is null then 'endpoint_missing' when not e.enabled then 'endpoint_off' else 'endpoint_paused' end as why
    from webhook_postings p left join webhook_endpoints e on e.workspace_id = p.workspace_id and e.key = p.endpoint
    where p.state = 'due' and p.until <= ${now} and (e.key is null or not e.enabled or e.paused_at is not null)
    order by p.until limit ${limit} for update of p skip locked`)
}

export interface Outcome {
  readonly state: PostingState
  readonly reason: string | null
  /** Of one that is tried again. */
  readonly dueAt: Date | null
  /** What its run hears, when it is over. */
  readonly answer: Answer | null
  readonly attempt: PostingAttempt | null
}

/** Writes down what came of an attempt; false: it was over already. */
export async function settlePosting(
  tx: Tx,
  posting: Pick<DuePosting, 'workspace_id' | 'effect_key'>,
  { state, reason, dueAt, answer, attempt }: Outcome,
  now: Date,
): Promise<boolean> {
  const { workspace_id: workspaceId, effect_key: key } = posting
  const over = state === 'due' ? null : now
  const written = await tx.run(sql`
    update webhook_postings set state = ${state}, reason = ${reason}, due_at = ${dueAt}, done_at = ${over},
      tries = tries + ${attempt === null ? 0 : 1},
      attempts = case when ${attempt === null} then attempts
        else jsonb_path_query_array(jsonb_build_array(${jsonText(attempt ?? {})}::jsonb) || attempts, ${`$[0 to ${attemptsKept - 1}]`}::jsonpath) end,
      deed = case when ${state === 'answered' || state === 'dropped'} then deed - 'values' else deed end
    where workspace_id = ${workspaceId} and effect_key = ${key} and state = 'due'`)
  if (written === 0) return false
  if (answer !== null)
    await tx.run(sql`
      update journey_deeds set answer = ${jsonText(answer)}::jsonb where workspace_id = ${workspaceId} and effect_key = ${key} and answer is null`)
  return true
}

export interface PostingRow {
  effect_key: string
  endpoint: string
  journey_id: string
  journey_name: string
  run_id: string
  node_id: string
  state: PostingState
  reason: string | null
  asked_at: Date
  due_at: Date | null
  attempts: PostingAttempt[]
  resendable: boolean
}

const viewed = sql`p.effect_key, p.endpoint, p.journey_id, j.name as journey_name, p.run_id, p.node_id, p.state, p.reason, p.asked_at,
  case when p.state = 'due' then p.due_at end as due_at, p.attempts, p.state = 'failed' and p.deed ? 'values' as resendable
  from webhook_postings p join journeys j on j.workspace_id = p.workspace_id and j.id = p.journey_id`

export function postingsOf(
  query: Queryable,
  workspaceId: number,
  endpoint: string,
  filter: { state: PostingState | null; before: { askedAt: Date; key: string } | null },
  limit: number,
): Promise<PostingRow[]> {
  const { state, before } = filter
  return query.many<PostingRow>(sql`
    select ${viewed} where p.workspace_id = ${workspaceId} and p.endpoint = ${endpoint} and (${state}::text is null or p.state = ${state})
      and (${before?.askedAt ?? null}::timestamptz is null or (p.asked_at, p.effect_key) < (${before?.askedAt ?? null}, ${before?.key ?? null}))
    order by p.asked_at desc, p.effect_key desc limit ${limit}`)
}

export function postingsOfRun(query: Queryable, workspaceId: number, runId: string): Promise<PostingRow[]> {
  return query.many<PostingRow>(sql`
    select ${viewed} where p.workspace_id = ${workspaceId} and p.run_id = ${runId} order by p.asked_at, p.effect_key`)
}

export function findPosting(query: Queryable, workspaceId: number, key: string): Promise<PostingRow | null> {
  return query.one<PostingRow>(sql`select ${viewed} where p.workspace_id = ${workspaceId} and p.effect_key = ${key}`)
}

/** False: it did not fail, or what it says is not kept any more. */
export async function resendPosting(tx: Tx, workspaceId: number, key: string, now: Date, until: Date): Promise<boolean> {
  const rows = await tx.run(sql`
    update webhook_postings set state = 'due', reason = null, due_at = ${now}, until = ${until}, done_at = null, resent = true, tries = 0
    where workspace_id = ${workspaceId} and effect_key = ${key} and state = 'failed' and deed ? 'values'`)
  return rows === 1
}

/** Of each endpoint since then; what is due whenever it was asked. */
export function postingCounts(
  query: Queryable,
  workspaceId: number,
  since: Date,
): Promise<{ endpoint: string; answered: number; failed: number; due: number }[]> {
  return query.many(sql`
    select endpoint, count(*) filter (where state = 'answered')::int as answered, count(*) filter (where state = 'failed')::int as failed,
      count(*) filter (where state = 'due')::int as due
    from webhook_postings where workspace_id = ${workspaceId} and (asked_at >= ${since} or state = 'due') group by endpoint`)
}

/** What is over for long goes, and what it said before that. */
export async function forgetPostings(query: Queryable, valuesBefore: Date, before: Date): Promise<void> {
  await query.run(sql`delete from webhook_postings where state <> 'due' and done_at < ${before}`)
  await query.run(sql`
    update webhook_postings set deed = deed - 'values' where state <> 'due' and done_at < ${valuesBefore} and deed ? 'values'`)
}
