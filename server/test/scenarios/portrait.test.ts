import type { CallInput, Output, Rule, Trait, TraitFigure, TraitValue } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'
import { type Household, readHouseholds, sendHouseholds } from '../harness/complete-journey.ts'

// Portraits of dunnhumby's households (The Complete Journey), each figure counted again here from the file.

const households = readHouseholds()
const spent = (one: Household) => one.baskets.reduce((sum, total) => sum + Math.round(total * 100), 0) / 100
const isBig = (one: Household) => spent(one) >= 150
const redeemed = (one: Household) => one.redemptions > 0
const isHomeowner = (one: Household) => one.traits.home_ownership === 'Homeowner'

const event = (name: string, measure: Extract<Rule, { kind: 'event' }>['measure'], value: number): Rule => ({
  kind: 'event',
  event: name,
  filters: [],
  window: { kind: 'ever' },
  measure,
  op: 'gte',
  value,
})

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  await sendHouseholds(app, households)
  const definition = { description: '', mode: 'dynamic' } as const
  await app.call('segmentCreate', {
    body: { ...definition, key: 'big', name: '高消费', rule: event('Basket Bought', { fn: 'sum', property: 'total' }, 150) },
  })
  await app.call('tagCreate', {
    body: { ...definition, key: 'redeemed', name: '用过券', layer: 'behaviour', rule: event('Coupon Redeemed', { fn: 'count' }, 1) },
  })
  await app.call('tagCreate', {
    body: {
      ...definition,
      key: 'homeowner',
      name: '有房',
      layer: 'basic',
      rule: { kind: 'attribute', filter: { property: 'home_ownership', op: 'eq', value: 'Homeowner' } },
    },
  })
  await app.settle()
}, 240_000)
afterAll(() => app?.close())

const ofBig = { params: { kind: 'segment', key: 'big' } } as const
const size = (keep: (one: Household) => boolean) => households.filter(keep).length

/** The figures of a trait counted from the file: group and base are predicates, the index is share / share × 100. */
function expectFigure(
  found: TraitFigure | undefined,
  has: (one: Household) => boolean,
  group: (one: Household) => boolean,
  base: (one: Household) => boolean,
) {
  const count = size((one) => group(one) && has(one))
  const baseCount = size((one) => base(one) && has(one))
  const [share, baseShare] = [count / size(group), baseCount / size(base)]
  expect(found).toMatchObject({ count, baseCount })
  expect(found?.share).toBeCloseTo(share, 12)
  expect(found?.baseShare).toBeCloseTo(baseShare, 12)
  expect(found?.index).toBeCloseTo((share / baseShare) * 100, 9)
}
const everyone = () => true
const traitOf = (attributes: readonly Trait[], name: string) => {
  const found = attributes.find((trait) => trait.name === name)
  if (!found) throw new Error(`no ${name}`)
  return found
}

test('the households are there', async () => {
  expect(households.length).toBeGreaterThan(2_000)
  expect((await app.call('estimate', { body: { rule: { kind: 'all', rules: [] } } })).total).toBe(households.length)
})

test('a segment against everyone: every share and TGI of every attribute', async () => {
  const portrait = await app.call('portrait', ofBig)
  expect(portrait).toMatchObject({ size: size(isBig), baseSize: households.length, of: { name: '高消费' }, against: null, leftOut: [] })
  expect(portrait.size).toBeGreaterThan(100)
  const names = ['age', 'income', 'home_ownership', 'marital_status', 'household_size', 'household_comp', 'kids_count', 'baskets']
  expect(portrait.attributes.map((trait) => trait.name).sort()).toEqual([...names].sort())
  for (const name of names.filter((one) => one !== 'baskets')) {
    const trait = traitOf(portrait.attributes, name)
    const values = new Set(households.flatMap((one) => one.traits[name] ?? []))
    expect(trait.known).toBe(size((one) => isBig(one) && name in one.traits))
    expect(trait.baseKnown).toBe(size((one) => name in one.traits))
    expect(trait.values.map(({ value }) => value).sort()).toEqual([...values].sort())
    for (const value of values)
      expectFigure(
        trait.values.find((one) => one.value === value),
        (one) => one.traits[name] === value,
        isBig,
        everyone,
      )
    expect(trait.others).toBe(null)
  }
})

