import { expect, test } from 'vitest'
import { pageAfterLogin } from './next-page.ts'

test('after logging in one comes back to the page one wanted', () => {
  expect(pageAfterLogin('/people?q=1')).toBe('/people?q=1')
  expect(pageAfterLogin(undefined)).toBe('/')
})

test('an address of another site is never followed', () => {
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/login?next=/']) {
    expect(pageAfterLogin(next)).toBe('/')
  }
})
