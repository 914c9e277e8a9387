import type { JourneyDefinition, TrialCoverage, TrialProblem, TrialStory, TrialTrait } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { Made } from './director.ts'
import type { Brought, Known } from './play.ts'

/** As it was asked for, as far as it is asked again later. */
export interface Asked {
  readonly recipients: readonly string[]
  readonly sendsPerRecipient: number
  readonly sendsPerMinute: number
  readonly ways: 'cover' | 'facts'
}

export interface TrialRow {
  workspace_id: number
  journey_id: string
  id: string
  state: 'running' | 'paused' | 'done' | 'stopped' | 'failed'
  definition: JourneyDefinition
  draft_revision: number | null
  version: number | null
  input: Asked
  from_at: Date
  virtual_at: Date
  real_at: Date
  speed: number
  made: readonly Made[]
  next_at: Date | null
  wake_at: Date | null
  inside: number
  coverage: TrialCoverage | null
  problems: TrialProblem[] | null
  asked_by: string
  asked_at: Date
  ended_at: Date | null
  tries: number
  reason: string | null
}

export interface TrialPersonRow {
  person_id: number
  reasons: TrialTrait[]
  known: Known
  brought: Brought
  story: TrialStory | null
}

export type Whose = Pick<TrialRow, 'workspace_id' | 'journey_id' | 'id'>
const at = ({ workspace_id, journey_id, id }: Whose) => sql`workspace_id = ${workspace_id} and journey_id = ${journey_id} and id = ${id}`
const ofTrial = ({ workspace_id, journey_id, id }: Whose) =>
  sql`workspace_id = ${workspace_id} and journey_id = ${journey_id} and trial_id = ${id}`

const columns = sql`workspace_id, journey_id, id, state, definition, draft_revision, version, input, from_at, virtual_at, real_at, speed, made,
  next_at, wake_at, inside, coverage, problems, asked_by, asked_at, ended_at, tries, reason`

export async function insertTrial(
  tx: Tx,
  row: Omit<TrialRow, 'made' | 'next_at' | 'inside' | 'coverage' | 'problems' | 'ended_at' | 'tries' | 'reason'>,
): Promise<void> {
  await tx.run(sql`
    insert into journey_trials (workspace_id, journey_id, id, state, definition, draft_revision, version, input, from_at, virtual_at, real_at,
      speed, wake_at, asked_by, asked_at)
    values (${row.workspace_id}, ${row.journey_id}, ${row.id}, ${row.state}, ${jsonText(row.definition)}::jsonb, ${row.draft_revision},
      ${row.version}, ${jsonText(row.input)}::jsonb, ${row.from_at}, ${row.virtual_at}, ${row.real_at}, ${row.speed}, ${row.wake_at},
      ${row.asked_by}, ${row.asked_at})`)
}

export async function insertPeople(tx: Tx, whose: Whose, people: readonly Omit<TrialPersonRow, 'story'>[]): Promise<void> {
  const rows = people.map((one, place) => ({ ...one, place }))
  await tx.run(sql`
    insert into journey_trial_people (workspace_id, journey_id, trial_id, person_id, place, reasons, known, brought)
    select ${whose.workspace_id}::int, ${whose.journey_id}::text, ${whose.id}::text, person_id, place, reasons, known, brought
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as row (person_id bigint, place int, reasons jsonb, known jsonb, brought jsonb)`)
}

/** Newest first, with how many people take part. */
export function listTrials(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  limit: number,
): Promise<(TrialRow & { people: number })[]> {
  return query.many<TrialRow & { people: number }>(sql`
    select ${columns}, (select count(*)::int from journey_trial_people p where p.workspace_id = journey_trials.workspace_id
      and p.journey_id = journey_trials.journey_id and p.trial_id = journey_trials.id) as people from journey_trials where workspace_id = ${workspaceId} and journey_id = ${journeyId}
    order by asked_at desc, id desc limit ${limit}`)
}

export function findTrial(query: Queryable, whose: Whose): Promise<TrialRow | null> {
  return query.one<TrialRow>(sql`select ${columns} from journey_trials where ${at(whose)}`)
}

