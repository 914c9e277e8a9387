import { expect, test } from 'vitest'
import { createProgress, duration, progressLine } from './progress.ts'

test('a line says how far it is, how fast it goes and how long it will take', () => {
  expect(progressLine({ progress: 0.25, rows: 50_000, rejected: 12 }, 10_000)).toBe(
    '[######..................] 25 %  50,000 rows, 5,000/s, 12 rejected, 30 s left',
  )
  expect(progressLine({ progress: 1, rows: 3, rejected: 0 }, 0)).toBe('[########################] 100 %  3 rows, 0/s')
})

test('a terminal line is rewritten in place and cleared at the end; elsewhere a whole line comes now and then', () => {
  const state = { progress: 0.5, rows: 1, rejected: 0 }
  const written = (interactive: boolean, times: number[]) => {
    let now = 0
    const pieces: string[] = []
    const progress = createProgress({ write: (text) => pieces.push(text), interactive, columns: 40 }, () => now)
    for (const at of times) {
      now = at
      progress.show(state)
    }
    progress.end()
    return pieces
  }
  const terminal = written(true, [0, 100, 300])
  expect(terminal).toHaveLength(3)
  expect(terminal[0]?.startsWith('\r\u001b[K[#')).toBe(true)
  expect(terminal[0]?.length).toBeLessThan(45)
  expect(terminal.at(-1)).toBe('\r\u001b[K')
  expect(written(false, [0, 5_000, 11_000, 12_000])).toEqual([expect.stringMatching(/ rows, .*\n$/)])
})

test('durations are said in the unit that a person would use', () => {
  expect([400, 59_000, 61_000, 3_700_000].map(duration)).toEqual(['0 s', '59 s', '1 min 1 s', '1 h 1 min'])
})
