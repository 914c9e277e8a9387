import { AppError } from '@chaoxi/contract'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { type Benefits, type CouponInput, createBenefits } from './benefits.ts'
import { benefitsLoops, type CouponEvent } from './jobs.ts'

let stores: TestStores
let benefits: Benefits
let workspaceId: number
let woken: string[]
let recorded: CouponEvent[]
let recordFails: boolean
const audits: string[] = []
const caller = () => ({ workspaceId, actor: 'acc_1' })
/** User ids are `u<person id>` here. */
const personOf = async (_workspaceId: number, _kind: string, value: string) => (value.startsWith('u') ? Number(value.slice(1)) : null)

beforeAll(async () => {
  stores = await createTestStores()
  benefits = createBenefits({
    db: stores.db,
    clock: stores.clock,
    ids: stores.ids,
    identity: { personOf },
    audit: async (_tx, _caller, action, subject) => void audits.push(`${action} ${subject}`),
    offers: async () => new Map([['new-customer', [{ key: 'welcome', name: '欢迎' }]]]),
    wake: (loop) => void woken.push(loop),
  })
  const loops = benefitsLoops({
    db: stores.db,
    clock: stores.clock,
    record: async (_workspaceId, events) => {
      if (recordFails) throw new Error('the program dies here')
      recorded.push(...events)
    },
  })
  for (const loop of loops) stores.loops.add(loop)
})
afterAll(() => stores.close())

beforeEach(async () => {
  workspaceId = await stores.createWorkspace()
  woken = []
  recorded = []
  recordFails = false
})

function input(over: Partial<CouponInput> = {}): CouponInput {
  return {
    key: 'new-customer',
    name: '新人券',
    kind: 'amount_off',
    value: 2000,
    thresholdFen: 0,
    stock: 100,
    perPersonMax: 1,
    validDays: 7,
    ...over,
  }
}

const claim = (person: number, requestId = `r${person}`, key = 'new-customer') =>
  benefits.claim(workspaceId, key, { userId: `u${person}`, requestId })
const use = (code: string, orderId: string, totalFen = 10_000) => benefits.use(workspaceId, { code, orderId, totalFen })

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

test('a coupon is made once under its key, and that is written down', async () => {
  const made = await benefits.create(caller(), input())
  expect(made).toMatchObject({ key: 'new-customer', claimed: 0, used: 0, status: 'active' })
  expect(audits).toContain('coupon.created new-customer')
  expect(await codeOf(benefits.create(caller(), input()))).toBe('conflict')
  expect(await codeOf(benefits.create(caller(), input({ key: 'p', kind: 'percent_off', value: 101 })))).toBe('invalid_request')
  expect((await benefits.list(workspaceId)).map((coupon) => coupon.key)).toEqual(['new-customer'])
})

test('the same request gives the same code and counts once, also when both come at the same moment', async () => {
  await benefits.create(caller(), input({ perPersonMax: 5 }))
  const codes = await Promise.all(Array.from({ length: 20 }, () => claim(1, 'same')))
  expect(new Set(codes.map((one) => one.code)).size).toBe(1)
  expect((await benefits.list(workspaceId))[0]?.claimed).toBe(1)
})

test("a request id of another customer never shows that customer's code", async () => {
  await benefits.create(caller(), input())
  await claim(1, 'shared')
  expect(await codeOf(claim(2, 'shared'))).toBe('conflict')
})

test('200 claims at once of a stock of 50 give exactly 50', async () => {
  await benefits.create(caller(), input({ stock: 50 }))
  const outcomes = await Promise.all(Array.from({ length: 200 }, (_, i) => codeOf(claim(i + 1))))
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(50)
  expect(outcomes.filter((outcome) => outcome === 'coupon_exhausted')).toHaveLength(150)
  expect((await benefits.list(workspaceId))[0]).toMatchObject({ claimed: 50, stock: 50 })
})

