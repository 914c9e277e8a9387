import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openEmbeddedClickHouse } from '../../src/platform/db/embedded-clickhouse.ts'
import { createRandom } from '../harness/random.ts'
import { type CrashProgram, createCrashProgram, killHard, until } from './program.ts'

// The real program as a process, killed with SIGKILL at moments that the load decides, and started again on the same data.

const kills = 30
const senders = 4
const seed = 20_261_122
const startTimeoutMs = 60_000
/** A message whose outcome nobody knows is looked up twice, a minute apart, before it is sent again. */
const deliveryTimeoutMs = 150_000

const folder = join(inject('scratchFolder'), `crash-${process.pid}`)
let program: CrashProgram
let server: ChildProcess

beforeAll(async () => {
  program = await createCrashProgram(folder)
  server = await program.startServer()
})
afterAll(async () => {
  await killHard(server)
  program.end()
})

const phoneOf = (customer: number) => `+86137${String(customer).padStart(8, '0')}`
const messagesOf = (customer: number) => [
  { type: 'identify', userId: `c${customer}`, messageId: `identify-${customer}`, traits: { phone: phoneOf(customer) } },
  { type: 'track', userId: `c${customer}`, event: 'Signed Up', messageId: `signed-up-${customer}` },
  {
    type: 'track',
    userId: `c${customer}`,
    event: 'Product Viewed',
    messageId: `viewed-${customer}`,
    properties: { product_id: `p${customer % 7}` },
  },
]

test('30 kills: no acknowledged event missing, none double, no message twice', async () => {
  await program.api('/api/templates', {
    key: 'hello',
    name: '欢迎',
    channel: 'sms',
    content: { kind: 'sms', text: '欢迎加入，点击 {{ link }} 查看。' },
    linkUrl: 'https://shop.example/',
  })
  const journey = await program.api('/api/journeys', {
    name: '欢迎',
    definition: {
      trigger: { kind: 'event', event: 'Signed Up' },
      start: 'sms',
      nodes: [
        { id: 'sms', kind: 'send', channel: 'sms', template: 'hello', purpose: 'transactional', next: 'pause' },
        { id: 'pause', kind: 'wait', duration: { amount: 2, unit: 'second' }, next: 'again' },
        { id: 'again', kind: 'send', channel: 'sms', template: 'hello', purpose: 'transactional', next: 'end' },
        { id: 'end', kind: 'exit' },
      ],
    },
  })
  const id = typeof journey === 'object' && journey !== null && 'id' in journey ? String(journey.id) : ''
  await program.api(`/api/journeys/${id}/publish`, {})

  const random = createRandom(seed)
  const acknowledged = new Set<number>()
  let next = 0
  let sending = true
  const load = Array.from({ length: senders }, async () => {
    while (sending) {
      const customer = next++
      while (!(await program.post(messagesOf(customer)))) {
        // Refused or cut off: a client waits a moment and sends the same again.
        await new Promise((resolve) => setTimeout(resolve, 20))
        if (!sending) return
      }
      acknowledged.add(customer)
    }
  })
  for (let round = 0; round < kills; round++) {
    const target = acknowledged.size + 1 + Math.floor(random() * 60)
    await until(`load in round ${round}`, startTimeoutMs, async () => acknowledged.size >= target)
    if (random() < 0.3) program.killPostgres()
    await killHard(server)
    server = await program.startServer()
  }
  sending = false
  await Promise.all(load)

  const received = async (customer: number) => {
    const answer = await fetch(`${program.standInUrl}phones/${encodeURIComponent(phoneOf(customer))}`)
    const { messages }: { messages: { outId: string }[] } = JSON.parse(await answer.text())
    return messages.map((message) => message.outId)
  }
  const waiting = new Set(acknowledged)
  await until('the last message', deliveryTimeoutMs, async () => {
    for (const customer of waiting) if ((await received(customer)).length >= 2) waiting.delete(customer)
    return waiting.size === 0
  })
  for (const customer of acknowledged) {
    const ids = await received(customer)
    expect({ customer, messages: ids.length, different: new Set(ids).size }).toEqual({ customer, messages: 2, different: 2 })
  }

  const stopped = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await stopped
  const clickhouse = openEmbeddedClickHouse(join(folder, 'clickhouse'))
  const rows = await clickhouse.query<{ message_id: string; times: number; people: number }>(
    'batch',
    'select message_id, count() as times, uniqExact(user_id) as people from events group by message_id',
  )
  await clickhouse.close()
  expect(rows.filter((row) => row.times !== 1)).toEqual([])
  const stored = new Set(rows.map((row) => row.message_id))
  const missing = [...acknowledged]
    .flatMap((customer) => messagesOf(customer).map((message) => message.messageId))
    .filter((messageId) => !stored.has(messageId))
  expect(missing).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(kills)
}, 900_000)
