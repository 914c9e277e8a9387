import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { type Definition, end, instant, type NewYorkShop, openNewYorkShop } from '../harness/new-york-shop.ts'

// Waits until a time, branches and splits through the whole program.

const minute = 60_000

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  for (const key of ['gold', 'other']) await app.call('tagCreate', { body: { key, name: key, layer: 'basic', mode: 'static', rule: null } })
  await app.call('templateCreate', {
    body: { key: 'hello', name: '你好', channel: 'sms', content: { kind: 'sms', text: '你好' }, linkUrl: '' },
  })
})
afterAll(() => app.close())

const live: NewYorkShop['live'] = (...input) => shop.live(...input)
const happens: NewYorkShop['happens'] = (...input) => shop.happens(...input)
const at: NewYorkShop['at'] = (local) => shop.at(local)
const runsOf: NewYorkShop['runsOf'] = (id) => shop.runsOf(id)

const until = (id: string, time: Extract<Definition['nodes'][number], { kind: 'wait_until' }>['until'], next = 'end') => ({
  id,
  kind: 'wait_until' as const,
  until: time,
  next,
})
const workdays = { kind: 'window' as const, weekdays: [1, 2, 3, 4, 5], from: '10:00', to: '20:00' }

describe('a wait until a time', () => {
  test('goes over midnight to the morning', async () => {
    const id = await live('Midnight', 'w', [until('w', { kind: 'time', at: '09:00' }), end()])
    await at('2026-03-02T23:59:00-05:00')
    await happens('ann', 'Midnight')
    await at('2026-03-03T00:01:00-05:00')
    await happens('ben', 'Midnight')
    const morning = instant('2026-03-03T09:00:00-05:00')
    expect(await runsOf(id)).toEqual({ ann: `w ${morning}`, ben: `w ${morning}` })
    await at('2026-03-03T08:59:59.999-05:00')
    expect(await runsOf(id)).toEqual({ ann: `w ${morning}`, ben: `w ${morning}` })
    await at('2026-03-03T09:00:00-05:00')
    expect(await runsOf(id)).toEqual({ ann: 'end finished', ben: 'end finished' })
  })

  test('keeps to the clock on the wall on the day when clocks change', async () => {
    const skipped = await live('Spring', 'w', [until('w', { kind: 'time', at: '02:30' }), end()])
    const morning = await live('Spring', 'w', [until('w', { kind: 'time', at: '09:00' }), end()])
    const open = await live('Spring', 'w', [until('w', workdays), end()])
    await app.events([{ type: 'identify', userId: 'ann', traits: { birthday: '1990-03-08' } }])
    const birthday = await live('Spring', 'w', [
      until('w', { kind: 'date', attribute: 'birthday', yearly: true, days: 1, at: '10:00', otherwise: 'none' }),
      end(),
      end('none'),
    ])
    await at('2026-03-07T22:00:00-05:00')
    await happens('ann', 'Spring')
    expect(await runsOf(skipped)).toEqual({ ann: `w ${instant('2026-03-08T03:30:00-04:00')}` })
    expect(await runsOf(morning)).toEqual({ ann: `w ${instant('2026-03-08T09:00:00-04:00')}` })
    expect(await runsOf(open)).toEqual({ ann: `w ${instant('2026-03-09T10:00:00-04:00')}` })
    expect(await runsOf(birthday)).toEqual({ ann: `w ${instant('2026-03-09T10:00:00-04:00')}` })
    await at('2026-03-09T10:00:00-04:00')
    for (const id of [skipped, morning, open, birthday]) expect(await runsOf(id)).toEqual({ ann: 'end finished' })
  })

  test('of the customer goes over the end of a month, and who has no such date goes the other way', async () => {
    const due = { kind: 'date', attribute: 'due', yearly: false, days: -1, at: '10:00', otherwise: 'none' } as const
    const id = await live('Subscribed', 'w', [until('w', due), end(), end('none')])
    const traits = { ann: { due: '2026-04-02' }, ben: { due: '2026-03-30' }, cai: {}, dan: { due: '2027-12-01' } }
    await at('2026-03-31T23:30:00-04:00')
    await app.events(Object.entries(traits).map(([userId, said]) => ({ type: 'identify', userId, traits: said })))
    for (const userId of Object.keys(traits)) await happens(userId, 'Subscribed')
    const rest = { ben: 'none finished', cai: 'none finished', dan: 'none finished' }
    expect(await runsOf(id)).toEqual({ ann: `w ${instant('2026-04-01T10:00:00-04:00')}`, ...rest })
    await at('2026-04-01T10:00:00-04:00')
    expect(await runsOf(id)).toEqual({ ann: 'end finished', ...rest })

    const { nodes } = await app.call('journeyCounters', { params: { id } })
    expect(nodes.find((node) => node.nodeId === 'w')).toMatchObject({
      entered: 4,
      passed: 4,
      ways: [
        { way: 'next', passed: 1 },
        { way: 'otherwise', passed: 3 },
      ],
    })
    const { items } = await app.call('journeyRuns', { params: { id }, query: {} })
    const reasons = await Promise.all(
      items.map(async ({ id: run, person }) => {
        const { steps } = await app.call('journeyRunSteps', { params: { id, run } })
        return [person.userId, steps.find((step) => step.outcome === 'passed')?.details.reason]
      }),
    )
    expect(Object.fromEntries(reasons)).toEqual({ ann: undefined, ben: 'past', cai: 'missing', dan: 'too_far' })
  })

  test('that fell due in a pause: a time of day goes on when resumed, a window waits until it is open again', async () => {
    const time = await live('Paused', 'w', [until('w', { kind: 'time', at: '09:00' }), end()])
    const open = await live('Paused', 'w', [until('w', workdays), end()])
    await at('2026-04-03T21:00:00-04:00')
    await happens('ann', 'Paused')
    expect(await runsOf(open)).toEqual({ ann: `w ${instant('2026-04-06T10:00:00-04:00')}` })
    for (const id of [time, open]) await app.call('journeyPause', { params: { id } })
    await at('2026-04-06T21:00:00-04:00')
    expect(await runsOf(time)).toEqual({ ann: `w ${instant('2026-04-04T09:00:00-04:00')}` })
    for (const id of [time, open]) await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await runsOf(time)).toEqual({ ann: 'end finished' })
    expect(await runsOf(open)).toEqual({ ann: `w ${instant('2026-04-07T10:00:00-04:00')}` })
    await at('2026-04-07T10:00:00-04:00')
    expect(await runsOf(open)).toEqual({ ann: 'end finished' })
  })
})

