import type { TaskEntryKind, TaskFor, TaskPriority, TaskState } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import { jsonText } from '../platform/json-text.ts'

export interface TaskRow {
  id: string
  effect_key: string
  journey_id: string
  node_id: string
  run_id: string
  person_id: number
  title: string
  instructions: string
  context: {
    readonly event: Readonly<Record<string, unknown>>
    readonly coupon?: Readonly<Record<string, unknown>>
    readonly webhook?: Readonly<Record<string, unknown>>
  }
  priority: TaskPriority
  who: TaskFor
  outcomes: { id: string; name: string }[]
  state: TaskState
  opened_at: Date
  due_at: Date
  taken_by: string | null
  taken_at: Date | null
  closed_at: Date | null
  closed_by: string | null
  outcome: string | null
  note: string
  reason: string | null
  answer_key: string | null
}

const columns = sql`id, effect_key, journey_id, node_id, run_id, person_id, title, instructions, context, priority, who, outcomes, state, opened_at,
  due_at, taken_by, taken_at, closed_at, closed_by, outcome, note, reason, answer_key`
const isOpen = sql`state in ('open', 'taken')`

/** A task as a run's move asks for it. */
export interface NewTask {
  readonly id: string
  readonly effectKey: string
  readonly journeyId: string
  readonly nodeId: string
  readonly runId: string
  readonly personId: number
  readonly title: string
  readonly instructions: string
  readonly context: TaskRow['context']
  readonly priority: TaskPriority
  readonly who: TaskFor
  readonly outcomes: readonly { readonly id: string; readonly name: string }[]
  /** ms */
  readonly dueAt: number
}

/** Answers the ids of those that were not there under their effect keys. */
export async function insertTasks(tx: Tx, workspaceId: number, tasks: readonly NewTask[], at: Date): Promise<string[]> {
  const rows = tasks.map((task) => ({ ...task, dueAt: new Date(task.dueAt) }))
  const added = await tx.many<{ id: string }>(sql`
    insert into tasks (workspace_id, id, effect_key, journey_id, node_id, run_id, person_id, title, instructions, context, priority, who,
      outcomes, state, opened_at, due_at, note)
    select ${workspaceId}, id, "effectKey", "journeyId", "nodeId", "runId", "personId", title, instructions, context, priority, who, outcomes,
      'open', ${at}, "dueAt", ''
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as row (id text, "effectKey" text, "journeyId" text, "nodeId" text, "runId" text,
      "personId" bigint, title text, instructions text, context jsonb, priority text, who jsonb, outcomes jsonb, "dueAt" timestamptz)
    on conflict (workspace_id, effect_key) do nothing returning id`)
  return added.map((row) => row.id)
}

/** Tasks by their runs' effect keys, locked in one order, so that nobody answers meanwhile. */
export function lockByKey(tx: Tx, workspaceId: number, keys: readonly string[]): Promise<TaskRow[]> {
  return tx.many<TaskRow>(sql`
    select ${columns} from tasks where workspace_id = ${workspaceId} and effect_key = any(${keys}::text[]) order by id for update`)
}

export function lockTasks(tx: Tx, workspaceId: number, ids: readonly string[]): Promise<TaskRow[]> {
  return tx.many<TaskRow>(sql`
    select ${columns} from tasks where workspace_id = ${workspaceId} and id = any(${ids}::text[]) order by id for update`)
}

export function findTask(query: Queryable, workspaceId: number, id: string): Promise<TaskRow | null> {
  return query.one<TaskRow>(sql`select ${columns} from tasks where workspace_id = ${workspaceId} and id = ${id}`)
}

/** Writes tasks that this transaction holds. */
export async function updateTasks(tx: Tx, workspaceId: number, tasks: readonly TaskRow[]): Promise<void> {
  if (tasks.length === 0) return
  await tx.run(sql`
    update tasks t set who = row.who, state = row.state, due_at = row.due_at, taken_by = row.taken_by, taken_at = row.taken_at,
      closed_at = row.closed_at, closed_by = row.closed_by, outcome = row.outcome, note = row.note, reason = row.reason,
      answer_key = row.answer_key
    from jsonb_to_recordset(${jsonText(tasks)}::jsonb) as row (id text, who jsonb, state text, due_at timestamptz, taken_by text,
      taken_at timestamptz, closed_at timestamptz, closed_by text, outcome text, note text, reason text, answer_key text)
    where t.workspace_id = ${workspaceId} and t.id = row.id`)
}

/** A line of a task's story; `by` null: the journey. */
export interface TaskEntry {
  readonly taskId: string
  readonly kind: TaskEntryKind
  readonly by: string | null
  readonly text?: string
  readonly details?: object
}

