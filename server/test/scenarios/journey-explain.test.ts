import type { Rule } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Why customers got what journeys send, and why not: what the engine wrote down, and what can be worked out again from history.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  await app.call('tagCreate', { body: { key: 'gold', name: 'gold', layer: 'basic', mode: 'static', rule: null } })
})
afterAll(() => app.close())

const day = (amount: number) => ({ amount, unit: 'day' as const })
const waiting: Nodes = [{ id: 'w', kind: 'wait', duration: day(1), next: 'end' }, end()]
const bought = (value: number, property?: string): Rule => ({
  kind: 'event',
  event: 'Order Paid',
  filters: [],
  window: { kind: 'rolling', amount: 7, unit: 'day' },
  measure: property ? { fn: 'sum', property } : { fn: 'count' },
  op: 'gte',
  value,
})

async function idOf(userId: string): Promise<number> {
  const { items } = await app.call('people', { query: { q: userId } })
  const [person] = items
  if (!person) throw new Error(`there is no ${userId}`)
  return person.id
}
const explain = async (id: string, userId: string) => app.call('journeyExplain', { params: { id }, query: { person: await idOf(userId) } })

describe('why somebody did not come in', () => {
  test('tells each event that could have brought her in, and what became of it', async () => {
    await shop.at('2026-03-02T10:00:00-05:00')
    await shop.happens('ann', 'Start', { amount: 500 })
    await shop.at('2026-03-02T11:00:00-05:00')
    const id = await shop.live('Start', 'w', waiting, {
      trigger: { kind: 'event', event: 'Start', filters: [{ property: 'amount', op: 'gte', value: 100 }] },
      reentry: 'never',
    })
    await shop.happens('ann', 'Start', { amount: 59 })
    const before = await explain(id, 'ann')
    expect(before.verdict).toBe('filtered')
    expect(before.news).toMatchObject([
      { outcome: 'filtered', failed: [{ filter: { property: 'amount', op: 'gte', value: 100 }, found: 59 }] },
      { outcome: 'before_publish', at: instant('2026-03-02T10:00:00-05:00') },
    ])

    await shop.at('2026-03-02T12:00:00-05:00')
    await shop.happens('ann', 'Start', { amount: 120 })
    await shop.happens('ann', 'Start', { amount: 130 })
    const inside = await explain(id, 'ann')
    expect(inside.verdict).toBe('inside')
    expect(inside.news.map((one) => one.outcome)).toEqual(expect.arrayContaining(['refused', 'entered', 'filtered', 'before_publish']))
    expect(inside.news.find((one) => one.outcome === 'refused')?.reason).toBe('entered_before')
    expect(inside.news.find((one) => one.outcome === 'entered')?.run).toBe(inside.runs[0]?.id)
    expect(inside.refusals).toMatchObject({ count: 1, recent: [{ reason: 'entered_before', version: 1, name: 'Start' }] })

    await shop.happens('ben', 'Other')
    expect(await explain(id, 'ben')).toMatchObject({ verdict: 'never_triggered', news: [], runs: [], refusals: null })
  })

  test('keeps the last ten refusals and how many there were, and forgets them after ninety days', async () => {
    await shop.at('2026-04-01T10:00:00-04:00')
    const id = await shop.live('Gate', 'w', waiting, { entryRule: bought(1) })
    for (let i = 0; i < 12; i++) {
      await shop.at(`2026-04-01T10:${10 + i}:00-04:00`)
      await shop.happens('cai', 'Gate')
    }
    const found = await explain(id, 'cai')
    expect(found.verdict).toBe('refused')
    expect(found.refusals).toMatchObject({ count: 12, firstAt: instant('2026-04-01T10:10:00-04:00') })
    expect(found.refusals?.recent.map((one) => one.at)).toEqual(
      Array.from({ length: 10 }, (_, i) => instant(`2026-04-01T10:${21 - i}:00-04:00`)),
    )
    expect(found.now).toMatchObject([{ place: 'entry', inputs: { holds: false, parts: [{ holds: false, seen: { count: 0 } }] } }])
    await shop.at('2026-07-02T10:00:00-04:00')
    expect((await explain(id, 'cai')).refusals).toBeNull()
  })

  test('of two who become one, tells what both were refused', async () => {
    const id = await shop.live('Merge', 'w', waiting, { entryRule: bought(1) })
    await shop.happens('dan', 'Merge')
    await shop.happens('eve', 'Merge')
    const [dan, eve] = [await idOf('dan'), await idOf('eve')]
    await app.callAsAdmin('personMerge', { params: { id: dan }, body: { from: eve, note: '' } })
    await app.settle()
    const found = await app.call('journeyExplain', { params: { id }, query: { person: eve } })
    expect(found.person.id).toBe(dan)
    expect(found.refusals).toMatchObject({ count: 2 })
    expect(found.news.map((one) => one.outcome)).toEqual(['refused', 'refused'])
  })

  test('of an absence says what happened in time, or until when it is waited', async () => {
    await shop.at('2026-07-03T10:00:00-04:00')
    const trigger = {
      ...{ kind: 'event_absence' as const, event: 'Viewed', filters: [], within: { amount: 10, unit: 'minute' as const } },
      none: [{ event: 'Order Paid', filters: [] }],
    }
    const id = await shop.live('Absent', 'w', waiting, { trigger })
    await shop.happens('fay', 'Viewed')
    expect(await explain(id, 'fay')).toMatchObject({
      verdict: 'waiting',
      news: [{ outcome: 'waiting', until: instant('2026-07-03T10:10:00-04:00') }],
    })
    await shop.at('2026-07-03T10:05:00-04:00')
    await shop.happens('fay', 'Order Paid')
    await shop.at('2026-07-03T10:15:00-04:00')
    expect(await explain(id, 'fay')).toMatchObject({
      verdict: 'missed',
      news: [{ outcome: 'ended', reason: 'Order Paid', until: instant('2026-07-03T10:05:00-04:00') }],
    })
    await shop.happens('fay', 'Viewed')
    await shop.at('2026-07-03T10:26:00-04:00')
    expect((await explain(id, 'fay')).news.map((one) => one.outcome)).toEqual(['entered', 'ended'])
  })

  test('of a schedule says who was not meant, and asks the audience now; of a tag that its rule does not start it', async () => {
    await shop.at('2026-08-03T08:00:00-04:00')
    await shop.happens('gus', 'Order Paid')
    await shop.happens('hal', 'Other')
    const trigger = {
      ...{ kind: 'schedule' as const, at: '09:00', repeat: { kind: 'daily' as const } },
      audience: { kind: 'rule' as const, rule: bought(1) },
    }
    const id = await shop.live('Daily', 'w', waiting, { trigger })
    await shop.at('2026-08-03T09:00:00-04:00')
    expect((await explain(id, 'gus')).news).toMatchObject([{ outcome: 'entered', at: instant('2026-08-03T09:00:00-04:00') }])
    const missed = await explain(id, 'hal')
    expect(missed).toMatchObject({ verdict: 'not_meant', news: [{ outcome: 'not_meant' }] })
    expect(missed.now).toMatchObject([{ place: 'trigger', inputs: { holds: false } }])

    const tagged = await shop.live('Tagged', 'w', waiting, { trigger: { kind: 'tag_entry', tag: 'gold' } })
    await app.call('tagMembers', { params: { key: 'gold' }, body: { add: [await idOf('gus')] } })
    await app.settle()
    expect(await explain(tagged, 'gus')).toMatchObject({
      verdict: 'inside',
      news: [{ outcome: 'entered', kind: 'tag_entry', name: 'gold' }],
    })
  })
})

