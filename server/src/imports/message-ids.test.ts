import { expect, test } from 'vitest'
import { createMessageIds, createTally } from './message-ids.ts'

test('the same rows give the same ids, wherever they stand in a file', () => {
  const ids = (rows: string[]) => {
    const made = createMessageIds('m')
    return new Map(rows.map((row) => [row, made.ofContent('E', row)]))
  }
  const short = ids(['a', 'b'])
  const longer = ids(['c', 'b', 'd', 'a'])
  expect(longer.get('a')).toBe(short.get('a'))
  expect(longer.get('b')).toBe(short.get('b'))
})

test('equal rows are told apart by counting, and mappings and events by their names', () => {
  const ids = createMessageIds('m')
  const made = [ids.ofContent('E', 'a'), ids.ofContent('E', 'a'), ids.ofContent('F', 'a'), createMessageIds('n').ofContent('E', 'a')]
  expect(new Set(made).size).toBe(4)
  expect(made[1]).toBe(`${made[0]}-2`)
})

test('a key is the same event however often it comes', () => {
  const ids = createMessageIds('m')
  expect(ids.ofKey('E', ['1', '2'])).toBe(ids.ofKey('E', ['1', '2']))
  expect(ids.ofKey('E', ['1', '2'])).not.toBe(ids.ofKey('E', ['12', '']))
})

test('the tally counts exactly while it grows', () => {
  const tally = createTally()
  const total = 200_000
  for (const expected of [0, 1]) {
    let wrong = 0
    for (let i = 0; i < total; i++) if (tally.add(Math.imul(i, 2654435761), i >>> 3) !== expected) wrong++
    expect(wrong).toBe(0)
  }
})
