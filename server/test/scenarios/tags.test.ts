import type { Rule } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const hour = 3_600_000
let sent = 0

async function track(who: { userId?: string; anonymousId?: string }, event: string, properties: object = {}, timestamp = app.clock.now()) {
  await app.events([{ type: 'track', event, properties, ...who, messageId: `m${++sent}`, timestamp: new Date(timestamp).toISOString() }])
}
async function identify(who: { userId: string; anonymousId?: string }, traits: object) {
  await app.events([{ type: 'identify', traits, ...who, messageId: `m${++sent}`, timestamp: new Date(app.clock.now()).toISOString() }])
}
async function namesIn(segment: string): Promise<(string | null)[]> {
  const { items } = await app.call('people', { query: { segment } })
  return items.map((person) => person.userId).sort()
}

const did = (event: string, days: number, value = 1): Rule => ({
  kind: 'event',
  event,
  filters: [],
  window: { kind: 'rolling', amount: days, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value,
})
const base = { description: '', layer: 'behaviour', scene: '', mode: 'dynamic' } as const

test('近7天浏览加购: a visitor who becomes a customer keeps what was done before, and leaves when the week is over', async () => {
  await app.call('tagCreate', {
    body: {
      ...base,
      key: 'viewed-carted',
      name: '近7天浏览加购',
      rule: { kind: 'all', rules: [did('Product Viewed', 7, 3), did('Product Added', 7)] },
    },
  })
  await app.call('segmentCreate', {
    body: {
      key: 'undecided',
      name: '犹豫',
      description: '',
      mode: 'dynamic',
      rule: {
        kind: 'all',
        rules: [
          { kind: 'tag', tag: 'viewed-carted' },
          { kind: 'not', rule: did('Order Paid', 7) },
        ],
      },
    },
  })
  await app.settle()
  await track({ anonymousId: 'browser' }, 'Product Viewed')
  await track({ anonymousId: 'browser' }, 'Product Viewed')
  await app.settle()
  app.clock.advance(hour)
  await identify({ userId: 'ming', anonymousId: 'browser' }, { city: '上海' })
  await track({ userId: 'ming' }, 'Product Viewed')
  await track({ userId: 'ming' }, 'Product Added', { price: 99 })
  await track({ userId: 'hong' }, 'Product Added')
  await app.settle()
  expect(await namesIn('undecided')).toEqual(['ming'])
  const { items } = await app.call('segments', {})
  expect(items).toMatchObject([{ key: 'undecided', size: 1 }])

  app.clock.advance(7 * 24 * hour - 2 * hour)
  await app.settle()
  expect(await namesIn('undecided')).toEqual(['ming'])
  app.clock.advance(hour)
  await app.settle()
  expect(await namesIn('undecided')).toEqual([])
  const segment = await app.call('segment', { params: { key: 'undecided' } })
  expect(segment.history.map(({ entered, left }) => ({ entered, left }))).toEqual([
    { entered: 1, left: 0 },
    { entered: 0, left: 1 },
  ])
  expect(segment.usedBy).toEqual([])
  expect((await app.call('tag', { params: { key: 'viewed-carted' } })).usedBy).toEqual([
    { kind: 'segment', key: 'undecided', name: '犹豫' },
  ])
})

test('a buyer leaves the segment with the payment, and the profile shows it', async () => {
  await track({ userId: 'hong' }, 'Product Added')
  for (const _ of [1, 2, 3]) await track({ userId: 'hong' }, 'Product Viewed')
  await app.settle()
  expect(await namesIn('undecided')).toEqual(['hong'])
  const [person] = (await app.call('people', { query: { tag: 'viewed-carted' } })).items
  const detail = await app.call('person', { params: { id: person?.id ?? 0 } })
  expect([detail.tags.map((tag) => tag.key), detail.segments.map((segment) => segment.key)]).toEqual([['viewed-carted'], ['undecided']])
  await track({ userId: 'hong' }, 'Order Paid', { order_id: 'o1', total: 99 })
  await app.settle()
  expect(await namesIn('undecided')).toEqual([])
})

test('an estimate while editing, and the names to choose from', async () => {
  const rule: Rule = { kind: 'attribute', filter: { property: 'city', op: 'eq', value: '上海' } }
  const found = await app.call('estimate', { body: { rule } })
  expect(found).toMatchObject({ count: 1, total: 2 })
  expect(found.sample.map((person) => person.userId)).toEqual(['ming'])
  const catalogue = await app.call('catalogue', {})
  expect(catalogue.events.map((event) => event.name)).toContain('Product Viewed')
  expect(catalogue.attributes).toMatchObject([{ name: 'city', type: 'string', samples: ['上海'] }])
  const unknown: Rule = {
    kind: 'all',
    rules: [did('Never Heard Of', 7), { kind: 'attribute', filter: { property: 'no such', op: 'exists' } }],
  }
  const vain = await app.call('estimate', { body: { rule: unknown } })
  expect(vain).toMatchObject({ count: 0, total: 2 })
  expect(vain.warnings?.map((warning) => warning.path)).toEqual(['rule.rules.0.event', 'rule.rules.1.filter.property'])
})

test('a static segment is filled by hand and emptied again', async () => {
  await app.call('segmentCreate', { body: { key: 'staff', name: '员工', description: '', mode: 'static', rule: null } })
  const people = (await app.call('people', {})).items.map((person) => person.id)
  await app.call('segmentMembers', { params: { key: 'staff' }, body: { add: people } })
  await app.call('segmentMembers', { params: { key: 'staff' }, body: { remove: people.slice(1) } })
  await app.settle()
  expect(await app.call('segment', { params: { key: 'staff' } })).toMatchObject({ size: 1, mode: 'static', rule: null })
  await app.call('segmentArchive', { params: { key: 'staff' } })
  expect((await app.call('segments', { query: { status: 'archived' } })).items.map((one) => one.key)).toEqual(['staff'])
})

test('odd characters in names and values arrive as they are', async () => {
  await track({ userId: 'odd' }, 'Odd', { 'big "1"': 1e21, price: 7, text: "it's \\ 😀" })
  await app.settle()
  const filter = (property: string, value: number | string): Rule => ({
    ...did('Odd', 1),
    kind: 'event',
    event: 'Odd',
    filters: [{ property, op: 'eq', value }],
    window: { kind: 'ever' },
    measure: { fn: 'count' },
    op: 'gte',
    value: 1,
  })
  const rule: Rule = { kind: 'all', rules: [filter('big "1"', 1e21), filter('price', 7), filter('text', "it's \\ 😀")] }
  expect((await app.call('estimate', { body: { rule } })).count).toBe(1)
})