test('one customer gets no more than the limit, however fast the requests come', async () => {
  await benefits.create(caller(), input({ perPersonMax: 2 }))
  const outcomes = await Promise.all(Array.from({ length: 10 }, (_, i) => codeOf(claim(1, `r${i}`))))
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(2)
  expect(outcomes.filter((outcome) => outcome === 'coupon_unavailable')).toHaveLength(8)
})

test('an unknown coupon, an unknown customer and an unknown code each say so', async () => {
  await benefits.create(caller(), input())
  expect(await codeOf(claim(1, 'r', 'none'))).toBe('coupon_unavailable')
  expect(await codeOf(benefits.claim(workspaceId, 'new-customer', { userId: 'nobody', requestId: 'r' }))).toBe('not_found')
  expect(await codeOf(use('NOCODE', 'o1'))).toBe('coupon_unavailable')
})

test('another workspace sees neither the coupon nor the code', async () => {
  await benefits.create(caller(), input())
  const { code } = await claim(1)
  workspaceId = await stores.createWorkspace()
  expect(await benefits.list(workspaceId)).toEqual([])
  expect(await codeOf(claim(1))).toBe('coupon_unavailable')
  expect(await codeOf(use(code, 'o1'))).toBe('coupon_unavailable')
})

test('a coupon is used for one order, and asking again for that order changes nothing', async () => {
  await benefits.create(caller(), input())
  const { code } = await claim(1)
  const answers = await Promise.all(Array.from({ length: 10 }, () => use(code, 'o1')))
  expect(answers).toEqual(Array.from({ length: 10 }, () => ({ discountFen: 2000 })))
  expect(await codeOf(use(code, 'o2'))).toBe('coupon_unavailable')
  expect((await benefits.list(workspaceId))[0]?.used).toBe(1)
})

test('of two coupons for one order at the same moment one is taken', async () => {
  await benefits.create(caller(), input({ perPersonMax: 2 }))
  const [a, b] = await Promise.all([claim(1, 'a'), claim(1, 'b')])
  const outcomes = await Promise.all([codeOf(use(a.code, 'o1')), codeOf(use(b.code, 'o1'))])
  expect(outcomes.sort()).toEqual(['coupon_unavailable', 'ok'])
})

test('the threshold is checked', async () => {
  await benefits.create(caller(), input({ thresholdFen: 9900 }))
  const { code } = await claim(1)
  expect(await codeOf(use(code, 'o1', 9899))).toBe('coupon_unavailable')
  expect(await use(code, 'o1', 9900)).toEqual({ discountFen: 2000 })
})

test('a claim is over at its instant, and the loop writes that down', async () => {
  await benefits.create(caller(), input({ validDays: 1 }))
  const { code } = await claim(1)
  stores.clock.advance(86_400_000 - 1)
  await stores.loops.drain()
  expect((await benefits.couponsOf(workspaceId, 1))[0]?.state).toBe('claimed')
  stores.clock.advance(1)
  expect(await codeOf(use(code, 'o1'))).toBe('coupon_unavailable')
  await stores.loops.drain()
  expect((await benefits.couponsOf(workspaceId, 1))[0]?.state).toBe('expired')
})

test('a claim and its use become events, once, with amounts in yuan', async () => {
  await benefits.create(caller(), input())
  const { code } = await claim(7)
  expect(woken).toEqual(['coupon_events'])
  await stores.loops.drain()
  await use(code, 'o1')
  await stores.loops.drain()
  await stores.loops.drain()
  expect(recorded.map(({ event, messageId, personId }) => [event, messageId, personId])).toEqual([
    ['Coupon Claimed', `coupon-claim:${code}`, 7],
    ['Coupon Used', `coupon-use:${code}`, 7],
  ])
  expect(recorded[1]?.properties).toMatchObject({ coupon_key: 'new-customer', coupon_kind: 'amount_off', order_id: 'o1', discount: 20 })
})

