import { describe, expect, test } from 'vitest'
import type { AttributeRow } from './insight-store.ts'
import { planPortrait, sampleOf, traitsOf } from './portrait.ts'

const row = (
  name: string,
  type: AttributeRow['type'],
  people: number,
  distinct: number,
  more: Partial<AttributeRow> = {},
): AttributeRow => ({
  name,
  type,
  group: people / 2,
  base: people,
  both: people / 2,
  distinct,
  dates: 0,
  firstMonth: '',
  lastMonth: '',
  quantiles: [],
  ...more,
})
const dates = (people: number, firstMonth: string, lastMonth: string) =>
  row('d', 'text', people, 400, { dates: people, firstMonth, lastMonth })

describe('how an attribute is shown', () => {
  test.each<[string, AttributeRow, object]>([
    ['few numbers stand for themselves', row('kids', 'number', 100, 4, { quantiles: [0, 1, 2] }), { type: 'number', edges: [] }],
    ['many are cut into bands', row('spent', 'number', 100, 90, { quantiles: [12.3, 57, 57.4, 1_234] }), { edges: [12, 57, 1_200] }],
    ['dates of two years by month', dates(100, '2025-01', '2026-11'), { prefix: 7 }],
    ['dates of twenty years by year', dates(100, '2006-01', '2026-11'), { prefix: 4 }],
    ['birthdays by decade', dates(100, '1950-01', '2008-11'), { prefix: 3 }],
    ['lists by their elements, however many lists there are', row('likes', 'list', 100, 100), { type: 'list', prefix: 0 }],
    ['texts that repeat', row('city', 'text', 100, 40), { type: 'text' }],
  ])('%s', (_, given, expected) => {
    expect(planPortrait([given]).bucketings).toMatchObject([expected])
  })

  test('contact data and what nearly everyone has for himself are left out, with the reason', () => {
    const { bucketings, leftOut } = planPortrait([
      row('phone', 'text', 100, 100),
      row('name', 'text', 100, 3),
      row('address.city', 'text', 100, 3),
      row('order_no', 'text', 100, 80),
    ])
    expect(bucketings.map(({ name }) => name)).toEqual(['address.city'])
    expect(leftOut).toEqual([
      { name: 'name', reason: 'personal' },
      { name: 'order_no', reason: 'scattered' },
      { name: 'phone', reason: 'personal' },
    ])
  })

  test('an attribute is taken by the type that most of its values have; the rarest beyond sixty are left out', () => {
    const mixed = planPortrait([row('size', 'text', 40, 3), row('size', 'number', 60, 5)])
    expect(mixed.types.get('size')).toBe('number')
    const many = planPortrait(Array.from({ length: 70 }, (_, i) => row(`a${i}`, 'text', 1_000 - i, 3)))
    expect(many.bucketings).toHaveLength(60)
    expect(many.leftOut).toHaveLength(10)
    expect(many.leftOut[0]).toEqual({ name: 'a60', reason: 'too_many' })
  })
})

test('values that are not shown are the others, and bands come in their order', () => {
  const plan = planPortrait([row('spent', 'number', 100, 90, { quantiles: [10, 20] })])
  const counts = (group: number, base: number) => ({ group, base, both: group })
  const [trait] = traitsOf(
    plan,
    [
      { name: 'spent', bucket: '', ...counts(50, 100) },
      { name: 'spent', bucket: '2', ...counts(30, 40) },
      { name: 'spent', bucket: '0', ...counts(15, 50) },
    ],
    counts(60, 200),
  )
  expect(trait).toMatchObject({ known: 50, baseKnown: 100, others: { count: 5, baseCount: 10 } })
  expect(trait?.values.map(({ from, to, count, share }) => [from, to, count, share])).toEqual([
    [null, 10, 15, 0.25],
    [20, null, 30, 0.5],
  ])
})

test('everybody is looked at where they are few, and some fifty thousand of each side where they are many', () => {
  expect(sampleOf({ group: 400, base: 70_000, both: 400 })).toEqual({ groupEach: 1, baseEach: 1 })
  expect(sampleOf({ group: 400, base: 1_000_000, both: 400 })).toEqual({ groupEach: 1, baseEach: 20 })
})
