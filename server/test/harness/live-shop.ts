import type { RuleWindow } from '@chaoxi/contract'
import { startTestApp, type TestApp } from './app.ts'

// The whole program, told of what customers do and asked who is in a tag or segment, while the clock goes on.

export const hour = 3_600_000
export const day = 24 * hour
export const rolling = (amount: number): RuleWindow => ({ kind: 'rolling', amount, unit: 'day' })

export interface LiveShop {
  readonly app: TestApp
  /** An event as the shop's page sends it, now or at another instant (ms). */
  happened(userId: string, event: string, properties?: object, at?: number): object
  /** Sends events and waits until everybody has heard. */
  tell(...events: object[]): Promise<void>
  pass(ms: number): Promise<void>
  /** User ids, in order. */
  tagged(tag: string): Promise<(string | null)[]>
  inside(segment: string): Promise<(string | null)[]>
  idOf(userId: string): Promise<number>
}

export async function openLiveShop(): Promise<LiveShop> {
  const app = await startTestApp()
  const people = async (query: { tag: string } | { segment: string }) =>
    (await app.call('people', { query })).items.map((person) => person.userId).sort()
  return {
    app,
    happened: (userId, event, properties = {}, at = app.clock.now()) => ({
      ...{ type: 'track', userId, event, properties, timestamp: new Date(at).toISOString() },
    }),
    async tell(...events) {
      await app.events(events)
      await app.settle()
    },
    async pass(ms) {
      app.clock.advance(ms)
      await app.settle()
    },
    tagged: (tag) => people({ tag }),
    inside: (segment) => people({ segment }),
    idOf: async (userId) => (await app.call('people', { query: { q: userId } })).items[0]?.id ?? 0,
  }
}
