import { usualLimits } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { judge, type Measured } from './judge.ts'

const calm: Measured = { ended: 100, failed: 0, entered: 100, usual: 100, costFen: 0, lagMinutes: 0 }
const limits = { ...usualLimits, failurePercent: 10, dropPercent: 50, costFen: 1_000, lagMinutes: 30 }
const answers = (kind: Parameters<typeof judge>[0], numbers: readonly Partial<Measured>[]) => {
  let open = false
  return numbers.map((more) => {
    const answer = judge(kind, limits, { ...calm, ...more }, open)?.answer ?? 'none'
    open = answer === 'open' || (open && answer !== 'close')
    return answer
  })
}

test('an alarm opens at its limit, stays while it is near it, and closes well below', () => {
  expect(
    answers(
      'lag',
      [29, 30, 26, 31, 25, 24, 23.9].map((lagMinutes) => ({ lagMinutes })),
    ),
  ).toEqual(['none', 'open', 'stay', 'stay', 'stay', 'stay', 'close'])
  expect(
    answers(
      'failures',
      [9, 10, 9, 8, 7, 9].map((failed) => ({ failed })),
    ),
  ).toEqual(['none', 'open', 'stay', 'stay', 'close', 'none'])
})

test('few runs open none, and close none unless nothing is wrong at all', () => {
  const of = (ended: number, failed: number) => ({ ended, failed })
  expect(answers('failures', [of(9, 9), of(10, 10), of(4, 0), of(10, 5), of(5, 1), of(0, 0)])).toEqual([
    'none',
    'open',
    'close',
    'open',
    'stay',
    'close',
  ])
})

test('a drop is told where the usual is known and large enough', () => {
  expect(judge('drop', limits, { ...calm, entered: 30 }, false)).toEqual({ answer: 'open', stands: { value: 70, limit: 50, usual: 100 } })
  expect(judge('drop', limits, { ...calm, entered: 0, usual: 19 }, false)).toBeNull()
  expect(judge('drop', limits, { ...calm, entered: 0, usual: null }, false)).toBeNull()
})

test('what is not watched opens nothing, and closes what was open', () => {
  const off = { failurePercent: null, dropPercent: null, costFen: null, lagMinutes: null }
  expect(judge('cost', off, { ...calm, costFen: 1e9 }, false)).toBeNull()
  expect(judge('cost', off, { ...calm, costFen: 1e9 }, true)?.answer).toBe('close')
  expect(judge('cost', limits, { ...calm, costFen: 1_000 }, false)?.answer).toBe('open')
})