test('numbers with many values are cut into readable bands that hold everybody once', async () => {
  const { attributes } = await app.call('portrait', ofBig)
  const { type, values, baseKnown, others } = traitOf(attributes, 'baskets')
  expect([type, others]).toEqual(['number', null])
  expect(values.length).toBeGreaterThan(3)
  const within =
    ({ from, to }: TraitValue) =>
    (one: Household) => {
      const baskets = one.traits.baskets
      return typeof baskets === 'number' && (from === null || baskets >= from) && (to === null || baskets < to)
    }
  for (const band of values) expectFigure(band, within(band), isBig, everyone)
  expect(values.reduce((sum, band) => sum + band.baseCount, 0)).toBe(baseKnown)
  expect(values.slice(1).map((band) => band.from)).toEqual(values.slice(0, -1).map((band) => band.to))
})

test('against another segment or tag, and of those only of whom it is known', async () => {
  const portrait = await app.call('portrait', { ...ofBig, query: { against: 'tag:redeemed', shares: 'known' } })
  expect(portrait).toMatchObject({ size: size(isBig), baseSize: size(redeemed), against: { kind: 'tag', key: 'redeemed', name: '用过券' } })
  const knows = (one: Household) => 'income' in one.traits
  for (const found of traitOf(portrait.attributes, 'income').values)
    expectFigure(
      found,
      (one) => one.traits.income === found.value,
      (one) => isBig(one) && knows(one),
      (one) => redeemed(one) && knows(one),
    )
})

test('tags are traits too; the tag that is portrayed is not', async () => {
  const { tags } = await app.call('portrait', ofBig)
  expect(tags.map(({ name }) => name).sort()).toEqual(['有房', '用过券'].sort())
  expectFigure(
    tags.find(({ key }) => key === 'redeemed'),
    redeemed,
    isBig,
    everyone,
  )
  expectFigure(
    tags.find(({ key }) => key === 'homeowner'),
    isHomeowner,
    isBig,
    everyone,
  )
  const ofTag = await app.call('portrait', { params: { kind: 'tag', key: 'redeemed' } })
  expect(ofTag.size).toBe(size(redeemed))
  expect(ofTag.tags.map(({ key }) => key)).toEqual(['homeowner'])
})

test('an index has its interval around it, and is marked where there are too few people', async () => {
  const { attributes, tags } = await app.call('portrait', ofBig)
  const figures = [...attributes.flatMap((trait) => trait.values), ...tags]
  for (const { index, low, high } of figures) {
    expect(low !== null && index !== null && low <= index).toBe(true)
    if (high !== null) expect(index).toBeLessThanOrEqual(high)
  }
  // Those who spend much use coupons more, by far.
  expect(tags.find(({ key }) => key === 'redeemed')?.low).toBeGreaterThan(110)
  await app.call('segmentCreate', { body: { key: 'few', name: 'few', description: '', mode: 'static', rule: null } })
  const { items } = await app.call('people', { query: { limit: 12 } })
  await app.call('segmentMembers', { params: { key: 'few' }, body: { add: items.map(({ id }) => id) } })
  const few = await app.call('portrait', { params: { kind: 'segment', key: 'few' } })
  expect(few.size).toBe(12)
  expect(few.tags.every(({ weakness }) => weakness === 'small_group')).toBe(true)
})

test('overlap of two and of three: every region is what the file says', async () => {
  const sets = [isBig, redeemed, isHomeowner]
  const { total, regions, ...overlap } = await app.call('overlap', { query: { of: 'segment:big,tag:redeemed,tag:homeowner' } })
  expect(overlap.sets.map((set) => set.size)).toEqual(sets.map(size))
  expect(total).toBe(size((one) => sets.some((set) => set(one))))
  const expected = new Map<string, number>()
  for (const one of households) {
    const inside = sets.map((set) => set(one))
    if (inside.some(Boolean)) expected.set(String(inside), (expected.get(String(inside)) ?? 0) + 1)
  }
  expect(new Map(regions.map((region) => [String(region.inside), region.size]))).toEqual(expected)
  const two = await app.call('overlap', { query: { of: 'tag:redeemed,segment:big' } })
  expect(two.regions.find(({ inside }) => inside.every(Boolean))?.size).toBe(size((one) => isBig(one) && redeemed(one)))
})

