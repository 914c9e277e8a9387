import { expect, test } from 'vitest'
import { createTestClock } from '../../test/harness/clock.ts'
import type { Caller } from '../platform/http/api.ts'
import { loadSample, type SampleDeps } from './sample.ts'

interface Message {
  type: string
  event?: string
  messageId: string
  userId?: string
  anonymousId?: string
  timestamp: string
  properties?: Record<string, unknown>
}

const caller: Caller = {
  workspaceId: 1,
  actor: 'acc_1',
  me: {
    account: { id: 'acc_1', email: '', name: '' },
    workspace: { id: 1, name: '', timeZone: 'Asia/Shanghai' },
    role: 'admin',
    permissions: [],
  },
}

async function load(clock = createTestClock()) {
  const taken: Message[] = []
  const done: string[] = []
  const note = (what: string) => async () => void done.push(what)
  const deps: SampleDeps = {
    clock,
    caller,
    accept: async (_workspaceId, messages) => void taken.push(...JSON.parse(JSON.stringify(messages))),
    createTag: note('tag'),
    createSegment: note('segment'),
    installPlaybook: async () => ['jny_1'],
    publishJourney: async () => void done.push(`published after ${taken.length > 0 ? 'the history' : 'nothing'}`),
    claimCoupon: note('claim'),
  }
  await loadSample(deps)
  return { taken, done }
}

test('it is a full month: people, behaviour, orders, nothing later than now', async () => {
  const clock = createTestClock()
  const { taken } = await load(clock)
  const count = (event: string) => taken.filter((message) => message.event === event).length
  expect(taken.filter((message) => message.type === 'identify')).toHaveLength(312)
  expect(taken.length).toBeGreaterThan(8_000)
  expect(count('Order Paid')).toBeGreaterThan(150)
  expect(count('Order Completed')).toBeGreaterThan(count('Order Paid'))
  expect(count('Product Viewed')).toBeGreaterThan(count('Product Added'))
  const times = taken.map((message) => Date.parse(message.timestamp))
  expect(times.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(clock.now())
  expect(times.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(clock.now() - 32 * 86_400_000)
  expect(times.filter((time) => time > clock.now() - 10 * 3_600_000).length).toBeGreaterThan(20)
})

test('loading again says the same messages, so that nothing is doubled', async () => {
  const first = await load()
  const again = await load()
  expect(again.taken).toEqual(first.taken)
  const ids = first.taken.map((message) => message.messageId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a day later the same ids mean the same messages', async () => {
  const clock = createTestClock()
  const earlier = new Map((await load(clock)).taken.map((message) => [message.messageId, message]))
  clock.advance(86_400_000)
  for (const message of (await load(clock)).taken) {
    const known = earlier.get(message.messageId)
    if (known) expect([message.event, message.type, message.userId]).toEqual([known.event, known.type, known.userId])
  }
})

test('what happened long ago is in before the journey listens', async () => {
  const { done } = await load()
  expect(done.filter((what) => what.startsWith('published'))).toEqual(['published after the history'])
  expect(done.filter((what) => what === 'tag')).toHaveLength(9)
  expect(done.filter((what) => what === 'claim')).toHaveLength(40)
})