describe('why somebody went a way', () => {
  test('shows what the conditions saw then, whatever came later', async () => {
    await shop.at('2026-09-01T10:00:00-04:00')
    const rule: Rule = {
      kind: 'all',
      rules: [
        bought(100, 'total'),
        { kind: 'attribute', filter: { property: 'city', op: 'eq', value: 'Boston' } },
        { kind: 'tag', tag: 'gold' },
      ],
    }
    const nodes: Nodes = [{ id: 'c', kind: 'condition', rule, next: 'end', otherwise: 'no' }, end(), end('no')]
    const id = await shop.live('Ask', 'c', nodes)
    await app.events([{ type: 'identify', userId: 'ida', traits: { city: 'Boston' } }])
    await shop.happens('ida', 'Order Paid', { total: 40 })
    await shop.happens('ida', 'Order Paid', { total: 20.5 })
    await shop.happens('ida', 'Ask')
    await shop.at('2026-09-02T10:00:00-04:00')
    await app.events([{ type: 'identify', userId: 'ida', traits: { city: 'Albany' } }])
    await shop.happens('ida', 'Order Paid', { total: 500 })
    await app.call('tagMembers', { params: { key: 'gold' }, body: { add: [await idOf('ida')] } })
    await app.settle()

    const [run] = (await explain(id, 'ida')).runs
    const { steps } = await app.call('journeyRunSteps', { params: { id, run: run?.id ?? '' } })
    const step = steps.findIndex((one) => one.outcome === 'passed' && one.nodeId === 'c')
    const { evaluations } = await app.call('journeyRunWhy', { params: { id, run: run?.id ?? '' }, query: { step } })
    expect(evaluations).toMatchObject([
      {
        place: 'condition',
        recorded: false,
        inputs: {
          holds: false,
          parts: [
            { holds: false, seen: { kind: 'events', count: 2, value: 60.5 } },
            { holds: true, seen: { kind: 'attribute', value: 'Boston' } },
            { holds: false, seen: { kind: 'member', since: null, until: null } },
          ],
        },
      },
    ])
  })

  test('knows that an attribute was not there yet, and leaves open what somebody took away since', async () => {
    await shop.at('2026-09-03T10:00:00-04:00')
    const visits: Rule = { kind: 'attribute', filter: { property: 'visits', op: 'gte', value: 3 } }
    const level: Rule = { kind: 'attribute', filter: { property: 'level', op: 'exists' } }
    const rule: Rule = { kind: 'all', rules: [visits, level] }
    const id = await shop.live('Count', 'c', [{ id: 'c', kind: 'condition', rule, next: 'end', otherwise: 'no' }, end(), end('no')])
    await app.events([{ type: 'identify', userId: 'jon', traits: { level: 1 } }])
    await shop.happens('jon', 'Count')
    await shop.at('2026-09-04T10:00:00-04:00')
    await app.events([{ type: 'identify', userId: 'jon', traits: { visits: 5, level: null } }])
    await app.settle()
    const [run] = (await explain(id, 'jon')).runs
    const { evaluations } = await app.call('journeyRunWhy', { params: { id, run: run?.id ?? '' }, query: { step: 1 } })
    expect(evaluations).toMatchObject([
      {
        recorded: false,
        inputs: {
          holds: false,
          parts: [
            { holds: false, seen: { value: null } },
            { holds: true, seen: { value: 1 } },
          ],
        },
      },
    ])
  })

  test('lists every journey of a person with what it did, and each message with what the gate said', async () => {
    await shop.at('2026-10-01T10:00:00-04:00')
    await app.call('templateCreate', {
      body: { key: 'hello', name: 'Hello', channel: 'sms', content: { kind: 'sms', text: 'Hello' }, linkUrl: '' },
    })
    const nodes: Nodes = [{ id: 's', kind: 'send', channel: 'sms', template: 'hello', purpose: 'marketing', next: 'end' }, end()]
    const id = await shop.live('Greet', 's', nodes)
    await shop.happens('kim', 'Greet')
    const found = await explain(id, 'kim')
    expect(found.verdict).toBe('finished')
    expect(found.runs[0]?.messages).toMatchObject([{ nodeId: 's', state: 'dropped', decisions: [{ answer: 'drop' }] }])
    const { items } = await app.call('personJourneys', { params: { id: await idOf('kim') } })
    expect(items[0]).toMatchObject({ journey: { id, name: 'Greet' }, entered: 1, last: { state: 'finished' }, refused: null })
    expect(items.filter((one) => one.entered > 0)).toHaveLength(1)

    // Long after, when the run went into history.
    await shop.at('2026-12-15T10:00:00-05:00')
    const past = await explain(id, 'kim')
    expect(past).toMatchObject({
      verdict: 'finished',
      news: [{ outcome: 'entered', run: past.runs[0]?.id }],
      runs: [{ state: 'finished' }],
    })
    expect(past.runs[0]?.messages).toHaveLength(1)
    const later = await app.call('personJourneys', { params: { id: await idOf('kim') } })
    expect(later.items.find((one) => one.journey.id === id)).toMatchObject({ entered: 1, last: { state: 'finished' } })
  })
})