describe('a branch', () => {
  const goldOrBig = (tag: string): Definition['nodes'] => [
    {
      id: 'b',
      kind: 'branch',
      ways: [
        { id: 'gold', rule: { kind: 'tag', tag }, next: 'gold' },
        { id: 'big', rule: { kind: 'all', rules: [] }, triggerFilters: [{ property: 'total', op: 'gt', value: 500 }], next: 'big' },
      ],
      otherwise: 'rest',
    },
    end('gold'),
    end('big'),
    end('rest'),
  ]

  test('takes the first way whose rule and trigger hold, counts the ways and opens their people', async () => {
    const id = await live('Order Placed', 'b', goldOrBig('gold'))
    await happens('ann', 'Visited')
    const { items } = await app.call('people', { query: { q: 'ann' } })
    await app.call('tagMembers', { params: { key: 'gold' }, body: { add: items.map((person) => person.id) } })
    await app.settle()
    const totals = { ann: 900, ben: 900, cai: 100 }
    for (const [userId, total] of Object.entries(totals)) await happens(userId, 'Order Placed', { total })
    expect(await runsOf(id)).toEqual({ ann: 'gold finished', ben: 'big finished', cai: 'rest finished' })
    const { nodes } = await app.call('journeyCounters', { params: { id } })
    expect(nodes.find((node) => node.nodeId === 'b')?.ways).toEqual([
      { way: 'big', passed: 1 },
      { way: 'gold', passed: 1 },
      { way: 'otherwise', passed: 1 },
    ])
    const took = async (way: string) =>
      (await app.call('people', { query: { journey: id, node: 'b', outcome: 'passed', way } })).items.map((person) => person.userId)
    expect([await took('gold'), await took('big'), await took('otherwise')]).toEqual([['ann'], ['ben'], ['cai']])
  })

  test('whose rule names what is not there is told with its place, and what it names may not be archived', async () => {
    const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'b', nodes: goldOrBig('no_such_tag') }
    const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
    expect(problems).toMatchObject([{ path: 'nodes.0.ways.0.rule.tag' }])
    await expect(app.call('tagArchive', { params: { key: 'gold' } })).rejects.toThrow('409')
  })
})

describe('a split', () => {
  test('sends to its shares, keeps everybody in the same group over visits and versions, and leaves the control group alone', async () => {
    const nodes: Definition['nodes'] = [
      {
        id: 's',
        kind: 'split',
        ways: [
          { id: 'a', share: 70, next: 'sms' },
          { id: 'b', share: 30, control: true, next: 'control' },
        ],
      },
      { id: 'sms', kind: 'send', channel: 'sms', template: 'hello', next: 'end' },
      end(),
      end('control'),
    ]
    const id = await live('Product Viewed', 's', nodes)
    const people = Array.from({ length: 60 }, (_, i) => `viewer${i}`)
    let views = 0
    const view = async () => {
      views += 1
      await app.events(people.map((userId) => ({ type: 'track', userId, event: 'Product Viewed', messageId: `view${views}-${userId}` })))
      await app.settle()
    }
    await view()
    const first = await runsOf(id)
    const inControl = people.filter((userId) => first[userId] === 'control finished')
    expect(inControl.length).toBeGreaterThan(6)
    expect(inControl.length).toBeLessThan(30)

    const { draftRevision } = await app.call('journey', { params: { id } })
    const wait = { id: 'w', kind: 'wait' as const, duration: { amount: 1, unit: 'minute' as const }, next: 's' }
    const definition = {
      trigger: { kind: 'event' as const, event: 'Product Viewed' },
      reentry: 'every_time' as const,
      start: 'w',
      nodes: [wait, ...nodes],
    }
    await app.call('journeyDraft', { params: { id }, body: { name: 'P', description: '', definition, draftRevision } })
    expect(await app.call('journeyPublish', { params: { id } })).toMatchObject({ version: 2 })
    await view()
    app.clock.advance(minute)
    await app.settle()
    expect(await runsOf(id)).toEqual(first)

    const counters = (await app.call('journeyCounters', { params: { id } })).nodes
    const none = 2 * inControl.length
    expect(counters.find((node) => node.nodeId === 's')?.ways).toEqual([
      { way: 'a', passed: 2 * people.length - none },
      { way: 'b', passed: none },
    ])
    const { items } = await app.call('people', { query: { journey: id, node: 's', outcome: 'passed', way: 'b', limit: 100 } })
    expect(items.map((person) => person.userId).sort()).toEqual(inControl.toSorted())
    const messages = await app.call('messages', { query: { journey: id, limit: 200 } })
    expect(messages.items).toHaveLength(2 * people.length - none)
    expect(messages.items.filter((message) => inControl.includes(message.person.userId ?? ''))).toEqual([])
  })
})
