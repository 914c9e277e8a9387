import assert from 'node:assert/strict'
import { AppError, type CouponRow, type CouponView, type Input, type PersonDetail } from '@chaoxi/contract'
import type { Identity } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import { type Db, postgresCode, type Queryable, type Tx } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import { couponTexts, discountFen, orderTotalFenMax } from './coupon.ts'
import { claimTexts, createGrants, type NewGrant, type Refusal } from './grants.ts'
import * as store from './store.ts'

export interface BenefitsDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly identity: Pick<Identity, 'personOf'>
  audit(tx: Queryable, caller: Pick<Caller, 'workspaceId' | 'actor'>, action: string, subject: string, details: object): Promise<void>
  /** Published journeys that offer coupons, by the coupon's key. */
  offers(workspaceId: number): Promise<ReadonlyMap<string, CouponRow['offeredBy']>>
  /** There is something for the loop of coupon events (`couponEventsLoop`). */
  wake(loop: string): void
}

/** What came of a grant: what texts say of the claim (`coupon.*`), or why there is none. */
export type GrantAnswer = { readonly ok: true; readonly coupon: Record<string, unknown> } | { readonly ok: false; readonly reason: Refusal }

export type CouponInput = Input<'couponCreate'>['body']
export type PersonCoupon = PersonDetail['coupons'][number]

export interface Benefits {
  list(workspaceId: number): Promise<CouponView[]>
  create(caller: Pick<Caller, 'workspaceId' | 'actor'>, coupon: CouponInput): Promise<CouponView>
  /** The list with who offers each, for people. */
  rows(workspaceId: number): Promise<CouponRow[]>
  /** Nobody claims it any more; claims keep their worth until they are over. */
  archive(caller: Pick<Caller, 'workspaceId' | 'actor'>, couponKey: string): Promise<void>
  /** The same `requestId` for the same coupon always answers with the same code. */
  claim(workspaceId: number, couponKey: string, input: { userId: string; requestId: string }): Promise<{ code: string; expiresAt: string }>
  /** Gives coupons in somebody else's transaction, once per request id; `granted` is to be called after its commit. */
  grant(tx: Tx, workspaceId: number, grants: readonly (NewGrant & { coupon: string })[]): Promise<Map<string, GrantAnswer>>
  granted(): void
  /** The same code for the same order always answers with the same discount. */
  use(workspaceId: number, input: { code: string; orderId: string; totalFen: number }): Promise<{ discountFen: number }>
  /** For the profile page, newest first. */
  couponsOf(workspaceId: number, personId: number): Promise<PersonCoupon[]>
  /** A coupon's terms for texts (`coupon.*` in a template), or null when there is none. */
  couponFacts(workspaceId: number, couponKey: string): Promise<Record<string, unknown> | null>
  /** What a grant depends on, and who claimed when until then: for whoever plays grants. Null: there is no such coupon. */
  offered(workspaceId: number, couponKey: string, until: number): Promise<OfferedCoupon | null>
  /** Per person the newest claim that can still be used, for texts. */
  claimedCoupons(workspaceId: number, personIds: readonly number[]): Promise<Map<number, Record<string, unknown>>>
  mergeConsumer(tx: Tx, workspaceId: number, from: number, into: number): Promise<void>
}

/** A coupon with its past. */
export interface OfferedCoupon {
  readonly key: string
  readonly stock: number
  readonly perPersonMax: number
  readonly active: boolean
  readonly validDays: number
  /** What texts say of a claim, without its code. */
  readonly texts: Readonly<Record<string, unknown>>
  /** ms, in order. */
  readonly claims: readonly { readonly personId: number; readonly at: number }[]
}

export const couponEventsLoopName = 'coupon_events'

/** A shop has dozens of coupons alive; a list longer than this is no list for people. */
const couponsListedMax = 500
const claimsListedMax = 100

