import type { Clock } from '../platform/clock.ts'
import type { Tx } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import { couponTexts, expiresAt } from './coupon.ts'
import * as store from './store.ts'

/** One piece of a coupon for one person; the same `requestId` gets the same piece. */
export interface NewGrant {
  readonly requestId: string
  readonly personId: number
}

export type Refusal = 'missing' | 'archived' | 'out_of_stock' | 'limit'

export type Granted =
  | { readonly kind: 'granted'; readonly code: string; readonly expiresAt: Date; readonly coupon: store.CouponRow }
  /** `had`: how many the person has had already. */
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly had: number; readonly coupon: store.CouponRow | null }
  /** The request was another person's. */
  | { readonly kind: 'taken' }

/** 31 letters to the power of 12: nobody finds a live code by guessing. */
const codeLength = 12

function refusalOf(coupon: store.CouponRow, claimed: number, had: number): Refusal | null {
  if (coupon.status !== 'active') return 'archived'
  if (claimed >= coupon.stock) return 'out_of_stock'
  return had >= coupon.per_person_max ? 'limit' : null
}

/** What a text says of a claim: the terms of its coupon, its code and its end. */
export const claimTexts = (coupon: Parameters<typeof couponTexts>[0], code: string, ends: Date): Record<string, unknown> => ({
  ...couponTexts(coupon),
  code,
  expires_at: ends.toISOString(),
})

export function createGrants({ clock, ids }: { clock: Clock; ids: Ids }) {
  /** Gives out one coupon, in the order of the requests; it is held until the transaction ends. */
  return async function grant(
    tx: Tx,
    workspaceId: number,
    couponKey: string,
    requests: readonly NewGrant[],
  ): Promise<Map<string, Granted>> {
    const answers = new Map<string, Granted>()
    const coupon = await store.lockCoupon(tx, workspaceId, couponKey)
    if (coupon === null) {
      for (const { requestId } of requests) answers.set(requestId, { kind: 'refused', reason: 'missing', had: 0, coupon })
      return answers
    }
    const requestIds = requests.map((one) => one.requestId)
    const earlier = new Map((await store.claimsByRequests(tx, workspaceId, couponKey, requestIds)).map((one) => [one.request_id, one]))
    const people = requests.map((one) => one.personId)
    const counts = await store.countClaims(tx, workspaceId, couponKey, people)
    const now = clock.now()
    const ends = new Date(expiresAt(now, coupon.valid_days))
    const fresh: store.NewClaim[] = []
    for (const { requestId, personId } of requests) {
      const before = earlier.get(requestId)
      if (before) {
        const same = { kind: 'granted' as const, code: before.code, expiresAt: before.expires_at, coupon }
        answers.set(requestId, before.person_id === personId ? same : { kind: 'taken' })
        continue
      }
      const had = counts.get(personId) ?? 0
      const reason = refusalOf(coupon, coupon.claimed + fresh.length, had)
      if (reason !== null) {
        answers.set(requestId, { kind: 'refused', reason, had, coupon })
        continue
      }
      const code = ids.code(codeLength)
      counts.set(personId, had + 1)
      fresh.push({ code, person_id: personId, request_id: requestId, claimed_at: new Date(now), expires_at: ends })
      answers.set(requestId, { kind: 'granted', code, expiresAt: ends, coupon })
    }
    if (fresh.length > 0) await store.insertClaims(tx, workspaceId, couponKey, fresh)
    return answers
  }
}
