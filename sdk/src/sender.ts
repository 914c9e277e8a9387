import { batchBytesMax, type Queue } from './queue.ts'
import type { Surroundings } from './surroundings.ts'

export interface Sender {
  /** There are new events: send soon. */
  poke(): void
  /** Sends what waits, and resolves when that is done or has failed (it is then tried again later). */
  flush(): Promise<void>
  /** The page goes: what fits goes with it. What does not is still in the queue for the next page. */
  flushLast(): void
}

/** So that what happens together travels together. */
const gatherMs = 300
const firstRetryMs = 1_000
const retryMsMax = 60_000
/** Browsers refuse more for a request that outlives its page (64 KiB for all of them together). */
const lastBytesMax = 60 * 1024

/** Full jitter: shops' pages that lost the same server do not all come back at the same moment. */
export function retryDelayMs(attempt: number, random: number): number {
  return Math.min(retryMsMax, firstRetryMs * 2 ** attempt) * (0.5 + random / 2)
}

export interface SenderOptions {
  readonly writeKey: string
  readonly queue: Queue
  /** Something reached the server: popups may be waiting now. */
  onSent(): void
}

/**
 * Sends the queue in batches. An event leaves the queue when the server has answered for it, so it may be sent twice
 * (a lost answer, a page that went, two tabs without locks); its messageId stays the same, and the server counts it once.
 */
export function createSender(around: Surroundings, { writeKey, queue, onSent }: SenderOptions): Sender {
  let attempt = 0
  let cancel: (() => void) | null = null
  let running: Promise<void> | null = null
  let refused = false

  function bodyOf(texts: readonly string[]): string {
    const sentAt = new Date(around.now()).toISOString()
    return `{"writeKey":${JSON.stringify(writeKey)},"sentAt":"${sentAt}","batch":[${texts.join(',')}]}`
  }

  function schedule(ms: number): void {
    if (refused) return
    cancel?.()
    cancel = around.later(() => {
      cancel = null
      void flush()
    }, ms)
  }

  function retry(waitMs: number | null): void {
    schedule(Math.max(waitMs ?? 0, retryDelayMs(attempt, around.random())))
    attempt++
  }

  /** One request; true: go on with the next. */
  async function sendOne(): Promise<boolean> {
    const { keys, texts } = queue.batch(batchBytesMax)
    if (keys.length === 0) return false
    const answer = await around.transport({ method: 'POST', path: '/v1/batch', body: bodyOf(texts) }).catch(() => null)
    const status = answer ? answer.status : 0
    if (status === 0 || status >= 500 || status === 429) {
      retry(answer ? answer.retryAfterMs : null)
      return false
    }
    if (status === 401 || status === 403) {
      // Nothing that this page can do helps; the events stay for a page with the right key.
      refused = true
      around.warn(`the write key is refused (${status}); nothing is sent from this page`)
      return false
    }
    queue.remove(keys)
    attempt = 0
    if (status >= 400)
      around.warn(`${keys.length} events were refused (${status}) and are dropped: ${answer ? answer.text.slice(0, 300) : ''}`)
    else onSent()
    return true
  }

  async function flush(): Promise<void> {
    if (refused) return
    running ??= around
      .exclusively(async () => {
        while (await sendOne());
      })
      .then((ran) => {
        // Another tab sends the common queue; look again when it is through.
        if (!ran && queue.size() > 0) schedule(firstRetryMs)
      })
      .finally(() => {
        running = null
      })
    return running
  }

  return {
    poke() {
      // A retry that is due later keeps its time: a server in trouble is not asked for each new event.
      if (cancel === null && running === null) schedule(gatherMs)
      else if (running !== null) void running.then(() => cancel === null && queue.size() > 0 && schedule(gatherMs))
    },
    flush,
    flushLast() {
      const { keys, texts } = queue.batch(lastBytesMax)
      if (keys.length === 0 || refused) return
      around
        .transport({ method: 'POST', path: '/v1/batch', body: bodyOf(texts), last: true })
        .then((answer) => answer.status < 300 && queue.remove(keys))
        .catch(() => {})
    },
  }
}