export function lockTrial(tx: Tx, whose: Whose): Promise<TrialRow | null> {
  return tx.one<TrialRow>(sql`select ${columns} from journey_trials where ${at(whose)} for update`)
}

export function peopleOf(query: Queryable, whose: Whose): Promise<TrialPersonRow[]> {
  return query.many<TrialPersonRow>(sql`
    select person_id, reasons, known, brought, story from journey_trial_people where ${ofTrial(whose)} order by place`)
}

/** The one that has waited longest for its turn; nobody else takes it until `leasedUntil`. */
export function claimTrial(query: Queryable, now: Date, leasedUntil: Date): Promise<TrialRow | null> {
  return query.one<TrialRow>(sql`
    update journey_trials set wake_at = ${leasedUntil}
    where (workspace_id, journey_id, id) = (
      select workspace_id, journey_id, id from journey_trials where wake_at <= ${now} order by wake_at limit 1 for update skip locked)
    returning ${columns}`)
}

/** What a turn came to. */
export async function writeTurn(
  tx: Tx,
  whose: Whose,
  turn: Pick<TrialRow, 'state' | 'next_at' | 'wake_at' | 'inside' | 'ended_at'> & { coverage: TrialCoverage; problems: TrialProblem[] },
): Promise<void> {
  await tx.run(sql`
    update journey_trials set state = ${turn.state}, next_at = ${turn.next_at}, wake_at = ${turn.wake_at}, inside = ${turn.inside},
      coverage = ${jsonText(turn.coverage)}::jsonb, problems = ${jsonText(turn.problems)}::jsonb, ended_at = ${turn.ended_at}, tries = 0, reason = null
    where ${at(whose)}`)
}

export async function writeStories(tx: Tx, whose: Whose, stories: readonly { personId: number; story: TrialStory }[]): Promise<void> {
  if (stories.length === 0) return
  await tx.run(sql`
    update journey_trial_people p set story = row.story
    from jsonb_to_recordset(${jsonText(stories)}::jsonb) as row ("personId" bigint, story jsonb)
    where ${ofTrial(whose)} and p.person_id = row."personId"`)
}

/** The clock, what was made to happen, and whether it goes on. */
export async function writeClock(
  tx: Tx,
  whose: Whose,
  row: Pick<TrialRow, 'state' | 'virtual_at' | 'real_at' | 'speed' | 'made' | 'wake_at' | 'ended_at'>,
): Promise<void> {
  await tx.run(sql`
    update journey_trials set state = ${row.state}, virtual_at = ${row.virtual_at}, real_at = ${row.real_at}, speed = ${row.speed},
      made = ${jsonText(row.made)}::jsonb, wake_at = ${row.wake_at}, ended_at = ${row.ended_at}
    where ${at(whose)}`)
}

export async function postponeTrial(query: Queryable, whose: Whose, tries: number, reason: string, wakeAt: Date | null): Promise<void> {
  await query.run(sql`
    update journey_trials set tries = ${tries}, reason = ${reason}, wake_at = ${wakeAt},
      state = case when ${wakeAt}::timestamptz is null then 'failed' else state end
    where ${at(whose)} and state in ('running', 'paused')`)
}

export function countRunning(query: Queryable, workspaceId: number): Promise<{ count: number } | null> {
  return query.one<{ count: number }>(sql`
    select count(*)::int as count from journey_trials where workspace_id = ${workspaceId} and state in ('running', 'paused')`)
}

/** Trials that go on, by journey. */
export function runningTrials(
  query: Queryable,
  workspaceId: number,
): Promise<{ journey_id: string; id: string; draft_revision: number | null }[]> {
  return query.many(sql`
    select distinct on (journey_id) journey_id, id, draft_revision from journey_trials
    where workspace_id = ${workspaceId} and state in ('running', 'paused') order by journey_id, asked_at desc`)
}

export function oldTrials(query: Queryable, before: Date, limit: number): Promise<Whose[]> {
  return query.many<Whose>(
    sql`select workspace_id, journey_id, id from journey_trials where asked_at < ${before} order by asked_at limit ${limit}`,
  )
}

export async function deleteTrial(tx: Tx, whose: Whose): Promise<void> {
  await tx.run(sql`delete from journey_trials where ${at(whose)}`)
}
