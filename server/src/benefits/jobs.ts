import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import { couponEventsLoopName } from './benefits.ts'
import * as store from './store.ts'

/** What the intake is told; the shape of its `record`. */
export interface CouponEvent {
  readonly personId: number
  readonly event: 'Coupon Claimed' | 'Coupon Used'
  readonly properties: Record<string, unknown>
  readonly messageId: string
  readonly time: number
}
export type RecordEvents = (workspaceId: number, events: readonly CouponEvent[]) => Promise<void>

const expiryEveryMs = 60_000
const expiryBatch = 1_000
/** Claims wake the loop; this is how soon it looks again after a crash or a claim in another process. */
const eventsEveryMs = 1_000
const eventsBatch = 500

/** The events of one claim that nobody was told of yet. Ids come from the code, so that telling them again changes nothing. */
export function couponEvents(claim: store.UnrecordedClaim): CouponEvent[] {
  const common = { coupon_key: claim.coupon_key, coupon_name: claim.name, coupon_kind: claim.kind, coupon_code: claim.code }
  const events: CouponEvent[] = []
  if (claim.claim_recorded_at === null) {
    events.push({
      personId: claim.person_id,
      event: 'Coupon Claimed',
      properties: { ...common, expires_at: claim.expires_at.toISOString() },
      messageId: `coupon-claim:${claim.code}`,
      time: claim.claimed_at.getTime(),
    })
  }
  if (claim.used_at !== null && claim.use_recorded_at === null) {
    events.push({
      personId: claim.person_id,
      event: 'Coupon Used',
      // Amounts of events are in yuan, as Segment's specification has them.
      properties: { ...common, order_id: claim.order_id, discount: (claim.discount_fen ?? 0) / 100 },
      messageId: `coupon-use:${claim.code}`,
      time: claim.used_at.getTime(),
    })
  }
  return events
}

/**
 * Tells the intake of claims and uses. They are committed first and told afterwards, from the claim's own row: whoever
 * dies in between is followed by a loop that finds the row still untold, and the intake counts a messageId once.
 */
export function couponEventsLoop({ db, clock, record }: { db: Db; clock: Clock; record: RecordEvents }): Loop {
  return {
    name: couponEventsLoopName,
    everyMs: eventsEveryMs,
    async run() {
      const claims = await store.unrecordedClaims(db, eventsBatch)
      for (const [workspaceId, own] of Map.groupBy(claims, (claim) => claim.workspace_id)) {
        const events = own.flatMap(couponEvents)
        await record(workspaceId, events)
        const claimed = own.map((claim) => claim.code)
        const used = own.filter((claim) => claim.used_at !== null).map((claim) => claim.code)
        await store.markRecorded(db, workspaceId, { claimed, used }, new Date(clock.now()))
      }
      return claims.length > 0
    },
  }
}

export function benefitsLoops(deps: { db: Db; clock: Clock; record: RecordEvents }): Loop[] {
  const { db, clock } = deps
  const expiry: Loop = {
    name: 'coupon_expiry',
    everyMs: expiryEveryMs,
    run: async () => (await store.expireClaims(db, new Date(clock.now()), expiryBatch)) > 0,
  }
  return [couponEventsLoop(deps), expiry]
}