function view(row: store.CouponRow): CouponView {
  const { key, name, kind, value, stock, status, claimed, used } = row
  return {
    key,
    name,
    kind,
    value,
    thresholdFen: row.threshold_fen,
    stock,
    perPersonMax: row.per_person_max,
    validDays: row.valid_days,
    status,
    claimed,
    used,
    createdAt: row.created_at.toISOString(),
  }
}

const unavailable = (message: string) => new AppError('coupon_unavailable', message)

export function createBenefits({ db, clock, ids, identity, audit, offers, wake }: BenefitsDeps): Benefits {
  const grantPieces = createGrants({ clock, ids })

  async function claimFor(tx: Tx, workspaceId: number, couponKey: string, personId: number, requestId: string) {
    const granted = (await grantPieces(tx, workspaceId, couponKey, [{ requestId, personId }])).get(requestId)
    assert(granted, 'a request is answered')
    if (granted.kind === 'granted') return { code: granted.code, expiresAt: granted.expiresAt.toISOString() }
    if (granted.kind === 'taken') throw new AppError('conflict', `Request ${requestId} was another customer's claim of this coupon`)
    const { reason, had, coupon } = granted
    const name = coupon?.name ?? couponKey
    switch (reason) {
      case 'missing':
        throw unavailable(`There is no coupon ${couponKey}`)
      case 'archived':
        throw unavailable(`The coupon ${name} is no longer given out`)
      case 'out_of_stock':
        throw new AppError('coupon_exhausted', `All ${coupon?.stock} of the coupon ${name} are claimed`)
      case 'limit':
        throw unavailable(`This customer has claimed the coupon ${name} ${had} times; that is its limit`)
    }
  }

  async function useFor(tx: Tx, workspaceId: number, { code, orderId, totalFen }: { code: string; orderId: string; totalFen: number }) {
    const claim = await store.lockClaim(tx, workspaceId, code)
    if (!claim) throw unavailable(`There is no coupon with the code ${code}`)
    if (claim.state === 'used' && claim.order_id === orderId) return { discountFen: claim.discount_fen ?? 0 }
    if (claim.state === 'used') throw unavailable('The coupon was used for another order')
    const now = clock.now()
    // The loop that ends claims runs every minute; a coupon is over at its instant all the same.
    if (claim.state !== 'claimed' || claim.expires_at.getTime() <= now) throw unavailable('The coupon is over')
    const discount = discountFen({ kind: claim.kind, value: claim.value, thresholdFen: claim.threshold_fen }, totalFen)
    if (discount === null) throw unavailable(`The order must be at least ${claim.threshold_fen} fen for this coupon; it is ${totalFen}`)
    const use = { code, coupon_key: claim.coupon_key, order_id: orderId, discount_fen: discount, used_at: new Date(now) }
    await store.markUsed(tx, workspaceId, use)
    return { discountFen: discount }
  }

  const list = async (workspaceId: number) => (await store.coupons(db, workspaceId, couponsListedMax)).map(view)

  return {
    list,
    async rows(workspaceId) {
      const [coupons, offeredBy] = await Promise.all([list(workspaceId), offers(workspaceId)])
      return coupons.map((coupon) => ({ ...coupon, offeredBy: offeredBy.get(coupon.key) ?? [] }))
    },
    archive: (caller, couponKey) =>
      db.tx(async (tx) => {
        const coupon = await store.lockCoupon(tx, caller.workspaceId, couponKey)
        if (!coupon) throw new AppError('not_found', `There is no coupon ${couponKey}`)
        if (coupon.status === 'archived') return
        await store.archiveCoupon(tx, caller.workspaceId, couponKey)
        await audit(tx, caller, 'coupon.archived', couponKey, { name: coupon.name, claimed: coupon.claimed, used: coupon.used })
      }),
    create: (caller, coupon) =>
      db.tx(async (tx) => {
        if (coupon.kind === 'percent_off' && coupon.value > 100) {
          throw new AppError('invalid_request', 'A coupon takes at most 100 percent off', [
            { path: 'body.value', message: 'must be 1 to 100' },
          ])
        }
        const row = await store.insertCoupon(tx, caller.workspaceId, {
          key: coupon.key,
          name: coupon.name,
          kind: coupon.kind,
          value: coupon.value,
          threshold_fen: coupon.thresholdFen,
          stock: coupon.stock,
          per_person_max: coupon.perPersonMax,
          valid_days: coupon.validDays,
          created_at: new Date(clock.now()),
        })
        if (!row) throw new AppError('conflict', `There is a coupon with the key ${coupon.key} already`)
        await audit(tx, caller, 'coupon.created', coupon.key, { ...coupon })
        return view(row)
      }),
    async claim(workspaceId, couponKey, { userId, requestId }) {
      const personId = await identity.personOf(workspaceId, 'user_id', userId)
      if (personId === null) throw new AppError('not_found', `No customer with the user id ${userId} is known`)
      const claim = await db.tx((tx) => claimFor(tx, workspaceId, couponKey, personId, requestId))
      wake(couponEventsLoopName)
      return claim
    },
    async grant(tx, workspaceId, grants) {
      const answers = new Map<string, GrantAnswer>()
      // In one order, or two transactions would wait for each other's coupons.
      const keys = [...new Set(grants.map((one) => one.coupon))].sort()
      for (const key of keys) {
        const own = grants.filter((one) => one.coupon === key)
        for (const [requestId, granted] of await grantPieces(tx, workspaceId, key, own)) {
          assert(granted.kind !== 'taken', `request ${requestId} is one person's`)
          if (granted.kind === 'refused') answers.set(requestId, { ok: false, reason: granted.reason })
          else answers.set(requestId, { ok: true, coupon: claimTexts(granted.coupon, granted.code, granted.expiresAt) })
        }
      }
      return answers
    },
    granted: () => wake(couponEventsLoopName),
    async use(workspaceId, input) {
      if (input.totalFen > orderTotalFenMax) {
        throw new AppError('invalid_request', 'The total is too large', [{ path: 'body.totalFen', message: `at most ${orderTotalFenMax}` }])
      }
      try {
        const use = await db.tx((tx) => useFor(tx, workspaceId, input))
        wake(couponEventsLoopName)
        return use
      } catch (error) {
        // coupon_claims_order: an order takes one coupon, also when two come at the same moment.
        if (postgresCode(error) === '23505') throw unavailable(`The order ${input.orderId} has a coupon already`)
        throw error
      }
    },
    async couponsOf(workspaceId, personId) {
      const rows = await store.claimsOfPerson(db, workspaceId, personId, claimsListedMax)
      return rows.map((row) => ({
        couponKey: row.coupon_key,
        name: row.name,
        code: row.code,
        state: row.state,
        claimedAt: row.claimed_at.toISOString(),
        usedAt: row.used_at?.toISOString() ?? null,
        expiresAt: row.expires_at.toISOString(),
      }))
    },
    async couponFacts(workspaceId, couponKey) {
      const row = await store.couponByKey(db, workspaceId, couponKey)
      return row && couponTexts(row)
    },
    async offered(workspaceId, couponKey, until) {
      const row = await store.couponByKey(db, workspaceId, couponKey)
      if (row === null) return null
      const claims = await store.claimsOfCoupon(db, workspaceId, couponKey, new Date(until))
      return {
        key: row.key,
        stock: row.stock,
        perPersonMax: row.per_person_max,
        active: row.status === 'active',
        validDays: row.valid_days,
        texts: couponTexts(row),
        claims: claims.map((claim) => ({ personId: claim.person_id, at: claim.claimed_at.getTime() })),
      }
    },
    async claimedCoupons(workspaceId, personIds) {
      const rows = await store.usableClaims(db, workspaceId, personIds, new Date(clock.now()))
      return new Map(rows.map((row) => [row.person_id, claimTexts(row, row.code, row.expires_at)]))
    },
    mergeConsumer: store.moveClaims,
  }
}
