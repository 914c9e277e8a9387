import { expect, test } from 'vitest'
import { attributeText } from './attribute-text.ts'
import { eventSummary } from './event-summary.ts'
import { groupByDay } from './timeline-days.ts'
import { withSilentMessages } from './timeline-merge.ts'

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
  expect(attributeText('2026-03-01T16:00:00.000Z', words, 'Asia/Shanghai')).toBe('2026-03-02 00:00')
  expect(attributeText('female', words, 'Asia/Shanghai')).toBe('女')
  expect(attributeText(true, words, 'Asia/Shanghai')).toBe('是')
  expect(attributeText(['a', 'b'], words, 'Asia/Shanghai')).toBe('a, b')
  expect(attributeText({ city: '杭州' }, words, 'Asia/Shanghai')).toBe('{"city":"杭州"}')
  expect(attributeText('', words, 'Asia/Shanghai')).toBeNull()
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

const event = (id: string, at: string) => ({ id, kind: 'event' as const, at, title: 'x', details: {} })
const person = { id: 1, name: null, userId: null, phone: null, email: null, createdAt: '', lastSeenAt: null }
const message = (id: string, state: 'dropped' | 'delivered', createdAt: string) => ({
  id,
  channel: 'sms' as const,
  purpose: 'marketing' as const,
  template: 't',
  journeyId: null,
  journeyName: null,
  nodeId: null,
  person,
  state,
  reason: state === 'dropped' ? 'no_consent' : null,
  createdAt,
  sendAt: null,
  sentAt: null,
  deliveredAt: null,
  clickedAt: null,
  costFen: 0,
  text: '',
})

test('messages that never left stand among the events; those that did are told by their own events', () => {
  const items = [event('e2', '2026-03-03T00:00:00Z'), event('e1', '2026-03-01T00:00:00Z')]
  const messages = [message('m2', 'dropped', '2026-03-02T00:00:00Z'), message('m1', 'delivered', '2026-03-02T00:00:00Z')]
  expect(withSilentMessages(items, messages, false).map(({ id }) => id)).toEqual(['e2', 'm2', 'e1'])
})

test('while older events are to come, older messages wait for them', () => {
  const items = [event('e2', '2026-03-03T00:00:00Z')]
  const messages = [message('m1', 'dropped', '2026-03-02T00:00:00Z')]
  expect(withSilentMessages(items, messages, true).map(({ id }) => id)).toEqual(['e2'])
  expect(withSilentMessages(items, messages, false).map(({ id }) => id)).toEqual(['e2', 'm1'])
})
