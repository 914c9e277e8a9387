import { z } from 'zod'
import { endpoint, id, paging } from './endpoint.ts'
import { taskForSchema, taskPrioritySchema } from './journey-task.ts'
import { instant, json, page, personSummarySchema } from './views.ts'

// What colleagues have to do for customers, and the calls with which they do it.

export const taskStateSchema = z.enum(['open', 'taken', 'done', 'overdue', 'withdrawn'])
export type TaskState = z.infer<typeof taskStateSchema>

const colleague = z.object({ account: z.string(), name: z.string() })

export const taskViewSchema = z.object({
  id: z.string(),
  /** With the customer's fields in it, as they are now. */
  title: z.string(),
  priority: taskPrioritySchema,
  who: taskForSchema,
  /** Of a task for one member; null: no colleague any more. */
  whoName: z.string().nullable(),
  state: taskStateSchema,
  person: personSummarySchema,
  journey: z.object({ id: z.string(), name: z.string() }),
  nodeId: z.string(),
  runId: z.string(),
  outcomes: z.array(z.object({ id: z.string(), name: z.string() })),
  openedAt: instant,
  dueAt: instant,
  taken: colleague.extend({ at: instant }).nullable(),
  /** `by` null: nobody chose it. `reason`: why it was withdrawn. */
  closed: z
    .object({ at: instant, by: colleague.nullable(), outcome: z.string().nullable(), note: z.string(), reason: z.string().nullable() })
    .nullable(),
})
export type TaskView = z.infer<typeof taskViewSchema>

export const taskEntryKinds = [
  'opened',
  'taken',
  'put_back',
  'handed',
  'comment',
  'rescheduled',
  'reopened',
  'done',
  'overdue',
  'withdrawn',
] as const
export type TaskEntryKind = (typeof taskEntryKinds)[number]

export const taskDetailSchema = taskViewSchema.extend({
  instructions: z.string(),
  /** What happened to it, oldest first; `by` null: the journey. */
  history: z.array(z.object({ at: instant, by: colleague.nullable(), kind: z.enum(taskEntryKinds), text: z.string(), details: json })),
})
export type TaskDetail = z.infer<typeof taskDetailSchema>

export const taskNoteMax = 2_000
/** Tasks that are taken at one stroke. */
export const takenAtOnceMax = 200
const note = z.string().trim().max(taskNoteMax)

export const taskEndpoints = {
  /**
   * `mine`: taken by whoever asks, and for them alone. `role`: open for their role, or for anybody. Open ones by due time, closed ones the
   * newest first.
   */
  tasks: endpoint('GET', '/api/tasks', 'tasks.read', {
    query: paging.extend({
      whose: z.enum(['mine', 'role', 'all']).default('all'),
      state: z.enum(['open', 'closed']).default('open'),
      journey: z.string().optional(),
      person: z.coerce.number().int().optional(),
    }),
    response: page(taskViewSchema),
  }),
  /** Open ones; `urgent`: of high priority among mine and my role's, with the newest of them. */
  taskCounts: endpoint('GET', '/api/tasks/counts', 'tasks.read', {
    response: z.object({
      mine: z.number(),
      role: z.number(),
      all: z.number(),
      overdue: z.number(),
      urgent: z.number(),
      newestUrgent: z.string().nullable(),
    }),
  }),
  task: endpoint('GET', '/api/tasks/:id', 'tasks.read', { params: id, response: taskDetailSchema }),
  /** Those that somebody else has, or that are closed, stay as they are, with the reason. */
  taskTake: endpoint('POST', '/api/tasks/take', 'tasks.write', {
    body: z.object({ ids: z.array(z.string()).min(1).max(takenAtOnceMax) }),
    response: z.object({ taken: z.array(z.string()), refused: z.array(z.object({ id: z.string(), message: z.string() })) }),
  }),
  taskPutBack: endpoint('POST', '/api/tasks/:id/put-back', 'tasks.write', { params: id, response: taskDetailSchema }),
  taskHand: endpoint('POST', '/api/tasks/:id/hand', 'tasks.write', {
    params: id,
    body: z.object({ who: taskForSchema, note: note.default('') }),
    response: taskDetailSchema,
  }),
  taskComment: endpoint('POST', '/api/tasks/:id/comments', 'tasks.write', {
    params: id,
    body: z.object({ text: note.min(1) }),
    response: taskDetailSchema,
  }),
  /** The same `key` again is the same answer. */
  taskAnswer: endpoint('POST', '/api/tasks/:id/answer', 'tasks.write', {
    params: id,
    body: z.object({ outcome: z.string().min(1).max(20), note: note.default(''), key: z.string().min(1).max(100) }),
    response: taskDetailSchema,
  }),
} as const
