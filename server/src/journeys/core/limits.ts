import type { EntryLimits } from '@chaoxi/contract'
import type { Refusal } from './entering.ts'

/** How many entered a journey with a limit. */
export interface Entered {
  readonly journeyId: string
  readonly total: number
  /** Beginning of the hour that `inHour` counts (ms). */
  readonly hourAt: number
  readonly inHour: number
}

export const hourMs = 3_600_000
export const hourOf = (at: number): number => Math.floor(at / hourMs) * hourMs

/** The numbers with one more. */
export function withEntry({ journeyId, total, hourAt, inHour }: Entered, now: number): Entered {
  const hour = hourOf(now)
  return { journeyId, total: total + 1, hourAt: hour, inHour: (hourAt === hour ? inHour : 0) + 1 }
}

/** Lets in as many as a journey's limits leave room for, counting those that it lets in. */
export interface Room {
  take(journeyId: string, limits: EntryLimits | undefined): Refusal | null
}

/** `entered` as it stands, held until the transaction ends, so that nobody else counts meanwhile. */
export function createRoom(entered: ReadonlyMap<string, Entered>, now: number): Room {
  const taken = new Map<string, number>()
  return {
    take(journeyId, { perHour, total }: EntryLimits = {}) {
      if (perHour === undefined && total === undefined) return null
      const stands = entered.get(journeyId)
      if (!stands) throw new Error(`nobody counted who entered ${journeyId}`)
      const more = taken.get(journeyId) ?? 0
      if (total !== undefined && stands.total + more >= total) return 'limit_total'
      const inHour = stands.hourAt === hourOf(now) ? stands.inHour : 0
      if (perHour !== undefined && inHour + more >= perHour) return 'limit_hour'
      taken.set(journeyId, more + 1)
      return null
    },
  }
}

export const isLimited = (limits: EntryLimits | undefined): boolean => limits?.perHour !== undefined || limits?.total !== undefined
