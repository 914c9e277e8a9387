import { AppError, batchBytesMax, batchEventsMax } from '@chaoxi/contract'
import { z } from 'zod'
import type { EncodedEvent } from './events.ts'

/** Where events go: a server's address and the key that names the workspace. */
export interface Target {
  readonly url: string
  readonly writeKey: string
}

export type Post = (
  url: string,
  init: { method: 'POST'; headers: Record<string, string>; body: string; signal?: AbortSignal },
) => Promise<{
  status: number
  text(): Promise<string>
}>

export interface SenderDeps {
  readonly target: Target
  readonly post: Post
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  /** Called in order, when everything up to and with this batch is acknowledged. */
  readonly onProgress: (eventsDone: number, quarantined: number) => void
}

export interface Sender {
  /** Takes events that belong together into one request, if they fit; waits while too many requests are in flight. */
  send(events: readonly EncodedEvent[]): Promise<void>
  /** Resolves when everything is acknowledged. */
  finish(): Promise<void>
}

// The server groups what several requests bring at once, so a few in flight are enough to keep it busy.
const inFlightMax = 4
// Smaller than the limits: a request that must be repeated should not cost much, and progress should move.
const eventsGoal = Math.min(1_000, batchEventsMax)
const bytesGoal = batchBytesMax - 1_024
const triesMax = 10
const retryFirstMs = 200
const retryMaxMs = 10_000
const requestTimeoutMs = 60_000

// What the server did not take stands in its quarantine, with the reason.
const answerSchema = z.object({ rejected: z.array(z.unknown()).default([]) })

const transientStatus = (status: number) => status === 408 || status === 429 || status >= 500

function refusal(status: number, body: string): AppError {
  const message = body.slice(0, 500)
  if (status === 401 || status === 403) return new AppError('unauthorized', 'The server does not know this write key')
  return new AppError('invalid_request', `The server refused a batch (${status}): ${message}`)
}

/** Sends batches over HTTP, a few at a time, repeating with the same message ids what got no answer. */
export function createSender({ target, post, sleep, signal, onProgress }: SenderDeps): Sender {
  const url = `${target.url.replace(/\/$/, '')}/v1/batch`
  const headers = { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${target.writeKey}:`).toString('base64')}` }
  interface Batch {
    readonly events: number
    done: boolean
    quarantined: number
  }
  const order: Batch[] = []
  const flying = new Set<Promise<void>>()
  let failure: unknown = null
  let pending: EncodedEvent[] = []
  let pendingBytes = 0

  async function attempt(body: string): Promise<{ quarantined: number } | { retry: string }> {
    let status: number
    let text: string
    try {
      const answer = await post(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      })
      status = answer.status
      text = await answer.text()
    } catch (error) {
      signal.throwIfAborted()
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      return { retry: cause }
    }
    if (transientStatus(status)) return { retry: `status ${status}` }
    if (status !== 200) throw refusal(status, text)
    const answer = answerSchema.safeParse(JSON.parse(text))
    return { quarantined: answer.success ? answer.data.rejected.length : 0 }
  }

  async function deliver(body: string): Promise<number> {
    for (let tries = 1; ; tries++) {
      const result = await attempt(body)
      if ('quarantined' in result) return result.quarantined
      if (tries >= triesMax)
        throw new AppError('unavailable', `The server at ${target.url} did not take a batch in ${triesMax} tries: ${result.retry}`)
      await sleep(Math.min(retryMaxMs, retryFirstMs * 2 ** (tries - 1)))
      signal.throwIfAborted()
    }
  }

  let eventsDone = 0
  let quarantined = 0
  function settle(): void {
    const before = eventsDone
    for (let first = order[0]; first?.done; first = order[0]) {
      order.shift()
      eventsDone += first.events
      quarantined += first.quarantined
    }
    if (eventsDone > before) onProgress(eventsDone, quarantined)
  }

  async function flush(): Promise<void> {
    if (pending.length === 0) return
    const batch: Batch = { events: pending.length, done: false, quarantined: 0 }
    const body = `{"batch":[${pending.map((event) => event.json).join(',')}]}`
    pending = []
    pendingBytes = 0
    while (flying.size >= inFlightMax) await Promise.race(flying)
    if (failure) throw failure
    signal.throwIfAborted()
    order.push(batch)
    const flight = deliver(body)
      .then((count) => {
        batch.done = true
        batch.quarantined = count
        settle()
      })
      .catch((error: unknown) => {
        failure ??= error
      })
      .finally(() => flying.delete(flight))
    flying.add(flight)
  }

  return {
    async send(events) {
      const bytes = events.reduce((sum, event) => sum + event.bytes + 1, 0)
      if (pending.length > 0 && (pending.length + events.length > eventsGoal || pendingBytes + bytes > bytesGoal)) await flush()
      for (const event of events) {
        if (pending.length >= eventsGoal || pendingBytes + event.bytes + 1 > bytesGoal) await flush()
        pending.push(event)
        pendingBytes += event.bytes + 1
      }
    },
    async finish() {
      await flush()
      await Promise.all(flying)
      if (failure) throw failure
    },
  }
}
