import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'

export interface CouponRow {
  key: string
  name: string
  kind: 'amount_off' | 'percent_off'
  value: number
  threshold_fen: number
  stock: number
  per_person_max: number
  valid_days: number
  status: 'active' | 'archived'
  claimed: number
  used: number
  created_at: Date
}

export type ClaimState = 'claimed' | 'locked' | 'used' | 'expired' | 'returned'

export interface ClaimRow {
  code: string
  coupon_key: string
  person_id: number
  request_id: string
  state: ClaimState
  claimed_at: Date
  expires_at: Date
  order_id: string | null
  discount_fen: number | null
  used_at: Date | null
}

export function coupons(query: Queryable, workspaceId: number, max: number): Promise<CouponRow[]> {
  return query.many<CouponRow>(sql`
    select key, name, kind, value, threshold_fen, stock, per_person_max, valid_days, status, claimed, used, created_at
    from coupons where workspace_id = ${workspaceId} order by created_at desc, key limit ${max}`)
}

export function couponByKey(query: Queryable, workspaceId: number, key: string): Promise<CouponRow | null> {
  return query.one<CouponRow>(sql`
    select key, name, kind, value, threshold_fen, stock, per_person_max, valid_days, status, claimed, used, created_at
    from coupons where workspace_id = ${workspaceId} and key = ${key}`)
}

/** Null when the key is taken. */
/** Who claimed a coupon when, in order. */
export function claimsOfCoupon(
  query: Queryable,
  workspaceId: number,
  key: string,
  until: Date,
): Promise<{ person_id: number; claimed_at: Date }[]> {
  return query.many(sql`
    select person_id, claimed_at from coupon_claims where workspace_id = ${workspaceId} and coupon_key = ${key} and claimed_at <= ${until}
    order by claimed_at`)
}

export function insertCoupon(
  tx: Tx,
  workspaceId: number,
  coupon: Omit<CouponRow, 'status' | 'claimed' | 'used'>,
): Promise<CouponRow | null> {
  const { key, name, kind, value, threshold_fen, stock, per_person_max, valid_days, created_at } = coupon
  return tx.one<CouponRow>(sql`
    insert into coupons (workspace_id, key, name, kind, value, threshold_fen, stock, per_person_max, valid_days, status, created_at)
    values (${workspaceId}, ${key}, ${name}, ${kind}, ${value}, ${threshold_fen}, ${stock}, ${per_person_max}, ${valid_days}, 'active', ${created_at})
    on conflict (workspace_id, key) do nothing
    returning key, name, kind, value, threshold_fen, stock, per_person_max, valid_days, status, claimed, used, created_at`)
}

export async function archiveCoupon(tx: Tx, workspaceId: number, key: string): Promise<void> {
  await tx.run(sql`update coupons set status = 'archived' where workspace_id = ${workspaceId} and key = ${key}`)
}

/** Claims of one coupon wait here for each other, so that what is read after it stays true until the commit. */
export function lockCoupon(tx: Tx, workspaceId: number, key: string): Promise<CouponRow | null> {
  return tx.one<CouponRow>(sql`
    select key, name, kind, value, threshold_fen, stock, per_person_max, valid_days, status, claimed, used, created_at
    from coupons where workspace_id = ${workspaceId} and key = ${key} for update`)
}

/** Earlier claims under these request ids. */
export function claimsByRequests(tx: Tx, workspaceId: number, couponKey: string, requestIds: readonly string[]): Promise<ClaimRow[]> {
  return tx.many<ClaimRow>(sql`
    select code, coupon_key, person_id, request_id, state, claimed_at, expires_at, order_id, discount_fen, used_at
    from coupon_claims where workspace_id = ${workspaceId} and coupon_key = ${couponKey} and request_id = any(${requestIds}::text[])`)
}

/** What people have had of a coupon; one that was returned does not count, and who had none is left out. */
export async function countClaims(
  tx: Tx,
  workspaceId: number,
  couponKey: string,
  personIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await tx.many<{ person_id: number; count: number }>(sql`
    select person_id, count(*) as count from coupon_claims
    where workspace_id = ${workspaceId} and coupon_key = ${couponKey} and person_id = any(${personIds}::bigint[]) and state <> 'returned'
    group by person_id`)
  return new Map(rows.map((row) => [row.person_id, row.count]))
}

export interface NewClaim {
  code: string
  person_id: number
  request_id: string
  claimed_at: Date
  expires_at: Date
}

/** Writes claims of one coupon and counts them on it. */
export async function insertClaims(tx: Tx, workspaceId: number, couponKey: string, claims: readonly NewClaim[]): Promise<void> {
  await tx.run(sql`
    update coupons set claimed = claimed + ${claims.length} where workspace_id = ${workspaceId} and key = ${couponKey}`)
  await tx.run(sql`
    insert into coupon_claims (workspace_id, code, coupon_key, person_id, request_id, state, claimed_at, expires_at)
    select ${workspaceId}::int, code, ${couponKey}, person, request, 'claimed', claimed, expires
    from unnest(${claims.map((one) => one.code)}::text[], ${claims.map((one) => one.person_id)}::bigint[],
      ${claims.map((one) => one.request_id)}::text[], ${claims.map((one) => one.claimed_at)}::timestamptz[],
      ${claims.map((one) => one.expires_at)}::timestamptz[]) as new (code, person, request, claimed, expires)`)
}

