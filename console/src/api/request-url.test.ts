import { expect, test } from 'vitest'
import { requestUrl } from './request-url.ts'

test('path parameters are filled in and escaped', () => {
  expect(requestUrl('/api/tags/:key/members', { key: 'a/b' })).toBe('/api/tags/a%2Fb/members')
})

test('a missing path parameter is a bug, not a request to another address', () => {
  expect(() => requestUrl('/api/tags/:key', {})).toThrow('key')
})

test('empty values are left out of the query', () => {
  expect(requestUrl('/api/people', {}, { q: '张 三', tag: '', segment: undefined, limit: 50 })).toBe(
    '/api/people?q=%E5%BC%A0+%E4%B8%89&limit=50',
  )
})
