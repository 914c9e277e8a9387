import { z } from 'zod'
import type { Problem } from './errors.ts'
import { attributeValueSchema } from './journey-deeds.ts'
import { durationMs, durationSchema, nodeBase, nodeId } from './journey-terms.ts'
import { scalarSchema } from './rule-filter.ts'

// A node that tells another system something and keeps what it answers.

/** What a posting carries: besides what other nodes may write down, an attribute of the person. */
export const webhookValueSchema = z.discriminatedUnion('kind', [
  ...attributeValueSchema.options,
  z.object({ kind: z.literal('attribute'), attribute: z.string().min(1).max(200) }),
])
export type WebhookValue = z.infer<typeof webhookValueSchema>

export const answerTypes = ['text', 'number', 'boolean'] as const
export type AnswerType = (typeof answerTypes)[number]

/**
 * What is kept of the answer: `path` leads into its JSON (`data.level`, `items.0.id`). A text may be a number there; nothing else is
 * turned into something else. `sample` is what a rehearsal takes it to be.
 */
const answerSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'lower-case letters, digits and _, a letter first (at most 40)'),
  path: z
    .string()
    .max(200)
    .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'the way to the value, with dots between: data.level'),
  type: z.enum(answerTypes),
  sample: scalarSchema.optional(),
})
export type WebhookAnswer = z.infer<typeof answerSchema>

export const webhookBodyMax = 50
export const webhookAnswersMax = 20
/** An answer that is longer is not kept. */
export const answerLengthMax = 1_000
export const retryDaysMax = 3

/**
 * Posts to an endpoint of the workspace, signed, and rests until it has answered well; what is kept of the answer is known as
 * `webhook.<node>.<name>` from then on. It is tried again for `retryFor`; when it has not answered well by then, or refused: `onFailure`.
 */
export const webhookNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('webhook'),
  /** Its key. */
  endpoint: z.string().min(1).max(100),
  body: z
    .array(z.object({ name: z.string().min(1).max(200), value: webhookValueSchema }))
    .max(webhookBodyMax)
    .default([]),
  answers: z.array(answerSchema).max(webhookAnswersMax).default([]),
  retryFor: durationSchema.default({ amount: 1, unit: 'hour' }),
  next: nodeId,
  onFailure: nodeId,
})
type WebhookNode = z.infer<typeof webhookNodeSchema>

/** How what a node keeps is named elsewhere. */
export const answerProperty = (nodeId: string, name: string): string => `webhook.${nodeId}.${name}`

const typeOf = (value: unknown): AnswerType | null => {
  const type = typeof value
  return type === 'string' ? 'text' : type === 'number' || type === 'boolean' ? type : null
}

const twice = (names: readonly string[], path: string, message: (name: string) => string): Problem[] =>
  names.flatMap((name, i) => (names.indexOf(name) === i ? [] : [{ path: `${path}.${i}.name`, message: message(name) }]))

export function webhookProblems({ body, answers, retryFor }: WebhookNode): Problem[] {
  const bodyNames = body.map(({ name }) => name)
  const answerNames = answers.map(({ name }) => name)
  const samples = answers.flatMap(({ sample, type }, i) => {
    if (sample === undefined || typeOf(sample) === type) return []
    return [{ path: `answers.${i}.sample`, message: `the sample is no ${type}; give one that is, or choose another type` }]
  })
  const long = durationMs(retryFor) > retryDaysMax * 86_400_000
  return [
    ...twice(bodyNames, 'body', (name) => `"${name}" is sent already; give this one another name, or remove it`),
    ...twice(answerNames, 'answers', (name) => `"${name}" is kept already; give this one another name, or remove it`),
    ...samples,
    ...(long
      ? [{ path: 'retryFor', message: `nobody is kept waiting for an answer for longer than ${retryDaysMax} days; make the time shorter` }]
      : []),
  ]
}

export interface ReadAnswers {
  readonly values: Readonly<Record<string, string | number | boolean>>
  /** What could not be kept, and why. */
  readonly unusable: readonly { readonly name: string; readonly reason: 'missing' | 'wrong_type' | 'too_long' }[]
}

function valueAt(value: unknown, path: string): unknown {
  let at = value
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = Reflect.get(at, part)
  }
  return at
}

function kept(found: unknown, type: AnswerType): string | number | boolean | null {
  // What stores cannot hold is no part of a text.
  if (type === 'text') return typeof found === 'string' ? found.replaceAll('\0', '') : typeof found === 'number' ? String(found) : null
  if (type === 'number') return typeof found === 'number' && Number.isFinite(found) ? found : null
  return typeof found === 'boolean' ? found : null
}

/** What is kept of a JSON answer. */
export function readAnswers(answers: readonly Pick<WebhookAnswer, 'name' | 'path' | 'type'>[], json: unknown): ReadAnswers {
  const values: Record<string, string | number | boolean> = {}
  const unusable: ReadAnswers['unusable'][number][] = []
  for (const { name, path, type } of answers) {
    const found = valueAt(json, path) ?? undefined
    const value = kept(found, type)
    if (found === undefined) unusable.push({ name, reason: 'missing' })
    else if (value === null) unusable.push({ name, reason: 'wrong_type' })
    else if (typeof value === 'string' && value.length > answerLengthMax) unusable.push({ name, reason: 'too_long' })
    else values[name] = value
  }
  return { values, unusable }
}

/** Values that an answer offers, with where they are: what "try it" shows. */
export function answerPaths(json: unknown, max = 100): { path: string; type: AnswerType; value: string | number | boolean }[] {
  const found: { path: string; type: AnswerType; value: string | number | boolean }[] = []
  const open: [string, unknown][] = [['', json]]
  for (let next = open.shift(); next !== undefined && found.length < max; next = open.shift()) {
    const [path, value] = next
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value).slice(0, max))
        if (!/[.\s]/.test(name) && name !== '' && open.length < 1_000) open.push([path === '' ? name : `${path}.${name}`, inner])
    } else if (path !== '' && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'))
      found.push({ path, type: typeOf(value) ?? 'text', value })
  }
  return found
}
