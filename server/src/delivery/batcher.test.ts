import { expect, test } from 'vitest'
import { createBatcher } from './batcher.ts'

test('what comes while a group is being written is the next group, and nobody waits for a timer', async () => {
  const groups: number[][] = []
  const batcher = createBatcher<number>(async (items) => {
    groups.push([...items])
  }, 3)
  await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)))
  expect(groups).toEqual([[1], [2, 3, 4], [5]])
})

test('with a time to gather, what comes together is written together, and a full group at once', async () => {
  const groups: number[][] = []
  const batcher = createBatcher<number>(
    async (items) => {
      groups.push([...items])
    },
    3,
    1,
  )
  await Promise.all([1, 2].map((item) => batcher.add(item)))
  await Promise.all([3, 4, 5, 6].map((item) => batcher.add(item)))
  expect(groups).toEqual([[1, 2], [3, 4, 5], [6]])
})

test('a group that cannot be written fails its own members only', async () => {
  const batcher = createBatcher<number>(
    async (items) => {
      if (items.includes(1)) throw new Error('no')
    },
    1,
    1,
  )
  const results = await Promise.allSettled([batcher.add(1), batcher.add(2)])
  expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled'])
})
