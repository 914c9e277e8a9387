import type { AlarmKind, AlarmLimits, AlarmStanding } from '@chaoxi/contract'

// Whether a journey's numbers are over their limits: pure. An alarm opens over its limit and closes well below it, so that a number that
// stays near its limit does not open and close it all the time.

export interface Measured {
  /** Of the last hour and a bit. */
  readonly ended: number
  readonly failed: number
  /** In the last hours; `usual`: in the same hours of the days before, on average; null: not known long enough, or comes by the clock. */
  readonly entered: number
  readonly usual: number | null
  readonly costFen: number
  readonly lagMinutes: number
}

/** Fewer say nothing about a rate. */
export const endedMin = 10
export const usualMin = 20
/** Of its limit: below this an alarm closes. */
const closesAt = 0.8

interface Reading {
  readonly value: number
  readonly limit: number
  readonly usual: number | null
  /** Too little to open one by; what is open stays so until there is enough, or nothing at all. */
  readonly thin: boolean
}

function readingOf(kind: AlarmKind, limits: AlarmLimits, measured: Measured): Reading | null {
  const { ended, failed, entered, usual, costFen, lagMinutes } = measured
  const plain = (value: number, limit: number | null): Reading | null =>
    limit === null ? null : { value, limit, usual: null, thin: false }
  switch (kind) {
    case 'failures': {
      const rate = ended === 0 ? 0 : (failed / ended) * 100
      return limits.failurePercent === null ? null : { value: rate, limit: limits.failurePercent, usual: null, thin: ended < endedMin }
    }
    case 'drop': {
      if (limits.dropPercent === null || usual === null) return null
      const drop = usual === 0 ? 0 : Math.max(0, 1 - entered / usual) * 100
      return { value: drop, limit: limits.dropPercent, usual, thin: usual < usualMin }
    }
    case 'cost':
      return plain(costFen, limits.costFen)
    case 'lag':
      return plain(lagMinutes, limits.lagMinutes)
  }
}

export type Judgement = { readonly answer: 'open' | 'stay' | 'close'; readonly stands: AlarmStanding } | null

/** What becomes of an alarm of that kind; null: there is none, and none to open. */
export function judge(kind: AlarmKind, limits: AlarmLimits, measured: Measured, isOpen: boolean): Judgement {
  const reading = readingOf(kind, limits, measured)
  // Not watched any more.
  if (reading === null) return isOpen ? { answer: 'close', stands: { value: 0, limit: 0, usual: null } } : null
  const { value, limit, usual, thin } = reading
  const stands = { value: Math.round(value * 10) / 10, limit, usual: usual === null ? null : Math.round(usual * 10) / 10 }
  if (!isOpen) return !thin && value >= limit ? { answer: 'open', stands } : null
  const calm = value < limit * closesAt
  // A cost of the day only grows: the next day begins at nothing.
  return { answer: calm && (!thin || value === 0) ? 'close' : 'stay', stands }
}
