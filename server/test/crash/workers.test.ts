import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Db, openPostgres, sql } from '../../src/platform/db/postgres.ts'
import { readStoresFile } from '../../src/platform/shared-stores.ts'
import { createLog } from '../harness/log.ts'
import { createRandom } from '../harness/random.ts'
import { type CrashProgram, createCrashProgram, killHard, until } from './program.ts'

// The program and a worker beside it, either killed with SIGKILL while events come in, waits end and messages go out; PostgreSQL
// now and then too. CHAOXI_KILLS=50 for a recorded run.

const kills = Number(process.env.CHAOXI_KILLS ?? 6)
const senders = 3
const seed = Number(process.env.CHAOXI_KILL_SEED ?? 20_261_122)
const loadTimeoutMs = 60_000
/** A message whose outcome nobody knows is looked up twice, a minute apart, before it is sent again. */
const restTimeoutMs = 240_000

const folder = join(inject('scratchFolder'), `workers-${process.pid}`)
let program: CrashProgram
let server: ChildProcess
let worker: ChildProcess

beforeAll(async () => {
  program = await createCrashProgram(folder)
  server = await program.startServer()
  worker = program.startWorker()
})
afterAll(async () => {
  await killHard(worker)
  await killHard(server)
  program.end()
})

const phoneOf = (customer: number) => `+86138${String(customer).padStart(8, '0')}`
const seconds = (amount: number) => ({ amount, unit: 'second' })
const sms = (id: string, next: string) => ({ id, kind: 'send', channel: 'sms', template: 'hello', purpose: 'transactional', next })

/** Conditions that read ClickHouse, waits that time and events end, messages before and after. */
const definition = {
  trigger: { kind: 'event', event: 'Signed Up' },
  reentry: 'every_time',
  start: 'first',
  nodes: [
    sms('first', 'pause'),
    { id: 'pause', kind: 'wait', duration: seconds(2), next: 'viewed' },
    {
      id: 'viewed',
      kind: 'condition',
      rule: {
        kind: 'event',
        event: 'Product Viewed',
        filters: [],
        window: { kind: 'ever' },
        measure: { fn: 'count' },
        op: 'gte',
        value: 1,
      },
      next: 'paid',
      otherwise: 'end',
    },
    {
      id: 'paid',
      kind: 'wait_event',
      match: { event: 'Order Paid' },
      timeout: seconds(6),
      next: 'thanks',
      onTimeout: 'remind',
    },
    sms('thanks', 'end'),
    sms('remind', 'end'),
    { id: 'end', kind: 'exit' },
  ],
}

const signUp = (customer: number) => [
  { type: 'identify', userId: `w${customer}`, messageId: `identify-${customer}`, traits: { phone: phoneOf(customer) } },
  { type: 'track', userId: `w${customer}`, event: 'Signed Up', messageId: `signed-up-${customer}` },
  ...(customer % 4 === 0 ? [] : [{ type: 'track', userId: `w${customer}`, event: 'Product Viewed', messageId: `viewed-${customer}` }]),
]
const pay = (customer: number) => [{ type: 'track', userId: `w${customer}`, event: 'Order Paid', messageId: `paid-${customer}` }]

interface RunRow {
  id: string
  entry_key: string
  state: string
  steps: number
  story: { seq: number; nodeId: string; outcome: string; effectKey: string | null }[] | null
}

const readRuns = (db: Db) =>
  db.many<RunRow>(sql`
    select r.id, r.entry_key, r.state, r.steps, s.story from journey_runs r
    cross join lateral (
      select jsonb_agg(jsonb_build_object('seq', one.seq + place - 1, 'nodeId', line->'nodeId', 'outcome', line->'outcome',
        'effectKey', line->'details'->'effectKey') order by one.seq, place) as story
      from journey_steps one cross join lateral jsonb_array_elements(one.steps) with ordinality as lines (line, place)
      where one.workspace_id = r.workspace_id and one.run_id = r.id offset 0) s
    order by r.id`)

const readMessages = (db: Db) =>
  db.many<{ id: string; effect_key: string; state: string }>(sql`select id, effect_key, state from messages order by effect_key`)

const count = async (db: Db, what: ReturnType<typeof sql>) => (await db.one<{ count: number }>(what))?.count ?? -1

/** How often the provider took each message. */
function takenByProvider(): Map<string, number> {
  const taken = new Map<string, number>()
  for (const line of readFileSync(`${folder}-standin.jsonl`, 'utf8').split('\n')) {
    if (!line.includes('"kind":"sms"')) continue
    const { outId }: { outId: string } = JSON.parse(line)
    taken.set(outId, (taken.get(outId) ?? 0) + 1)
  }
  return taken
}

const tally = (keys: readonly string[]): Record<string, number> => {
  const found: Record<string, number> = {}
  for (const key of keys) found[key] = (found[key] ?? 0) + 1
  return found
}

