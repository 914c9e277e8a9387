import type { Clock } from '../../src/platform/clock.ts'

/** A clock that stands still until the test moves it. */
export interface TestClock extends Clock {
  /** ISO 8601 instant, e.g. '2026-03-02T09:00:00+08:00'. */
  set(instant: string): void
  advance(ms: number): void
}

/** A Monday morning in Shanghai, on no holiday and far from any daylight-saving change. */
export const testStart = '2026-03-02T10:00:00+08:00'

export function createTestClock(start: string = testStart): TestClock {
  let at = Date.parse(start)
  return {
    now: () => at,
    set: (instant) => {
      at = Date.parse(instant)
    },
    advance: (ms) => {
      at += ms
    },
  }
}
