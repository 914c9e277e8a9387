import { memoryStore } from '../src/storage.ts'
import type { Answer, KeyValueStore, Surroundings } from '../src/surroundings.ts'

export interface Sent {
  method: string
  path: string
  body: string
  last: boolean
}

export interface Fake extends Surroundings {
  readonly requests: Sent[]
  readonly warnings: string[]
  /** What the network answers next: a status, or 'offline'. The last one stays. */
  answers: (number | 'offline' | Partial<Answer>)[]
  /** Lets `ms` pass: timers that fall due run, and what they start settles. */
  pass(ms: number): Promise<void>
  locked: boolean
}

const settle = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}

let tabs = 0

/** A page that exists only in a test: its clock stands still until `pass`, its network answers what it is told. */
export function createFake(storage: KeyValueStore = memoryStore()): Fake {
  let at = Date.parse('2026-03-02T10:00:00Z')
  let timers: { due: number; work: () => void }[] = []
  const tab = ++tabs
  let ids = 0
  const fake: Fake = {
    requests: [],
    warnings: [],
    answers: [200],
    locked: false,
    storage,
    now: () => at,
    random: () => 0,
    uuid: () => `tab${tab}-${++ids}`,
    warn: (text) => void fake.warnings.push(text),
    context: () => ({ locale: 'zh-CN', page: { path: '/p' } }),
    async transport({ method, path, body, last }) {
      fake.requests.push({ method, path, body: body ?? '', last: last === true })
      const next = fake.answers.length > 1 ? fake.answers.shift() : fake.answers[0]
      if (next === 'offline') throw new Error('offline')
      const answer = typeof next === 'number' ? { status: next } : next
      return { status: 200, retryAfterMs: null, text: '', ...answer }
    },
    later(work, ms) {
      const timer = { due: at + ms, work }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
    async exclusively(work) {
      if (fake.locked) return false
      fake.locked = true
      await work()
      fake.locked = false
      return true
    },
    async pass(ms) {
      const end = at + ms
      await settle()
      for (;;) {
        const next = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0]
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        at = next.due
        next.work()
        await settle()
      }
      at = end
    },
  }
  return fake
}

interface Batch {
  writeKey: string
  sentAt: string
  batch: Record<string, unknown>[]
}

/** The batches among the requests, as the server would read them. */
export const batchesOf = (fake: Fake): Batch[] =>
  fake.requests.filter((request) => request.path === '/v1/batch').map((request): Batch => JSON.parse(request.body))
