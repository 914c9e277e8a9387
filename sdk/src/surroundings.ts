/** Text by key. `set` answers false when there is no room. */
export interface KeyValueStore {
  get(key: string): string | null
  set(key: string, value: string): boolean
  remove(key: string): void
  keys(): string[]
}

export interface Answer {
  readonly status: number
  /** What the server asked to wait, or null. */
  readonly retryAfterMs: number | null
  readonly text: string
}

/** Carries one request; rejects when there is no network. A mini-program brings its own. */
export type Transport = (request: {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
  /** The page is going away: the request must outlive it. */
  readonly last?: boolean
}) => Promise<Answer>

/** Everything that the SDK touches outside itself, so that it runs in a page, a mini-program and a test alike. */
export interface Surroundings {
  /** ms since 1970. */
  now(): number
  /** [0, 1). */
  random(): number
  uuid(): string
  readonly storage: KeyValueStore
  readonly transport: Transport
  /** Runs `work` after `ms`; answers what cancels it. */
  later(work: () => void, ms: number): () => void
  /** Runs `work` unless another tab is at it right now; answers whether it ran. */
  exclusively(work: () => Promise<void>): Promise<boolean>
  /** The `context` of an event: page, locale, time zone … */
  context(): Record<string, unknown>
  /** For the page's developer. */
  warn(text: string): void
}
