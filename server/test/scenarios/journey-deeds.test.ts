import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { end, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Nodes that do something in the shop besides sending, through the whole program.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  const close = { kind: 'close' as const }
  const popup = {
    kind: 'popup' as const,
    title: '{{ coupon.name }} {{ coupon.code }}',
    body: '',
    imageUrl: '',
    button: '好',
    action: close,
  }
  await app.call('templateCreate', {
    body: { key: 'code', name: '券码', channel: 'popup', content: { ...popup, validHours: 48 }, linkUrl: '' },
  })
})
afterAll(() => app.close())

const morning = (next: string) => ({ id: 'w', kind: 'wait_until' as const, until: { kind: 'time' as const, at: '09:00' }, next })

describe('giving a benefit', () => {
  const coupon = (key: string, more: object = {}) =>
    app.call('couponCreate', {
      body: { key, name: key, kind: 'amount_off', value: 1000, thresholdFen: 0, stock: 100, perPersonMax: 1, validDays: 7, ...more },
    })
  const giving = (key: string): Nodes => [
    morning('g'),
    { id: 'g', kind: 'grant', coupon: key, next: 's', onFailure: 'none' },
    { id: 's', kind: 'send', channel: 'popup', template: 'code', purpose: 'transactional', next: 'end' },
    end(),
    end('none'),
  ]
  const couponsOf = async (userId: string) => {
    const { items } = await app.call('people', { query: { q: userId } })
    const person = items.find((one) => one.userId === userId)
    return (await app.call('person', { params: { id: person?.id ?? 0 } })).coupons
  }

  test('gives each their own on the day when clocks change, and a later message writes its code', async () => {
    await coupon('spring', { perPersonMax: 2 })
    const id = await shop.live('Spring', 'w', giving('spring'))
    await shop.at('2026-03-07T23:59:00-05:00')
    for (const userId of ['ann', 'ben']) await shop.happens(userId, 'Spring')
    expect(await couponsOf('ann')).toEqual([])
    await shop.at('2026-03-08T09:00:00-04:00')
    expect(await shop.runsOf(id)).toEqual({ ann: 'end finished', ben: 'end finished' })
    const [ann, ...more] = await couponsOf('ann')
    expect(more).toEqual([])
    expect(ann).toMatchObject({ couponKey: 'spring', claimedAt: '2026-03-08T13:00:00.000Z', expiresAt: '2026-03-15T13:00:00.000Z' })
    // A newer one of another kind is not the journey's.
    await coupon('other')
    await app.call('couponClaim', { params: { key: 'other' }, body: { userId: 'ann', requestId: 'by-hand' } })
    expect(await shop.popupsOf('ann')).toEqual([`spring ${ann?.code}`])
    const stories = await shop.storiesOf(id, 'done', 'way')
    expect(stories.ann?.slice(2, 4)).toEqual([
      ['g', 'entered', true, undefined],
      ['g', 'passed', true, 'next'],
    ])
    expect(await shop.waysOf(id, 'g')).toEqual({ next: 2 })
  })

  test('over the end of a month: who has had it, and who comes when none is left, go another way with the reason', async () => {
    await coupon('scarce', { stock: 2 })
    const id = await shop.live('April', 'w', giving('scarce'))
    await shop.at('2026-03-31T10:00:00-04:00')
    await shop.happens('ann', 'April')
    await shop.at('2026-04-01T10:00:00-04:00')
    for (const userId of ['ann', 'ben', 'cai']) await shop.happens(userId, 'April')
    await shop.at('2026-04-02T09:00:00-04:00')
    const reasons = await shop.storiesOf(id, 'reason')
    expect(reasons.ann?.[3]).toEqual(['g', 'passed', 'limit'])
    const given = ['ben', 'cai'].map((userId) => reasons[userId]?.[3]?.[2])
    expect(given.toSorted()).toEqual(['out_of_stock', undefined])
    expect(await shop.waysOf(id, 'g')).toEqual({ next: 2, onFailure: 2 })
    const { items } = await app.call('coupons')
    expect(items.find((one) => one.key === 'scarce')).toMatchObject({ claimed: 2, offeredBy: [{ name: 'April' }] })
  })

  test('that fell due in a pause is given once resumed, and not when archived meanwhile', async () => {
    await coupon('paused')
    const id = await shop.live('Paused', 'w', giving('paused'))
    await shop.at('2026-04-03T10:00:00-04:00')
    await shop.happens('ann', 'Paused')
    await app.call('journeyPause', { params: { id } })
    await shop.at('2026-04-05T10:00:00-04:00')
    expect(await couponsOf('ann')).not.toContainEqual(expect.objectContaining({ couponKey: 'paused' }))
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await couponsOf('ann')).toContainEqual(expect.objectContaining({ couponKey: 'paused', claimedAt: '2026-04-05T14:00:00.000Z' }))
    await shop.happens('ben', 'Paused')
    await app.call('couponArchive', { params: { key: 'paused' } })
    await shop.at('2026-04-06T10:00:00-04:00')
    expect((await shop.storiesOf(id, 'reason')).ben?.[3]).toEqual(['g', 'passed', 'archived'])
  })

  test('of what is not there or archived cannot be published, with its place', async () => {
    const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'w', nodes: giving('paused') }
    const { id, problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
    expect(problems).toMatchObject([{ path: 'nodes.1.coupon', message: expect.stringContaining('archived') }])
    await expect(app.call('journeyPublish', { params: { id } })).rejects.toThrow('nodes.1.coupon')
  })
})
