import { AppError } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'

/** Wrong passwords for one address from one peer, before it has to wait. */
export const loginFailuresMax = 10
export const loginWindowMs = 15 * 60_000
/** Counters kept at once: an attacker with many addresses must not fill the memory. */
const countersMax = 50_000

export interface LoginLimit {
  /** Counts an attempt, or throws `rate_limited`. */
  attempt(email: string, ip: string): void
  /** A login that succeeded: what came before is forgiven. */
  succeeded(email: string, ip: string): void
}

/** Kept in the process: with several, each counts by itself, and the limit is that many times looser. */
export function createLoginLimit(clock: Clock): LoginLimit {
  const counters = new Map<string, { count: number; until: number }>()
  const keyOf = (email: string, ip: string) => `${ip} ${email}`
  return {
    attempt(email, ip) {
      const key = keyOf(email, ip)
      const found = counters.get(key)
      const counter = found && clock.now() < found.until ? found : { count: 0, until: clock.now() + loginWindowMs }
      if (counter.count >= loginFailuresMax) {
        const minutes = Math.ceil((counter.until - clock.now()) / 60_000)
        throw new AppError('rate_limited', `Too many attempts; try again in ${minutes} min`)
      }
      counter.count += 1
      const oldest = counters.keys().next()
      if (!found && counters.size >= countersMax && !oldest.done) counters.delete(oldest.value)
      counters.set(key, counter)
    },
    succeeded(email, ip) {
      counters.delete(keyOf(email, ip))
    },
  }
}