export type ClaimWithCoupon = ClaimRow & Pick<CouponRow, 'name' | 'kind' | 'value' | 'threshold_fen'>

/** The claim, locked, with the terms of its coupon. */
export function lockClaim(tx: Tx, workspaceId: number, code: string): Promise<ClaimWithCoupon | null> {
  return tx.one<ClaimWithCoupon>(sql`
    select m.code, m.coupon_key, m.person_id, m.request_id, m.state, m.claimed_at, m.expires_at, m.order_id, m.discount_fen, m.used_at,
      c.name, c.kind, c.value, c.threshold_fen
    from coupon_claims m join coupons c on c.workspace_id = m.workspace_id and c.key = m.coupon_key
    where m.workspace_id = ${workspaceId} and m.code = ${code} for update of m`)
}

export interface Use {
  code: string
  coupon_key: string
  order_id: string
  discount_fen: number
  used_at: Date
}

export async function markUsed(tx: Tx, workspaceId: number, use: Use): Promise<void> {
  await tx.run(sql`
    update coupon_claims set state = 'used', order_id = ${use.order_id}, discount_fen = ${use.discount_fen}, used_at = ${use.used_at}
    where workspace_id = ${workspaceId} and code = ${use.code}`)
  await tx.run(sql`update coupons set used = used + 1 where workspace_id = ${workspaceId} and key = ${use.coupon_key}`)
}

export type ClaimOfPerson = ClaimRow & { name: string }

export function claimsOfPerson(query: Queryable, workspaceId: number, personId: number, max: number): Promise<ClaimOfPerson[]> {
  return query.many<ClaimOfPerson>(sql`
    select m.code, m.coupon_key, m.person_id, m.request_id, m.state, m.claimed_at, m.expires_at, m.order_id, m.discount_fen, m.used_at, c.name
    from coupon_claims m join coupons c on c.workspace_id = m.workspace_id and c.key = m.coupon_key
    where m.workspace_id = ${workspaceId} and m.person_id = ${personId} order by m.claimed_at desc, m.code limit ${max}`)
}

export type UsableClaim = Pick<ClaimRow, 'code' | 'person_id' | 'expires_at'> & CouponRow

/** Each person's newest claim that can still be used, with its coupon. */
export function usableClaims(query: Queryable, workspaceId: number, personIds: readonly number[], now: Date): Promise<UsableClaim[]> {
  return query.many<UsableClaim>(sql`
    select distinct on (m.person_id) m.person_id, m.code, m.expires_at,
      c.key, c.name, c.kind, c.value, c.threshold_fen, c.stock, c.per_person_max, c.valid_days, c.status, c.claimed, c.used, c.created_at
    from coupon_claims m join coupons c on c.workspace_id = m.workspace_id and c.key = m.coupon_key
    where m.workspace_id = ${workspaceId} and m.person_id = any(${personIds}::bigint[]) and m.state = 'claimed' and m.expires_at > ${now}
    order by m.person_id, m.claimed_at desc`)
}

/** Ends claims whose time is over, in every workspace, at most `max`; answers how many. */
export function expireClaims(query: Queryable, now: Date, max: number): Promise<number> {
  return query.run(sql`
    update coupon_claims set state = 'expired' where (workspace_id, code) in (
      select workspace_id, code from coupon_claims where state = 'claimed' and expires_at <= ${now}
      order by expires_at limit ${max} for update skip locked)`)
}

export type UnrecordedClaim = ClaimRow & {
  workspace_id: number
  name: string
  kind: CouponRow['kind']
  claim_recorded_at: Date | null
  use_recorded_at: Date | null
}

/** Claims and uses that the intake has not been told of, in every workspace. */
export function unrecordedClaims(query: Queryable, max: number): Promise<UnrecordedClaim[]> {
  return query.many<UnrecordedClaim>(sql`
    select m.workspace_id, m.code, m.coupon_key, m.person_id, m.request_id, m.state, m.claimed_at, m.expires_at, m.order_id,
      m.discount_fen, m.used_at, m.claim_recorded_at, m.use_recorded_at, c.name, c.kind
    from coupon_claims m join coupons c on c.workspace_id = m.workspace_id and c.key = m.coupon_key
    where m.claim_recorded_at is null or (m.state = 'used' and m.use_recorded_at is null)
    order by m.workspace_id, m.code limit ${max}`)
}

/** Of the claims as they were read: a use that came in between stays to be told. */
export async function markRecorded(
  query: Queryable,
  workspaceId: number,
  codes: { claimed: readonly string[]; used: readonly string[] },
  at: Date,
): Promise<void> {
  await query.run(sql`
    update coupon_claims set claim_recorded_at = coalesce(claim_recorded_at, ${at}),
      use_recorded_at = case when code = any(${codes.used}::text[]) then ${at} else use_recorded_at end
    where workspace_id = ${workspaceId} and (code = any(${codes.claimed}::text[]) or code = any(${codes.used}::text[]))`)
}

export async function moveClaims(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`update coupon_claims set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}
