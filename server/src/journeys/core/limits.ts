import type { EntryLimits } from '@chaoxi/contract'
import { type Entered, hourOf } from '../engine/limit-store.ts'
import type { Refusal } from './entering.ts'

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
