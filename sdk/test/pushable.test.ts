import { expect, test } from 'vitest'
import { pushable } from '../src/pushable.ts'

test('calls are written alike before and after the script has loaded', () => {
  const done: unknown[][] = []
  const warnings: string[] = []
  const client = { track: (...args: unknown[]) => void done.push(['track', ...args]), reset: () => void done.push(['reset']) }
  const chaoxi = pushable(client, (text) => warnings.push(text))
  chaoxi.push(['track', 'Product Viewed', { price: 1 }], ['reset'])
  chaoxi.track('Product Added')
  chaoxi.push(['dance'])
  expect(done).toEqual([['track', 'Product Viewed', { price: 1 }], ['reset'], ['track', 'Product Added']])
  expect(warnings).toEqual(['there is no call "dance"'])
})
