import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toFen } from './commerce.ts'
import { messageHash } from './hash.ts'
import { badValue, parseJson } from './json.ts'
import { createSeenFilter } from './seen-filter.ts'
import { eventTime } from './time.ts'

describe('the filter of known messages', () => {
  test('never forgets, and rarely sees what was not there', () => {
    const filter = createSeenFilter()
    const hash = (i: number) => messageHash(1, `message-${i}`)
    for (let i = 0; i < 200_000; i++) filter.add(hash(i))
    for (let i = 0; i < 200_000; i++) if (!filter.mayContain(hash(i))) throw new Error(`forgot ${i}`)
    let wrong = 0
    for (let i = 200_000; i < 400_000; i++) if (filter.mayContain(hash(i))) wrong++
    expect(wrong).toBeLessThan(200)
  })

  test('hashes are exact numbers and differ by workspace', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const hash = messageHash(1, id)
        expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true)
        expect(messageHash(1, id)).toBe(hash)
        if (id !== '') expect(messageHash(2, id)).not.toBe(hash)
      }),
    )
  })
})

describe('parseJson', () => {
  test('is JSON.parse for everything but integers beyond 2^53', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        if (!/\d{16}/.test(text)) expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
    expect(parseJson('{"a":9007199254740993,"b":[12345678901234567890],"c":1.5,"d":9007199254740991}')).toEqual({
      a: '9007199254740993',
      b: ['12345678901234567890'],
      c: 1.5,
      d: 9007199254740991,
    })
  })

  test('bad values are found wherever they are', () => {
    expect(badValue({ a: [{ b: 'x\u0000' }] }, true)).toMatchObject({ path: 'a.0.b' })
    expect(badValue({ 'k\ud800': 1 }, true)).toMatchObject({ path: 'k\ud800' })
    expect(badValue({ a: '😀 tea' }, true)).toBeNull()
  })
})

describe('eventTime', () => {
  const receivedAt = Date.parse('2026-03-02T00:00:00Z')
  const at = (timestamp: unknown, sentAt?: unknown) => eventTime({ timestamp, originalTimestamp: undefined, sentAt, receivedAt })
  test('takes a skewed clock out, and never lies in the future', () => {
    expect(at('2016-01-01T00:00:00Z', '2016-01-01T00:00:05Z')).toEqual({ time: receivedAt - 5_000 })
    expect(at('2026-03-02T00:00:30Z')).toEqual({ time: receivedAt })
    expect(at(undefined)).toEqual({ time: receivedAt })
  })
  test('refuses what cannot be', () => {
    expect(at('2026-03-04T00:00:00Z')).toMatchObject({ problem: 'future_time' })
    expect(at('1970-01-01T00:00:00Z')).toMatchObject({ problem: 'implausible_time' })
    expect(at('yesterday')).toMatchObject({ problem: 'invalid_timestamp' })
    expect(at({})).toMatchObject({ problem: 'invalid_timestamp' })
  })
})

test('yuan become fen exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (fen) => {
      expect(toFen(fen / 100)).toBe(fen)
    }),
  )
  expect(toFen('19.90')).toBe(1990)
  expect(toFen(1.005)).toBe(101)
  // Below a fen: half a fen and more is one, less is none.
  expect([0.005, 0.0049, 0.004, -0.005].map(toFen)).toEqual([1, 0, 0, -1])
  expect(toFen('')).toBeNull()
  expect(toFen(Number.NaN)).toBeNull()
})
