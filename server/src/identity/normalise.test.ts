import { expect, test } from 'vitest'
import { maskEmail, maskPhone } from './mask.ts'
import { normaliseEmail, normalisePhone } from './normalise.ts'
import { applyTraits, mergeAttributes, noAttributes } from './traits.ts'

test('phone numbers come to one form', () => {
  for (const text of ['13812341234', '+86 138-1234-1234', '0086 13812341234', '8613812341234', "'13812341234", ' 138 1234 1234 ']) {
    expect(normalisePhone(text)).toBe('+8613812341234')
  }
  expect(normalisePhone('19212341234')).toBe('+8619212341234')
  expect(normalisePhone('+1 415 555 2671')).toBe('+14155552671')
  for (const text of ['', '12345', '95588', 'phone']) expect(normalisePhone(text)).toBeNull()
})

test('addresses come to one form', () => {
  expect(normaliseEmail(' Zhang.San@Example.COM ')).toBe('zhang.san@example.com')
  expect(normaliseEmail('zhang@')).toBeNull()
})

test('masks keep enough to recognise and too little to use', () => {
  expect(maskPhone('+8613812341234')).toBe('138****1234')
  expect(maskEmail('zhang.san@example.com')).toBe('z***@example.com')
})

test('traits: the newer word wins, null takes away, a late word fills only gaps', () => {
  const first = applyTraits(noAttributes, { city: '杭州', level: 'gold' }, { at: 100, messageId: 'm1' })
  const second = applyTraits(first, { city: '上海', level: null, age: 3 }, { at: 50, messageId: 'm2' })
  expect(second.values).toEqual({ city: '杭州', level: 'gold', age: 3 })
  expect(second.sources).toEqual({ city: 'm1', level: 'm1', age: 'm2' })
  expect(applyTraits(second, { level: null }, { at: 200, messageId: 'm3' }).values).toEqual({ city: '杭州', age: 3 })
})

test('a merge keeps the newer statement of each attribute, removals too', () => {
  const into = { values: { city: '杭州', level: 'gold' }, times: { city: 1, level: 5 }, sources: { city: 'a', level: 'a' } }
  const from = { values: { city: '上海', age: 3 }, times: { city: 2, age: 1, level: 9 }, sources: { city: 'b', age: 'b', level: 'b' } }
  const merged = mergeAttributes(into, from)
  expect(merged.values).toEqual({ city: '上海', age: 3 })
  expect(merged.sources).toEqual({ city: 'b', age: 'b', level: 'b' })
})
