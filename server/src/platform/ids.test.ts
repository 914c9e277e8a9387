import { expect, test } from 'vitest'
import { createRandomBytes } from '../../test/harness/random.ts'
import { createIds } from './ids.ts'

const at = Date.parse('2026-03-02T10:00:00.000Z')

test('ids sort in the order they were made, within a millisecond and after the clock was set back', () => {
  let now = at
  const ids = createIds({ now: () => now }, createRandomBytes(1))
  const made: string[] = []
  const make = (count: number) => {
    for (let i = 0; i < count; i++) made.push(ids.next('msg'))
  }
  make(5_000)
  now += 1
  make(10)
  now -= 60_000
  make(10)
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(made.length)
})

test('an id says what it names, and two processes do not make the same ones', () => {
  const clock = { now: () => at }
  const [one, other] = [createIds(clock, createRandomBytes(1)), createIds(clock, createRandomBytes(2))]
  expect(one.next('jny')).toMatch(/^jny_[0-9a-hjkmnp-tv-z]{26}$/)
  expect(one.next('jny')).not.toBe(other.next('jny'))
})
