import { z } from 'zod'
import type { Problem } from './errors.ts'
import { leaving } from './journey-leaving.ts'
import { durationSchema, nodeBase, nodeId } from './journey-terms.ts'
import { type Role, rolePermissions, roleSchema } from './roles.ts'

// Nodes at which a colleague has something to do, and says what came of it.

/** The roles that may work on tasks. */
export const taskRoles: readonly Role[] = roleSchema.options.filter((role) => rolePermissions[role].includes('tasks.write'))

/** Whom a task is for; a member by the address with which they log in. Others may take it all the same: work is handed over. */
export const taskForSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anyone') }),
  z.object({ kind: z.literal('role'), role: roleSchema }),
  z.object({ kind: z.literal('member'), email: z.string().max(200) }),
])
export type TaskFor = z.infer<typeof taskForSchema>

export const taskPrioritySchema = z.enum(['normal', 'high'])
export type TaskPriority = z.infer<typeof taskPrioritySchema>

export const outcomesMax = 4
/** One of the results that a colleague chooses from, and the way that it leads; `id` is how counters, stories and runs name it. */
const outcome = z.object({
  id: z.string().regex(/^[a-z0-9_]{1,20}$/, 'lower-case letters, digits and _ (at most 20)'),
  name: z.string().max(50).default(''),
  next: nodeId,
})

/**
 * A task for a colleague. Title and instructions may read `customer.*`, `event.*`, `coupon.*` and `shop.name` as templates do. The run rests
 * until a result is chosen; when `due` has passed since the arrival, the task is overdue and the run goes `onTimeout`.
 */
export const humanTaskNodeSchema = z.object({
  ...nodeBase,
  ...leaving,
  kind: z.literal('human_task'),
  title: z.string().max(200),
  instructions: z.string().max(2_000).default(''),
  who: taskForSchema.default({ kind: 'anyone' }),
  priority: taskPrioritySchema.default('normal'),
  ways: z.array(outcome).min(1).max(outcomesMax),
  due: durationSchema,
  onTimeout: nodeId,
})
export type HumanTaskNode = z.infer<typeof humanTaskNodeSchema>

export function humanTaskProblems({ title, who, ways }: HumanTaskNode): Problem[] {
  const nothing = { path: 'title', message: 'the task has no title; say what is to be done' }
  const idle = who.kind === 'role' && !taskRoles.includes(who.role)
  const nobody = who.kind === 'member' && who.email.trim() === ''
  return [
    ...(title.trim() === '' ? [nothing] : []),
    ...(idle ? [{ path: 'who.role', message: `the role "${who.role}" may not work on tasks; choose ${taskRoles.join(', ')}` }] : []),
    ...(nobody ? [{ path: 'who.email', message: 'the task is for nobody yet; choose a colleague' }] : []),
    ...ways.flatMap(({ id }, i) => {
      const first = ways.findIndex((way) => way.id === id)
      if (first === i) return []
      return [{ path: `ways.${i}.id`, message: `ways.${first} is called "${id}" too; give this way an id of its own` }]
    }),
  ]
}

/** Whether a task of the one node can go on as one of the other: its results are the same. */
export const sameOutcomes = (a: HumanTaskNode, b: HumanTaskNode): boolean =>
  a.ways.length === b.ways.length && a.ways.every(({ id }) => b.ways.some((way) => way.id === id))

/** What a rehearsal takes for granted: by task node and result, in how many per cent of the cases it is chosen; in the others nobody answers. */
export const taskAnswersSchema = z
  .record(nodeId, z.record(z.string(), z.number().min(0).max(100)))
  .refine((answers) => Object.values(answers).every((shares) => answeredPercent(shares) <= 100), 'more than 100 per cent are answered')
export type TaskAnswers = z.infer<typeof taskAnswersSchema>

export const answeredPercent = (shares: Readonly<Record<string, number>>): number =>
  Object.values(shares).reduce((sum, share) => sum + share, 0)