test(`${kills} kills of the program or its worker: nothing lost, nothing doubled, everybody comes to an end`, async () => {
  await program.api('/api/templates', {
    key: 'hello',
    name: '欢迎',
    channel: 'sms',
    content: { kind: 'sms', text: '欢迎加入，点击 {{ link }} 查看。' },
    linkUrl: 'https://shop.example/',
  })
  const journey = await program.api('/api/journeys', { name: '欢迎', definition })
  const id = typeof journey === 'object' && journey !== null && 'id' in journey ? String(journey.id) : ''
  await program.api(`/api/journeys/${id}/publish`, {})

  const random = createRandom(seed)
  const acknowledged = new Set<number>()
  let next = 0
  let sending = true
  async function surely(batch: readonly object[]): Promise<boolean> {
    while (!(await program.post(batch))) {
      // Refused or cut off: a client waits a moment and sends the same again.
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (!sending) return false
    }
    return true
  }
  const load = Array.from({ length: senders }, async () => {
    const payers: number[] = []
    while (sending) {
      const customer = next++
      if (!(await surely(signUp(customer)))) return
      acknowledged.add(customer)
      payers.push(customer)
      // Some pay while they are waited for, some too late, some never.
      const payer = payers.length > 6 ? payers.shift() : undefined
      if (payer !== undefined && payer % 2 === 0) await surely(pay(payer))
    }
  })
  const killed = { server: 0, worker: 0, postgres: 0 }
  for (let round = 0; round < kills; round++) {
    const target = acknowledged.size + 1 + Math.floor(random() * 60)
    await until(`load in round ${round}`, loadTimeoutMs, async () => acknowledged.size >= target)
    if (random() < 0.5) {
      killed.worker++
      await killHard(worker)
      worker = program.startWorker()
      continue
    }
    killed.server++
    if (random() < 0.3) {
      killed.postgres++
      program.killPostgres()
    }
    await killHard(server)
    server = await program.startServer()
  }
  sending = false
  await Promise.all(load)

  const stores = readStoresFile(folder)
  if (!stores) throw new Error('the program shares no stores')
  const db = openPostgres(stores.postgresUrl, createLog())
  try {
    await until('rest', restTimeoutMs, async () => {
      const open = await count(
        db,
        sql`
        select (select count(*) from journey_inbox where taken_at is null) + (select count(*) from journey_runs where state in ('active', 'waiting'))
          + (select count(*) from messages where state in ('queued', 'held', 'sending', 'unknown')) as count`,
      )
      return open === 0
    })
    expect(await count(db, sql`select count(*) as count from journey_inbox where dropped is not null`)).toBe(0)
    const runs = await readRuns(db)
    expect(tally(runs.map((run) => run.state))).toEqual({ finished: runs.length })
    // One run for each who was acknowledged; of those whose sender was cut off at the end there may be one.
    const entered = new Set(runs.map((run) => run.entry_key))
    expect(entered.size).toBe(runs.length)
    expect([...acknowledged].filter((customer) => !entered.has(`event:signed-up-${customer}`))).toEqual([])
    for (const { id: run, steps, story } of runs)
      expect({ run, seqs: story?.map((line) => line.seq) }).toEqual({ run, seqs: Array.from({ length: steps }, (_, i) => i) })

    const messages = await readMessages(db)
    const sends = new Set(['first', 'thanks', 'remind'])
    const told = runs.flatMap(({ story }) =>
      (story ?? []).flatMap((line) => (line.outcome === 'passed' && sends.has(line.nodeId) ? [line.effectKey ?? ''] : [])),
    )
    expect(messages.map((message) => message.effect_key)).toEqual(told.toSorted())
    expect(messages.filter((message) => message.state !== 'sent' && message.state !== 'delivered')).toEqual([])
    const taken = takenByProvider()
    expect([...taken].filter(([, times]) => times > 1)).toEqual([])
    expect([...taken.keys()].toSorted()).toEqual(messages.map((message) => message.id).toSorted())

    const lines = runs.flatMap(({ story }) => (story ?? []).map((line) => `${line.nodeId} ${line.outcome}`))
    const counters = await db.many<{ node_id: string; entered: number; passed: number; timed_out: number }>(sql`
      select node_id, entered, passed, timed_out from journey_counters where way = '' and node_id <> ''`)
    const counted = counters.flatMap((row): [string, number][] => [
      [`${row.node_id} entered`, row.entered],
      [`${row.node_id} passed`, row.passed],
      [`${row.node_id} timed_out`, row.timed_out],
    ])
    expect(Object.fromEntries(counted.filter(([, n]) => n > 0))).toEqual(tally(lines))
    process.stdout.write(
      `${JSON.stringify({ killed, customers: acknowledged.size, runs: runs.length, messages: messages.length, ...tally(lines) })}\n`,
    )
  } finally {
    await db.close()
  }
  expect(acknowledged.size).toBeGreaterThan(kills)
}, 1_200_000)
