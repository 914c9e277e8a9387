import { z } from 'zod'
import { definitionKeySchema } from './definition-input.ts'
import { endpoint, key, ok, paging } from './endpoint.ts'
import { instant, page } from './views.ts'

// Endpoints: systems outside that journeys tell something, by key.

export const endpointTimeoutMax = 30
export const endpointHeadersMax = 10

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'a header name: letters, digits and -')
const reserved = ['content-type', 'content-length', 'host', 'user-agent', 'connection', 'transfer-encoding']
const headers = z
  .array(
    z.object({
      name: headerName.refine(
        (name) => !reserved.includes(name.toLowerCase()) && !/^webhook-/i.test(name),
        'is written by Chaoxi; choose another',
      ),
      /** Left out: the one that is kept under that name. */
      value: z
        .string()
        .min(1)
        .max(2_000)
        .regex(/^[\x20-\x7e]*$/, 'letters, digits and signs of ASCII')
        .optional(),
    }),
  )
  .max(endpointHeadersMax)
  .default([])

const settings = {
  name: z.string().trim().min(1).max(100),
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  headers,
  /** How long it has to answer each time. */
  timeoutSeconds: z.number().int().min(1).max(endpointTimeoutMax).default(10),
  /** Off: nothing is posted; whoever waits for it goes on when their time is over. */
  enabled: z.boolean().default(true),
}

/** What became of a posting. `dropped`: its run had left before. */
export const postingStates = ['due', 'answered', 'failed', 'dropped'] as const
export const postingStateSchema = z.enum(postingStates)
export type PostingState = z.infer<typeof postingStateSchema>

const attemptSchema = z.object({
  at: instant,
  ms: z.number(),
  status: z.number().nullable(),
  /** Why it was no success; null: it was. */
  problem: z.string().nullable(),
  /** The first 1,000 characters of what it answered, where that was no success. */
  answer: z.string().nullable(),
})
export type PostingAttempt = z.infer<typeof attemptSchema>

export const webhookPostingSchema = z.object({
  /** `webhook-id`: the same for each attempt. */
  id: z.string(),
  endpoint: z.string(),
  journeyId: z.string(),
  journeyName: z.string(),
  runId: z.string(),
  nodeId: z.string(),
  state: postingStateSchema,
  /** How it ended, where that was no success. */
  reason: z.string().nullable(),
  askedAt: instant,
  /** When it is tried next; null: no more. */
  dueAt: instant.nullable(),
  attempts: z.array(attemptSchema),
  /** What it says is still kept. */
  resendable: z.boolean(),
})
export type WebhookPosting = z.infer<typeof webhookPostingSchema>

export const webhookEndpointSchema = z.object({
  key: z.string(),
  name: z.string(),
  url: z.string(),
  headers: z.array(z.string()),
  timeoutSeconds: z.number(),
  enabled: z.boolean(),
  /** Chaoxi posts nothing more until somebody resumes it: it failed steadily, or said that it is gone. */
  pausedAt: instant.nullable(),
  pausedWhy: z.enum(['failing', 'gone']).nullable(),
  /** Until then the secret before is valid too. */
  secretBeforeUntil: instant.nullable(),
  createdAt: instant,
  /** Of the last day. */
  lastDay: z.object({ answered: z.number(), failed: z.number(), due: z.number() }),
  usedBy: z.array(z.object({ key: z.string(), name: z.string(), id: z.string() })),
  revision: z.number(),
})
export type WebhookEndpoint = z.infer<typeof webhookEndpointSchema>

/** The secret is shown this once. */
const withSecret = webhookEndpointSchema.extend({ secret: z.string() })

export const webhookTestSchema = z.object({
  ok: z.boolean(),
  status: z.number().nullable(),
  ms: z.number(),
  problem: z.string().nullable(),
  /** The answer where it is JSON. */
  json: z.unknown(),
  /** Its first 1,000 characters otherwise. */
  text: z.string().nullable(),
})

export const webhookEndpointEndpoints = {
  webhookEndpoints: endpoint('GET', '/api/webhook-endpoints', 'journeys.read', {
    response: z.object({ items: z.array(webhookEndpointSchema) }),
  }),
  webhookEndpointCreate: endpoint('POST', '/api/webhook-endpoints', 'settings.write', {
    body: z.object({ key: definitionKeySchema, ...settings }),
    response: withSecret,
  }),
  webhookEndpoint: endpoint('GET', '/api/webhook-endpoints/:key', 'journeys.read', { params: key, response: webhookEndpointSchema }),
  webhookEndpointUpdate: endpoint('PUT', '/api/webhook-endpoints/:key', 'settings.write', {
    params: key,
    body: z.object({ ...settings, revision: z.number().int() }),
    response: webhookEndpointSchema,
  }),
  webhookEndpointDelete: endpoint('DELETE', '/api/webhook-endpoints/:key', 'settings.write', { params: key, response: ok }),
  /** A new secret; for `graceHours` the one before signs too. */
  webhookEndpointSecret: endpoint('POST', '/api/webhook-endpoints/:key/secret', 'settings.write', {
    params: key,
    body: z.object({ graceHours: z.number().int().min(0).max(168).default(24) }),
    response: withSecret,
  }),
  webhookEndpointResume: endpoint('POST', '/api/webhook-endpoints/:key/resume', 'journeys.publish', {
    params: key,
    response: webhookEndpointSchema,
  }),
  /** Posts once, at once, marked as a test. */
  webhookEndpointTest: endpoint('POST', '/api/webhook-endpoints/:key/test', 'journeys.write', {
    params: key,
    body: z.object({ data: z.record(z.string().max(200), z.unknown()).default({}) }),
    response: webhookTestSchema,
  }),
  /** The newest first. */
  webhookPostings: endpoint('GET', '/api/webhook-endpoints/:key/postings', 'journeys.read', {
    params: key,
    query: paging.extend({ state: postingStateSchema.optional() }),
    response: page(webhookPostingSchema),
  }),
  /** One that failed is posted again, for an hour at most; its run has gone on and does not hear of it. */
  webhookPostingResend: endpoint('POST', '/api/webhook-endpoints/:key/postings/:id', 'journeys.publish', {
    params: z.object({ key: z.string(), id: z.string() }),
    response: webhookPostingSchema,
  }),
} as const