test('every figure opens the list of the people behind it', async () => {
  const listed = async (query: CallInput<'people'>['query']) => {
    const ids: (string | null)[] = []
    let cursor: string | null = null
    do {
      const page: Output<'people'> = await app.call('people', { query: { ...query, limit: 200, ...(cursor === null ? {} : { cursor }) } })
      ids.push(...page.items.map(({ userId }) => userId))
      cursor = page.nextCursor
    } while (cursor !== null)
    return ids.sort()
  }
  const ids = (keep: (one: Household) => boolean) =>
    households
      .filter(keep)
      .map(({ id }) => id)
      .sort()
  const { attributes } = await app.call('portrait', ofBig)
  const [band] = traitOf(attributes, 'baskets').values.slice(1)
  expect(await listed({ in: 'segment:big', attribute: 'baskets', min: band?.from ?? 0, max: band?.to ?? 0 })).toHaveLength(
    band?.count ?? -1,
  )
  expect(await listed({ attribute: 'income', value: '"50-74K"', segment: 'big' })).toEqual(
    ids((one) => isBig(one) && one.traits.income === '50-74K'),
  )
  expect(await listed({ attribute: 'kids_count', value: '3' })).toEqual(ids((one) => one.traits.kids_count === 3))
  expect(await listed({ attribute: 'income', prefix: '1' })).toEqual(ids((one) => String(one.traits.income ?? '').startsWith('1')))
  expect(await listed({ attribute: 'income', in: 'tag:redeemed' })).toEqual(ids((one) => redeemed(one) && 'income' in one.traits))
  expect(await listed({ in: 'tag:redeemed,tag:homeowner', notIn: 'segment:big' })).toEqual(
    ids((one) => redeemed(one) && isHomeowner(one) && !isBig(one)),
  )
  await expect(app.call('people', { query: { attribute: 'income', value: '{}' } })).rejects.toThrow('query.value')
  await expect(app.call('people', { query: { min: 3 } })).rejects.toThrow('query.attribute')
  await expect(app.call('people', { query: { in: 'big' } })).rejects.toThrow('query.in')
})

test('a tag that has values is shown with each of them', async () => {
  await app.call('tagCreate', { body: { key: 'tier', name: '等级', layer: 'value', mode: 'static', rule: null } })
  const { items } = await app.call('people', { query: { segment: 'big', limit: 60 } })
  const at = app.clock.now()
  const row = (person_id: number, value: string, seq: number, entered = 1) => ({
    workspace_id: app.workspaceId,
    kind: 'tag',
    key: 'tier',
    person_id,
    value,
    at,
    seq: 1e9 + seq,
    entered,
    reason: 'manual',
  })
  // Everyone is silver; twenty are gold too; ten were bronze. The row with an empty value is that of the tag itself.
  await app.clickhouse.insert(
    'membership_changes',
    items.flatMap(({ id }, i) => [
      row(id, '', i * 10 + 4),
      row(id, '银', i * 10),
      ...(i < 20 ? [row(id, '金', i * 10 + 1)] : []),
      ...(i < 10 ? [row(id, '铜', i * 10 + 2), row(id, '铜', i * 10 + 3, 0)] : []),
    ]),
  )
  const { tags } = await app.call('portrait', ofBig)
  const tiers = tags.filter(({ key }) => key === 'tier').map(({ value, count, baseCount }) => [value, count, baseCount])
  expect(tiers.filter(([, count]) => count !== 0)).toEqual([
    ['', 60, 60],
    ['银', 60, 60],
    ['金', 20, 20],
  ])
})

test('what cannot be compared is answered with its place', async () => {
  const refused = async (call: Promise<unknown>) => {
    const message = await call.then(String, (error: Error) => error.message)
    return message
  }
  expect(await refused(app.call('portrait', { params: { kind: 'segment', key: 'none' } }))).toContain('not_found')
  expect(await refused(app.call('portrait', { ...ofBig, query: { against: 'tag:none' } }))).toContain('query.against')
  expect(await refused(app.call('portrait', { ...ofBig, query: { against: 'big' } }))).toContain('query.against')
  expect(await refused(app.call('overlap', { query: { of: 'segment:big' } }))).toContain('two to six')
  expect(await refused(app.call('overlap', { query: { of: 'segment:big,segment:big' } }))).toContain('only once')
  expect(await refused(app.call('overlap', { query: { of: 'segment:big,tag:none' } }))).toContain('there is no such tag')
  const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => `tag:${key}`).join(',')
  expect(await refused(app.call('overlap', { query: { of: seven } }))).toContain('two to six')
  const sizes = (from: string, to: string) => refused(app.call('sizes', { ...ofBig, query: { from, to } }))
  expect(await sizes('2026-03-05', '2026-03-01')).toContain('ends before it begins')
  expect(await sizes('2020-01-01', '2026-03-01')).toContain('at most 400 days')
  expect(await sizes('2026-02-31', '2026-03-01')).toContain('query.from')
  expect(await refused(app.call('membersAt', { ...ofBig, query: { day: 'yesterday' } }))).toContain('query.day')
  expect(await refused(app.call('membersAt', { ...ofBig, query: { day: '2026-03-01', cursor: 'x' } }))).toContain('query.cursor')
})
