import { expect, test } from 'vitest'
import { attributeText } from './attribute-text.ts'
import { eventSummary } from './event-summary.ts'
import { groupByDay } from './timeline-days.ts'

test('an event is summed up by its most telling properties', () => {
  expect(eventSummary({ product_id: 'p1', name: '纯棉 T 恤', price: 89, quantity: 2 }, 'zh')).toBe('纯棉 T 恤 · ×2 · ¥89.00')
  expect(eventSummary({ query: '防晒衣' }, 'zh')).toBe('防晒衣')
  expect(eventSummary({}, 'zh')).toBe('')
})

test('an order is summed up by its number, total and first lines', () => {
  const products = [{ name: 'A' }, { name: 'B' }, { name: 'C' }]
  expect(eventSummary({ order_id: 'o-1', total: '12.5', products }, 'zh')).toBe('o-1 · ¥12.50 · A、B +1')
  expect(eventSummary({ order_id: 'o-1', total: 12.5, products }, 'en')).toBe('o-1 · ¥12.50 · A, B +1')
})

test('properties of the wrong type are left out of the summary', () => {
  expect(eventSummary({ name: 5, price: 'free', quantity: null, products: 'x' }, 'zh')).toBe('')
})

test('attributes are words, not code', () => {
  const words = { true: '是', false: '否', male: '男', female: '女' }
  expect(attributeText('female', words)).toBe('女')
  expect(attributeText(true, words)).toBe('是')
  expect(attributeText(['a', 'b'], words)).toBe('a, b')
  expect(attributeText({ city: '杭州' }, words)).toBe('{"city":"杭州"}')
  expect(attributeText('', words)).toBeNull()
})

test('the timeline is cut where the day of the workspace changes', () => {
  const item = (id: string, at: string) => ({ id, kind: 'event' as const, at, title: 'x', details: {} })
  const items = [item('3', '2026-03-09T16:30:00Z'), item('2', '2026-03-09T15:30:00Z'), item('1', '2026-03-01T00:00:00Z')]
  const days = groupByDay(items, Date.parse('2026-03-10T04:00:00Z'), 'Asia/Shanghai')
  expect(days.map(({ day, relative, items: of }) => [day, relative, of.length])).toEqual([
    ['2026-03-10', 'today', 1],
    ['2026-03-09', 'yesterday', 1],
    ['2026-03-01', null, 1],
  ])
})
