import {
  AppError,
  type Input,
  type Output,
  type PersonSummary,
  type Role,
  type TaskDetail,
  type TaskFor,
  taskRoles,
} from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import * as store from './store.ts'
import { detailView, type Naming, taskView } from './views.ts'

/** Somebody who works here. */
export interface Colleague {
  readonly account: string
  readonly email: string
  readonly name: string
  readonly role: Role
}

/** Texts of a task that are to be read with the person's fields. */
export interface TaskTexts {
  readonly personId: number
  readonly context: store.TaskRow['context']
  readonly texts: readonly string[]
}

/** What a colleague chose, as the run is told. */
export interface GivenAnswer {
  readonly effectKey: string
  readonly nodeId: string
  readonly personId: number
  readonly outcome: string
  readonly note: string
  readonly by: string
  /** ms */
  readonly at: number
}

export interface TasksDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  audit(tx: Queryable, caller: Caller, action: string, subject: string, details: object): Promise<void>
  members(workspaceId: number): Promise<readonly Colleague[]>
  /** Programs that may answer, by their ids. */
  programs(workspaceId: number): Promise<ReadonlyMap<string, string>>
  journeyNames(workspaceId: number): Promise<ReadonlyMap<string, string>>
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<ReadonlyMap<number, PersonSummary>>
  unmasked(caller: Caller): boolean
  /** The texts filled in, each list in its order. */
  read(workspaceId: number, asked: readonly TaskTexts[], options: { unmasked: boolean }): Promise<string[][]>
  /** Tells the run, in the transaction of the answer. */
  answered(tx: Tx, workspaceId: number, answer: GivenAnswer): Promise<void>
  /** Called after an answer was committed. */
  answersGiven(): void
}

export type OpenedTask = Omit<store.NewTask, 'id'>

/** What becomes of an open task by the run that waits for it. */
export type TaskChange =
  | { readonly kind: 'overdue'; readonly effectKey: string }
  | { readonly kind: 'withdraw'; readonly effectKey: string; readonly reason: string }
  /** Of one that was withdrawn. */
  | { readonly kind: 'reopen'; readonly effectKey: string }
  | { readonly kind: 'reschedule'; readonly effectKey: string; readonly dueAt: number }

type Body<N extends 'taskHand' | 'taskAnswer'> = Input<N>['body']

export interface Tasks {
  /** One for each effect key, ever. */
  open(tx: Tx, workspaceId: number, tasks: readonly OpenedTask[]): Promise<void>
  /** Tasks that are closed already stay as they are, but for one that is to be open again. */
  change(tx: Tx, workspaceId: number, changes: readonly TaskChange[]): Promise<void>
  /** What was answered of these, by effect key; none of them is answered before the transaction ends. */
  answered(
    tx: Tx,
    workspaceId: number,
    effectKeys: readonly string[],
  ): Promise<ReadonlyMap<string, Pick<GivenAnswer, 'outcome' | 'note' | 'by' | 'at'>>>
  forget(tx: Tx, workspaceId: number, runIds: readonly string[]): Promise<void>
  mergeConsumer(tx: Tx, workspaceId: number, from: number, into: number): Promise<void>
  list(caller: Caller, query: Input<'tasks'>['query']): Promise<Output<'tasks'>>
  counts(caller: Caller): Promise<Output<'taskCounts'>>
  detail(caller: Caller, id: string): Promise<TaskDetail>
  take(caller: Caller, ids: readonly string[]): Promise<Output<'taskTake'>>
  putBack(caller: Caller, id: string): Promise<TaskDetail>
  hand(caller: Caller, id: string, to: Body<'taskHand'>): Promise<TaskDetail>
  comment(caller: Caller, id: string, text: string): Promise<TaskDetail>
  /** `conflict` when it is closed, or somebody else has it. */
  answer(caller: Caller, id: string, chosen: Body<'taskAnswer'>): Promise<TaskDetail>
}

const isOpen = ({ state }: store.TaskRow) => state === 'open' || state === 'taken'