export async function insertEntries(tx: Tx, workspaceId: number, entries: readonly TaskEntry[], at: Date): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map(({ text = '', details = {}, ...entry }) => ({ ...entry, text, details }))
  await tx.run(sql`
    insert into task_entries (workspace_id, task_id, kind, by, text, details, at)
    select ${workspaceId}, "taskId", kind, by, text, details, ${at}
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as row ("taskId" text, kind text, by text, text text, details jsonb)`)
}

export interface EntryRow {
  kind: TaskEntryKind
  by: string | null
  text: string
  details: Record<string, unknown>
  at: Date
}

const entriesShown = 500

export function listEntries(query: Queryable, workspaceId: number, taskId: string): Promise<EntryRow[]> {
  return query.many<EntryRow>(sql`
    select kind, by, text, details, at from task_entries where workspace_id = ${workspaceId} and task_id = ${taskId}
    order by id limit ${entriesShown}`)
}

export interface Asker {
  readonly account: string
  readonly email: string
  readonly role: string
}
export type Whose = 'mine' | 'role' | 'all'

const mine = ({ account, email }: Asker) =>
  sql`(taken_by = ${account} or (state = 'open' and who->>'kind' = 'member' and who->>'email' = ${email}))`
const ofRole = ({ role }: Asker) =>
  sql`(state = 'open' and (who->>'kind' = 'anyone' or (who->>'kind' = 'role' and who->>'role' = ${role})))`
/** Of closed ones: who closed it. */
const didIt = ({ account, email }: Asker) => sql`(closed_by = ${account} or taken_by = ${account} or who->>'email' = ${email})`
const roleDid = ({ role }: Asker) => sql`(who->>'kind' = 'anyone' or (who->>'kind' = 'role' and who->>'role' = ${role}))`

export interface TaskFilter {
  readonly whose: Whose
  readonly journey?: string | undefined
  readonly person?: number | undefined
}

/** The one that the page before ended with. */
export interface TaskPlace {
  readonly at: Date
  readonly id: string
}

const narrowed = ({ journey, person }: TaskFilter) =>
  sql`(${journey ?? null}::text is null or journey_id = ${journey ?? null})
    and (${person ?? null}::bigint is null or person_id = ${person ?? null})`

/** By due time. */
export function listOpen(
  query: Queryable,
  workspaceId: number,
  asker: Asker,
  filter: TaskFilter,
  after: TaskPlace | null,
  limit: number,
): Promise<TaskRow[]> {
  const theirs = filter.whose === 'mine' ? mine(asker) : filter.whose === 'role' ? ofRole(asker) : sql`true`
  return query.many<TaskRow>(sql`
    select ${columns} from tasks
    where workspace_id = ${workspaceId} and ${isOpen} and ${theirs}
      and ${narrowed(filter)}
      and (${after?.id ?? null}::text is null or (due_at, id) > (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::text))
    order by due_at, id limit ${limit}`)
}

/** The newest first. */
export function listClosed(
  query: Queryable,
  workspaceId: number,
  asker: Asker,
  filter: TaskFilter,
  after: TaskPlace | null,
  limit: number,
): Promise<TaskRow[]> {
  const theirs = filter.whose === 'mine' ? didIt(asker) : filter.whose === 'role' ? roleDid(asker) : sql`true`
  return query.many<TaskRow>(sql`
    select ${columns} from tasks
    where workspace_id = ${workspaceId} and closed_at is not null and ${theirs}
      and ${narrowed(filter)}
      and (${after?.id ?? null}::text is null or (closed_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::text))
    order by closed_at desc, id desc limit ${limit}`)
}

export interface CountsRow {
  mine: number
  role: number
  all: number
  overdue: number
  urgent: number
  newest_urgent: string | null
}

export async function countOpen(query: Queryable, workspaceId: number, asker: Asker, now: Date): Promise<CountsRow> {
  const ours = sql`(${mine(asker)} or ${ofRole(asker)})`
  const row = await query.one<CountsRow>(sql`
    select count(*) filter (where ${mine(asker)}) as mine, count(*) filter (where ${ofRole(asker)}) as role, count(*) as all,
      count(*) filter (where due_at < ${now} and ${ours}) as overdue, count(*) filter (where priority = 'high' and ${ours}) as urgent,
      max(id) filter (where priority = 'high' and state = 'open' and ${ours}) as newest_urgent
    from tasks where workspace_id = ${workspaceId} and ${isOpen}`)
  return row ?? { mine: 0, role: 0, all: 0, overdue: 0, urgent: 0, newest_urgent: null }
}

export async function moveTasks(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`update tasks set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

/** With what happened to them. */
export async function deleteTasksOf(tx: Tx, workspaceId: number, runIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    delete from tasks where workspace_id = ${workspaceId} and run_id = any(${runIds}::text[])`)
}
