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

async function personOf(userId: string) {
  const { items } = await app.call('people', { query: { q: userId } })
  return app.call('person', { params: { id: items.find((one) => one.userId === userId)?.id ?? 0 } })
}

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
  const couponsOf = async (userId: string) => (await personOf(userId)).coupons

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

describe('changing a tag', () => {
  const nodes: Nodes = [
    morning('give'),
    { id: 'give', kind: 'set_tag', tag: 'greeted', change: 'give', next: 'c' },
    { id: 'c', kind: 'condition', rule: { kind: 'tag', tag: 'greeted' }, next: 'later', otherwise: 'never' },
    { id: 'later', kind: 'wait_until', until: { kind: 'time', at: '20:00' }, next: 'take' },
    { id: 'take', kind: 'set_tag', tag: 'greeted', change: 'take', next: 'end' },
    end(),
    end('never'),
  ]
  const tagsOf = async (userId: string) => (await personOf(userId)).tags.map(({ key, reason, journey }) => [key, reason, journey])

  beforeAll(async () => {
    for (const [key, mode] of [
      ['greeted', 'static'],
      ['ruled', 'dynamic'],
    ] as const) {
      const rule = mode === 'dynamic' ? { kind: 'all' as const, rules: [] } : null
      await app.call('tagCreate', { body: { key, name: key, layer: 'basic', mode, rule } })
    }
  })

  test('gives it over the end of a month, where the next step sees it, the profile names the journey, and others hear of it', async () => {
    const id = await shop.live('Greeting', 'w', nodes)
    const other = await shop.live('-', 'end', [end()], { trigger: { kind: 'tag_entry', tag: 'greeted' } })
    await shop.at('2026-04-30T23:59:00-04:00')
    await shop.happens('ann', 'Greeting')
    expect(await tagsOf('ann')).not.toContainEqual(expect.arrayContaining(['greeted']))
    await shop.at('2026-05-01T09:00:00-04:00')
    expect(await shop.runsOf(id)).toEqual({ ann: `later ${new Date('2026-05-01T20:00:00-04:00').toISOString()}` })
    expect(await tagsOf('ann')).toContainEqual(['greeted', 'journey', 'Greeting'])
    expect(await shop.runsOf(other)).toEqual({ ann: 'end finished' })
    await shop.at('2026-05-01T20:00:00-04:00')
    expect(await tagsOf('ann')).not.toContainEqual(expect.arrayContaining(['greeted']))
    expect((await shop.storiesOf(id, 'tag', 'done')).ann?.filter(([, outcome]) => outcome === 'passed')).toEqual([
      ['w', 'passed', undefined, undefined],
      ['give', 'passed', 'greeted', true],
      ['c', 'passed', undefined, undefined],
      ['later', 'passed', undefined, undefined],
      ['take', 'passed', 'greeted', true],
      ['end', 'passed', undefined, undefined],
    ])
  })

  test('waits for a pause to end, on the day when clocks change too', async () => {
    const id = await shop.live('Fall', 'w', nodes)
    await shop.at('2026-10-31T23:30:00-04:00')
    await shop.happens('ben', 'Fall')
    await app.call('journeyPause', { params: { id } })
    await shop.at('2026-11-01T09:00:00-05:00')
    expect(await tagsOf('ben')).not.toContainEqual(expect.arrayContaining(['greeted']))
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await tagsOf('ben')).toContainEqual(['greeted', 'journey', 'Fall'])
    expect(await shop.runsOf(id)).toEqual({ ben: `later ${new Date('2026-11-01T20:00:00-05:00').toISOString()}` })
  })

  test('takes only tags that are given by hand, and one that a journey gives cannot be archived', async () => {
    const ruled = { ...nodes[1], id: 'give', kind: 'set_tag' as const, tag: 'ruled', change: 'give' as const, next: 'end' }
    const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'give', nodes: [ruled, end()] }
    const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
    expect(problems).toMatchObject([{ path: 'nodes.0.tag', message: expect.stringContaining('static') }])
    await expect(app.call('tagArchive', { params: { key: 'greeted' } })).rejects.toThrow('409')
  })
})

describe('writing an attribute', () => {
  const nodes: Nodes = [
    morning('level'),
    { id: 'level', kind: 'set_attribute', attribute: 'level', value: { kind: 'literal', value: 3 }, next: 'plan' },
    { id: 'plan', kind: 'set_attribute', attribute: 'plan', value: { kind: 'trigger', property: 'plan' }, next: 'c' },
    {
      id: 'c',
      kind: 'condition',
      rule: { kind: 'attribute', filter: { property: 'plan', op: 'eq', value: 'gold' } },
      next: 'gold',
      otherwise: 'end',
    },
    end('gold'),
    end(),
  ]

  test('writes a value or what the trigger says, at midnight and when clocks change; the next step sees it and the profile who said it', async () => {
    const id = await shop.live('Upgraded', 'w', nodes)
    await shop.at('2027-03-13T23:59:00-05:00')
    await shop.happens('ann', 'Upgraded', { plan: 'gold' })
    await shop.happens('ben', 'Upgraded')
    await shop.at('2027-03-14T09:00:00-04:00')
    expect(await shop.runsOf(id)).toEqual({ ann: 'gold finished', ben: 'end finished' })
    const ann = await personOf('ann')
    expect(ann.attributes).toMatchObject({ level: 3, plan: 'gold' })
    expect(ann.attributeSources.plan).toMatchObject({ at: '2027-03-14T13:00:00.000Z', cause: { library: 'chaoxi-journey:Upgraded' } })
    expect((await personOf('ben')).attributes).toMatchObject({ level: 3 })
    expect((await personOf('ben')).attributes).not.toHaveProperty('plan')
    const said = (await shop.storiesOf(id, 'value', 'done', 'reason')).ben?.filter(([nodeId]) => nodeId === 'plan')
    expect(said?.at(-1)).toEqual(['plan', 'passed', undefined, false, 'unknown'])
  })

  test('waits for a pause to end over the end of a month, and then says it anew', async () => {
    const id = await shop.live('Late', 'w', nodes)
    await shop.at('2027-03-31T10:00:00-04:00')
    await shop.happens('cai', 'Late', { plan: 'gold' })
    await app.call('journeyPause', { params: { id } })
    await shop.at('2027-04-01T10:00:00-04:00')
    await app.events([{ type: 'identify', userId: 'cai', traits: { plan: 'silver' } }])
    expect((await personOf('cai')).attributes).not.toHaveProperty('level')
    await shop.at('2027-04-01T16:00:00-04:00')
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect((await personOf('cai')).attributes).toMatchObject({ level: 3, plan: 'gold' })
  })

  test('leaves what people are recognised by alone', async () => {
    const phone = {
      id: 'p',
      kind: 'set_attribute' as const,
      attribute: 'phone',
      value: { kind: 'literal' as const, value: '1' },
      next: 'end',
    }
    const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'p', nodes: [phone, end()] }
    const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
    expect(problems).toMatchObject([{ path: 'nodes.0.attribute', message: expect.stringContaining('recognised') }])
  })
})