export function createTasks(deps: TasksDeps): Tasks {
  const { db, clock, ids } = deps
  const now = () => new Date(clock.now())

  async function namingOf(caller: Caller, rows: readonly store.TaskRow[]): Promise<Naming> {
    const { workspaceId } = caller
    const people = [...new Set(rows.map((row) => row.person_id))]
    const [summaries, journeys, members, programs] = await Promise.all([
      deps.summaries(workspaceId, people, { unmasked: deps.unmasked(caller) }),
      deps.journeyNames(workspaceId),
      deps.members(workspaceId),
      deps.programs(workspaceId),
    ])
    const names = new Map([...programs, ...members.map(({ account, name }): [string, string] => [account, name])])
    return { people: summaries, journeys, names, addresses: new Map(members.map(({ email, name }) => [email, name])) }
  }

  const read = (caller: Caller, asked: readonly TaskTexts[]) => deps.read(caller.workspaceId, asked, { unmasked: deps.unmasked(caller) })

  async function detail(caller: Caller, id: string): Promise<TaskDetail> {
    const { workspaceId } = caller
    const row = (await store.findTask(db, workspaceId, id)) ?? missing(id)
    const [naming, entries, [texts = []]] = await Promise.all([
      namingOf(caller, [row]),
      store.listEntries(db, workspaceId, id),
      read(caller, [{ personId: row.person_id, context: row.context, texts: [row.title, row.instructions] }]),
    ])
    const [title = '', instructions = ''] = texts
    return detailView(row, { title, instructions }, entries, naming)
  }

  async function nameOf(workspaceId: number, account: string): Promise<string> {
    const member = (await deps.members(workspaceId)).find((one) => one.account === account)
    return member?.name ?? (await deps.programs(workspaceId)).get(account) ?? account
  }

  /** Why the task is not the caller's to work on: it is closed, or somebody else has it; null: it is. */
  async function refusal({ workspaceId, actor }: Caller, row: store.TaskRow): Promise<string | null> {
    const { state, closed_at: closedAt, closed_by: closedBy, taken_by: takenBy, taken_at: takenAt } = row
    if (isOpen(row)) {
      if (takenBy === null || takenBy === actor) return null
      return `${await nameOf(workspaceId, takenBy)} has had the task since ${takenAt?.toISOString()}; have it handed over, or put back`
    }
    const at = closedAt?.toISOString()
    if (state === 'done' && closedBy !== null) return `${await nameOf(workspaceId, closedBy)} answered the task at ${at}: ${row.outcome}`
    return state === 'overdue' ? `the task was overdue at ${at}; the customer has gone on` : `the task was withdrawn at ${at}`
  }

  /** A change of one task that is held meanwhile, written into its story and the log. */
  async function change(
    caller: Caller,
    id: string,
    action: string,
    work: (
      tx: Tx,
      row: store.TaskRow,
    ) => Promise<{ row: store.TaskRow; entry: Omit<store.TaskEntry, 'taskId' | 'by'>; told?: object } | null>,
  ): Promise<TaskDetail> {
    const { workspaceId, actor } = caller
    await db.tx(async (tx) => {
      const [row] = await store.lockTasks(tx, workspaceId, [id])
      const done = await work(tx, row ?? missing(id))
      // Null: it was so already.
      if (!done) return
      await store.updateTasks(tx, workspaceId, [done.row])
      await store.insertEntries(tx, workspaceId, [{ ...done.entry, taskId: id, by: actor }], now())
      await deps.audit(tx, caller, `task.${action}`, id, done.told ?? {})
    })
    return detail(caller, id)
  }

  /** One transaction each: whoever holds one task never waits for another. Answers why it is not the caller's, null when it is. */
  function takeOne(caller: Caller, id: string): Promise<string | null> {
    const { workspaceId, actor } = caller
    return db.tx(async (tx) => {
      const [row] = await store.lockTasks(tx, workspaceId, [id])
      if (!row) return `There is no task ${id}`
      const refused = await refusal(caller, row)
      if (refused !== null || row.taken_by !== null) return refused
      await store.updateTasks(tx, workspaceId, [{ ...row, state: 'taken', taken_by: actor, taken_at: now() }])
      await store.insertEntries(tx, workspaceId, [{ taskId: id, kind: 'taken', by: actor }], now())
      await deps.audit(tx, caller, 'task.take', id, {})
      return null
    })
  }

  async function mayWork(workspaceId: number, who: TaskFor): Promise<void> {
    const problem = (path: string, message: string) => {
      throw new AppError('invalid_request', 'The task cannot be handed over like that', [{ path, message }])
    }
    if (who.kind === 'role' && !taskRoles.includes(who.role))
      problem('who.role', `the role "${who.role}" may not work on tasks; choose ${taskRoles.join(', ')}`)
    if (who.kind !== 'member') return
    const member = (await deps.members(workspaceId)).find((one) => one.email === who.email)
    if (!member) problem('who.email', `nobody here has the address "${who.email}"; choose a colleague, or a role`)
    else if (!taskRoles.includes(member.role))
      problem('who.email', `"${who.email}" may not work on tasks; choose a colleague who may, or give the role`)
  }

  return {
    async open(tx, workspaceId, tasks) {
      const rows = tasks.map((task) => ({ ...task, id: ids.next('tsk') }))
      const added = await store.insertTasks(tx, workspaceId, rows, now())
      const entries = added.map((taskId) => ({ taskId, kind: 'opened' as const, by: null }))
      await store.insertEntries(tx, workspaceId, entries, now())
    },

    async change(tx, workspaceId, changes) {
      const at = now()
      const rows = await store.lockByKey(
        tx,
        workspaceId,
        changes.map((one) => one.effectKey),
      )
      const byKey = new Map(rows.map((row) => [row.effect_key, row]))
      const changed = new Map<string, store.TaskRow>()
      const entries: store.TaskEntry[] = []
      for (const one of changes) {
        const row = byKey.get(one.effectKey)
        if (!row || (one.kind === 'reopen' ? row.state !== 'withdrawn' : !isOpen(row))) continue
        const entry = { taskId: row.id, by: null }
        if (one.kind === 'reopen') {
          changed.set(row.id, { ...row, state: 'open', taken_by: null, taken_at: null, closed_at: null, reason: null })
          entries.push({ ...entry, kind: 'reopened' })
        } else if (one.kind === 'reschedule') {
          changed.set(row.id, { ...row, due_at: new Date(one.dueAt) })
          entries.push({ ...entry, kind: 'rescheduled', details: { from: row.due_at, to: new Date(one.dueAt) } })
        } else if (one.kind === 'overdue') {
          changed.set(row.id, { ...row, state: 'overdue', closed_at: at })
          entries.push({ ...entry, kind: 'overdue' })
        } else {
          changed.set(row.id, { ...row, state: 'withdrawn', closed_at: at, reason: one.reason })
          entries.push({ ...entry, kind: 'withdrawn', details: { reason: one.reason } })
        }
      }
      await store.updateTasks(tx, workspaceId, [...changed.values()])
      await store.insertEntries(tx, workspaceId, entries, at)
    },

    async answered(tx, workspaceId, effectKeys) {
      const rows = await store.lockByKey(tx, workspaceId, effectKeys)
      return new Map(
        rows.flatMap(({ effect_key: key, state, outcome, note, closed_by: by, closed_at: at }) =>
          state === 'done' && outcome !== null && by !== null && at !== null
            ? [[key, { outcome, note, by, at: at.getTime() }] as const]
            : [],
        ),
      )
    },
    forget: store.deleteTasksOf,
    mergeConsumer: store.moveTasks,

    async list(caller, { cursor, limit, whose, state, journey, person }) {
      const asker = askerOf(caller)
      const page = state === 'open' ? store.listOpen : store.listClosed
      const found = await page(db, caller.workspaceId, asker, { whose, journey, person }, placeOf(cursor), limit + 1)
      const rows = found.slice(0, limit)
      const [naming, texts] = await Promise.all([
        namingOf(caller, rows),
        read(
          caller,
          rows.map(({ person_id: personId, context, title }) => ({ personId, context, texts: [title] })),
        ),
      ])
      const last = rows.at(-1)
      const at = state === 'open' ? last?.due_at : last?.closed_at
      const nextCursor = found.length > limit && last && at ? `${at.toISOString()} ${last.id}` : null
      return { items: rows.map((row, i) => taskView(row, texts[i]?.[0] ?? row.title, naming)), nextCursor }
    },

    async counts(caller) {
      const { newest_urgent: newestUrgent, ...counts } = await store.countOpen(db, caller.workspaceId, askerOf(caller), now())
      return { ...counts, newestUrgent }
    },

    detail,

    async take(caller, asked) {
      const taken: string[] = []
      const refused: { id: string; message: string }[] = []
      for (const id of asked) {
        const message = await takeOne(caller, id)
        if (message === null) taken.push(id)
        else refused.push({ id, message })
      }
      return { taken, refused }
    },

    putBack: (caller, id) =>
      change(caller, id, 'put_back', async (_, row) => {
        // Whoever has it may be away: a colleague may put it back, and the story says who did.
        if (!isOpen(row)) throw new AppError('conflict', (await refusal(caller, row)) ?? '')
        if (row.state === 'open') return null
        return {
          row: { ...row, state: 'open', taken_by: null, taken_at: null },
          entry: { kind: 'put_back', details: { from: row.taken_by } },
        }
      }),

    hand: (caller, id, { who, note }) =>
      change(caller, id, 'hand', async (_, row) => {
        if (!isOpen(row)) throw new AppError('conflict', (await refusal(caller, row)) ?? '')
        await mayWork(caller.workspaceId, who)
        const handed = { ...row, who, state: 'open' as const, taken_by: null, taken_at: null }
        return { row: handed, entry: { kind: 'handed', text: note, details: { from: row.who, to: who } }, told: { to: who } }
      }),

    comment: (caller, id, text) => change(caller, id, 'comment', async (_, row) => ({ row, entry: { kind: 'comment', text } })),

    async answer(caller, id, { outcome, note, key }) {
      const { workspaceId, actor } = caller
      const answered = await change(caller, id, 'answer', async (tx, row) => {
        if (row.state === 'done' && row.answer_key === key && row.closed_by === actor) return null
        const refused = await refusal(caller, row)
        if (refused !== null) throw new AppError('conflict', refused)
        if (!row.outcomes.some((one) => one.id === outcome)) {
          const message = `the task has no result "${outcome}"; choose ${row.outcomes.map((one) => one.id).join(', ')}`
          throw new AppError('invalid_request', 'The task cannot be answered like that', [{ path: 'outcome', message }])
        }
        const at = now()
        const { effect_key: effectKey, node_id: nodeId, person_id: personId } = row
        const mine = { taken_by: row.taken_by ?? actor, taken_at: row.taken_at ?? at }
        const done = { ...row, ...mine, state: 'done' as const, closed_at: at, closed_by: actor, outcome, note, answer_key: key }
        await deps.answered(tx, workspaceId, { effectKey, nodeId, personId, outcome, note, by: actor, at: at.getTime() })
        return { row: done, entry: { kind: 'done', text: note, details: { outcome } }, told: { outcome } }
      })
      deps.answersGiven()
      return answered
    },
  }
}

const askerOf = ({ actor, me }: Caller): store.Asker => ({ account: actor, email: me.account.email, role: me.role })

function placeOf(cursor: string | undefined): store.TaskPlace | null {
  if (cursor === undefined) return null
  const [at = '', id] = cursor.split(' ')
  const instant = new Date(at)
  if (id === undefined || Number.isNaN(instant.getTime()))
    throw new AppError('invalid_request', 'The request does not have the expected form', [
      { path: 'query.cursor', message: 'pass back nextCursor as it came' },
    ])
  return { at: instant, id }
}

function missing(id: string): never {
  throw new AppError('not_found', `There is no task ${id}`)
}
