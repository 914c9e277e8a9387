import type { RuleWindow } from '@chaoxi/contract'

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** Instants (ms) of the events that a window lets in at `now`: from < time <= to; null is open. */
export interface Span {
  readonly after: number | null
  readonly until: number
}

export function rollingMs(window: Extract<RuleWindow, { kind: 'rolling' }>): number {
  return window.amount * unitMs[window.unit]
}

/** Instants are whole milliseconds, so [from, to) is (from - 1, to - 1]. Events later than `now` do not exist. */
export function spanOf(window: RuleWindow, now: number): Span {
  switch (window.kind) {
    case 'ever':
      return { after: null, until: now }
    case 'rolling':
      return { after: now - rollingMs(window), until: now }
    case 'between':
      return { after: Date.parse(window.from) - 1, until: Math.min(now, Date.parse(window.to) - 1) }
  }
}
