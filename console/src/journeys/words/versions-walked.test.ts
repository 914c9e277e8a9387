import { expect, test } from 'vitest'
import { versionsWalked } from './versions-walked.ts'

const step = (outcome: string, details: Record<string, unknown> = {}) => ({ outcome, details })

test('each line of a story is told by the version that the run was in then', () => {
  expect(versionsWalked([step('entered'), step('passed')], 2)).toEqual([2, 2, 2])
  const story = [
    step('entered'),
    step('moved', { fromVersion: 1, toVersion: 3 }),
    step('entered'),
    step('moved', { fromVersion: 3, toVersion: 4 }),
    step('passed'),
  ]
  expect(versionsWalked(story, 4)).toEqual([1, 1, 3, 3, 4, 4])
  expect(versionsWalked([], 7)).toEqual([7])
})
