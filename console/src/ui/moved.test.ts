import { expect, test } from 'vitest'
import { moved } from './moved.ts'

test('an item goes to another place, the others keep their order', () => {
  expect(moved(['a', 'b', 'c', 'd'], 3, 1)).toEqual(['a', 'd', 'b', 'c'])
  expect(moved(['a', 'b', 'c', 'd'], 0, 1)).toEqual(['b', 'a', 'c', 'd'])
})

test('beyond the ends nothing moves', () => {
  expect(moved(['a', 'b'], 0, 5)).toEqual(['a', 'b'])
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
  expect(moved(['a', 'b'], 2, 0)).toEqual(['a', 'b'])
})