test('whoever dies between the claim and its event is followed by one who tells it', async () => {
  await benefits.create(caller(), input())
  const { code } = await claim(7)
  recordFails = true
  await expect(stores.loops.drain()).rejects.toThrow('dies here')
  recordFails = false
  await stores.loops.drain()
  expect(recorded.map((event) => event.messageId)).toEqual([`coupon-claim:${code}`])
})

test('an archived coupon is claimed no more; what was claimed can be used, and stays counted', async () => {
  await benefits.create(caller(), input())
  const { code } = await claim(1, 'before')
  await benefits.archive(caller(), 'new-customer')
  expect(await codeOf(claim(2))).toBe('coupon_unavailable')
  expect((await claim(1, 'before')).code).toBe(code)
  expect(await use(code, 'o1')).toEqual({ discountFen: 2000 })
  await benefits.archive(caller(), 'new-customer')
  expect(audits.filter((line) => line === 'coupon.archived new-customer')).toHaveLength(1)
  expect(await benefits.rows(workspaceId)).toMatchObject([
    { status: 'archived', claimed: 1, used: 1, offeredBy: [{ key: 'welcome', name: '欢迎' }] },
  ])
  expect(await codeOf(benefits.archive(caller(), 'none'))).toBe('not_found')
})

test('claims follow a merge', async () => {
  await benefits.create(caller(), input())
  const { code } = await claim(3)
  await stores.db.tx((tx) => benefits.mergeConsumer(tx, workspaceId, 3, 4))
  expect(await benefits.couponsOf(workspaceId, 3)).toEqual([])
  expect((await benefits.couponsOf(workspaceId, 4)).map((one) => one.code)).toEqual([code])
})

test('texts get the terms of a coupon and the newest claim that can be used', async () => {
  await benefits.create(caller(), input({ thresholdFen: 9900 }))
  expect(await benefits.couponFacts(workspaceId, 'new-customer')).toEqual({
    key: 'new-customer',
    name: '新人券',
    amount: 20,
    threshold: 99,
    valid_days: 7,
  })
  expect(await benefits.couponFacts(workspaceId, 'none')).toBeNull()
  const { code } = await claim(3)
  const claimed = await benefits.claimedCoupons(workspaceId, [3, 4])
  expect(claimed.get(3)).toMatchObject({ code, amount: 20 })
  expect(claimed.has(4)).toBe(false)
})

test('whatever the order of claims, uses and days, claims stay within stock and uses within claims', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('claim' as const), person: fc.integer({ min: 1, max: 4 }), request: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('use' as const), claim: fc.nat(9), order: fc.nat(5), totalFen: fc.integer({ min: 1, max: 20_000 }) }),
    fc.record({ kind: fc.constant('day' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 5 }), async (rounds) => {
      workspaceId = await stores.createWorkspace()
      await benefits.create(caller(), input({ stock: 4, perPersonMax: 2, thresholdFen: 5_000, validDays: 2 }))
      const codes: string[] = []
      for (const round of rounds) {
        // The steps of a round run side by side, rounds one after the other.
        await Promise.all(
          round.map(async (one) => {
            if (one.kind === 'day') return stores.clock.advance(86_400_000)
            if (one.kind === 'use') return codeOf(use(codes[one.claim] ?? 'NONE', `o${one.order}`, one.totalFen))
            return codeOf(claim(one.person, `${one.person}-${one.request}`).then(({ code }) => codes.push(code)))
          }),
        )
      }
      const [coupon] = await benefits.list(workspaceId)
      const claims = (await Promise.all([1, 2, 3, 4].map((person) => benefits.couponsOf(workspaceId, person)))).flat()
      expect(coupon?.claimed).toBe(claims.length)
      expect(coupon?.used).toBe(claims.filter((one) => one.state === 'used').length)
      expect(claims.length).toBeLessThanOrEqual(4)
    }),
    { numRuns: 40 },
  )
})
