import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import type { TestApp } from '../harness/app.ts'
import { createRandom } from '../harness/random.ts'
import { type Draft, day, live, minute, openRehearsedShop } from '../harness/rehearsed-shop.ts'

// Chosen people walk through a journey, while colleagues get what they would.

const timeZone = 'America/New_York'
// Clocks go forward on 8 March 2026; the month ends on the way.
const start = Date.parse('2026-02-27T20:30:00-05:00')
const colleague = '+8613900000001'
const phoneOf = (i: number) => `+861380000000${i}`
const span = (amount: number, unit: 'minute' | 'hour' | 'day') => ({ amount, unit })
const end = { id: 'end', kind: 'exit' as const }
const send = (id: string, template: string, next: string) => ({ id, kind: 'send' as const, channel: 'sms' as const, template, next })
const bought = {
  kind: 'event' as const,
  event: 'Order Paid',
  filters: [],
  window: { kind: 'rolling' as const, amount: 10, unit: 'day' as const },
  measure: { fn: 'count' as const },
  op: 'gte' as const,
  value: 1,
}

const welcome: Draft = {
  trigger: { kind: 'event', event: 'Signed Up', filters: [{ property: 'from', op: 'eq', value: 'app' }] },
  reentry: 'every_time',
  start: 'hi',
  nodes: [
    send('hi', 'hello', 'morning'),
    { id: 'morning', kind: 'wait_until', until: { kind: 'time', at: '09:00' }, next: 'buys' },
    { id: 'buys', kind: 'wait_event', match: { event: 'Order Paid' }, timeout: span(3, 'day'), next: 'give', onTimeout: 'late' },
    { id: 'give', kind: 'grant', coupon: 'ten', next: 'tag', onFailure: 'end' },
    { id: 'tag', kind: 'set_tag', tag: 'gold', change: 'give', next: 'is' },
    { id: 'is', kind: 'condition', rule: { kind: 'tag', tag: 'gold' }, next: 'far', otherwise: 'end' },
    { id: 'far', kind: 'wait', duration: span(6, 'day'), next: 'since' },
    { id: 'since', kind: 'condition', rule: bought, next: 'ta', otherwise: 'end' },
    send('ta', 'thanks', 'end'),
    {
      id: 'late',
      kind: 'wait_until',
      until: { kind: 'window', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '02:30', to: '03:15' },
      next: 'quiet',
    },
    send('quiet', 'remind', 'end'),
    end,
  ],
}

let app: TestApp
let journey: string
const people: number[] = []

async function letIn(names: readonly string[]): Promise<void> {
  await app.events(
    names.map((userId, i) => ({
      ...{ type: 'identify', userId, messageId: `id-${userId}` },
      traits: { name: `n${userId}`, phone: phoneOf(i) },
      context: { consent: { marketing: { sms: true, textVersion: '1' } } },
    })),
  )
  await app.settle()
  for (const userId of names) {
    const row = await app.db.one<{ id: number }>(
      sql`select person_id as id from person_identities where kind = 'user_id' and value = ${userId}`,
    )
    people.push(Number(row?.id))
  }
}

beforeAll(async () => {
  app = await openRehearsedShop(timeZone)
  app.clock.set(new Date(start - 2 * day).toISOString())
  for (const [key, text] of Object.entries({
    hello: '你好 {{ customer.name }} {{ event.from }}',
    remind: '{{ customer.name }} 还在吗 {{ link }}',
    thanks: '谢谢 {{ customer.name }} {{ coupon.name }}',
    broken: '{{ customer.shoe_size }}',
  }))
    await app.call('templateCreate', {
      body: { key, name: key, channel: 'sms', content: { kind: 'sms', text }, linkUrl: 'https://shop.example/x' },
    })
  await app.call('tagCreate', { body: { key: 'gold', name: '金', layer: 'basic', mode: 'static', rule: null } })
  await app.call('couponCreate', {
    body: { key: 'ten', name: '十元', kind: 'amount_off', value: 1_000, thresholdFen: 0, stock: 5, perPersonMax: 1, validDays: 30 },
  })
  await letIn(['u0', 'u1', 'u2', 'u3'])
  await app.events([{ type: 'track', userId: 'u1', event: 'Signed Up', messageId: 'old', properties: { from: 'app', plan: 'gold' } }])
  await app.settle()
  journey = (await app.call('journeyCreate', { body: { name: '欢迎', definition: welcome } })).id
  app.clock.set(new Date(start).toISOString())
}, 280_000)
afterAll(() => app?.close())

const inbox = (phone: string) => app.chaoxi.companions.standIn.inbox(phone)
const ask = (body: object) => app.call('journeyTry', { params: { id: journey }, body: { people: { kind: 'list', people }, ...body } })
const report = (trial: string) => app.call('journeyTrial', { params: { id: journey, trial } })
const act = (trial: string, body: NonNullable<Parameters<typeof app.call<'journeyTrialAct'>>[1]>['body']) =>
  app.call('journeyTrialAct', { params: { id: journey, trial }, body })
const storyOf = async (trial: string, person: number) => {
  const story = (await report(trial)).participants.find((one) => one.person.id === person)?.story
  if (!story) throw new Error(`${person} has no story`)
  return story
}
async function goOn(ms: number): Promise<void> {
  app.clock.advance(ms)
  await app.settle()
}

test('people at compressed time: a colleague gets what they would, they get nothing, and nothing is really done', async () => {
  const recipient = await app.call('testRecipientAdd', {
    body: { name: '小李', channel: 'sms', address: '13900000001', belongsToStaff: true },
  })
  expect(recipient.address).toBe(colleague)
  const trial = await ask({ speed: 1_440, recipients: [recipient.id], sendsPerRecipient: 3, sendsPerMinute: 30, sample: { from: 'app' } })
  expect(trial).toMatchObject({ state: 'running', people: 4, draftRevision: 1 })
  await app.settle()
  for (let second = 0; second < 18; second++) await goOn(2_000)
  // Quiet hours began at nine in the evening: nothing is due before half past eight minutes.
  expect(inbox(colleague).map((sms) => sms.text)).toEqual(expect.arrayContaining([expect.stringContaining('你好 nu0 app')]))
  expect(inbox(colleague).length).toBe(3)

  const [first, own] = [await storyOf(trial.id, people[0] ?? 0), await storyOf(trial.id, people[1] ?? 0)]
  expect(first.trigger).toMatchObject({ from: 'sample', properties: { from: 'app' } })
  expect(own.trigger).toMatchObject({
    from: 'own',
    properties: { from: 'app', plan: 'gold' },
    since: new Date(start - 2 * day).toISOString(),
  })
  expect(first.nodeId).toBe('buys')
  await act(trial.id, {
    kind: 'happen',
    person: people[0] ?? 0,
    node: 'buys',
    what: { kind: 'event', event: 'Order Paid', properties: { total: 9 } },
  })
  await app.settle()
  for (let second = 0; second < 600; second += 60) await goOn(minute)
  const whole = await report(trial.id)
  expect(whole).toMatchObject({ state: 'done', inside: 0 })

  const bought = await storyOf(trial.id, people[0] ?? 0)
  expect(bought.steps.filter((step) => step.outcome !== 'entered').map((step) => step.nodeId)).toEqual([
    'hi',
    'morning',
    'buys',
    'give',
    'tag',
    'is',
    'far',
    'since',
    'ta',
    'end',
  ])
  expect(bought.deeds.map(({ nodeId, kind, what }) => [nodeId, kind, what.done])).toEqual([
    ['give', 'grant', true],
    ['tag', 'tag', true],
  ])
  expect(bought.messages.at(-1)?.content).toMatchObject({ text: '【潮汐小店】谢谢 nu0 十元回T退订' })
  expect(bought.made).toMatchObject([{ auto: false, what: { kind: 'event', event: 'Order Paid' } }])
  const late = await storyOf(trial.id, people[2] ?? 0)
  expect(late.messages.map(({ template, outcome, reason, test }) => [template, outcome, reason, test?.state])).toEqual([
    ['hello', 'sent', 'allowed', 'delivered'],
    // At half past two at night: it waits for the end of the quiet hours.
    ['remind', 'sent', 'after_waiting', 'not_sent'],
  ])
  expect(late.messages[1]?.at).toBe('2026-03-04T13:00:00.000Z')

  for (let i = 0; i < 4; i++) expect(inbox(phoneOf(i))).toEqual([])
  const counts = await app.db.one<{ count: number }>(sql`
    select ((select count(*) from messages) + (select count(*) from journey_runs) + (select count(*) from coupon_claims)
      + (select count(*) from message_events) + (select count(*) from journey_inbox))::int as count`)
  expect(counts?.count).toBe(0)
  expect((await app.call('tags')).items.find((one) => one.key === 'gold')?.size).toBe(0)
}, 280_000)

test('tried and lived are the same: steps, texts and times, over midnight, the end of the month, the change of the clocks and a pause', async () => {
  const person = people[0] ?? 0
  const from = Date.parse('2026-02-28T20:15:00-05:00')
  app.clock.set(new Date(from - minute).toISOString())
  await app.call('journeyPublish', { params: { id: journey } })
  await app.settle()
  app.clock.set(new Date(from).toISOString())
  const asked = { people: { kind: 'list' as const, people: [person] }, trigger: 'sample' as const, sample: { from: 'app' } }
  const slow = await ask({ ...asked, speed: 1 })
  const quick = await ask({ ...asked, speed: 2_880 })
  await app.events([{ type: 'track', userId: 'u0', event: 'Signed Up', messageId: 'lived', properties: { from: 'app' } }])
  await app.settle()
  const event = { kind: 'event' as const, event: 'Order Paid', properties: { total: 9 } }
  const happens = (trial: string) => act(trial, { kind: 'happen', person, node: 'buys', what: event })

  await live(app, [], from + 20_000)
  await act(quick.id, { kind: 'pause' })
  await live(app, [], from + 5 * minute)
  const stood = (await report(quick.id)).at
  await act(quick.id, { kind: 'resume' })
  await goOn(60_000)
  expect(Date.parse((await report(quick.id)).at) - Date.parse(stood)).toBe(60_000 * 2_880)
  const buysAt = Date.parse((await report(quick.id)).at)
  await happens(quick.id)
  await app.settle()
  for (let jumps = 0; jumps < 20 && (await report(quick.id)).nextAt !== null; jumps++) {
    await act(quick.id, { kind: 'skip' })
    await goOn(1)
  }
  expect(await report(quick.id)).toMatchObject({ state: 'done', inside: 0 })

  const order = { userId: 'u0', at: buysAt, event: 'Order Paid', properties: { total: 9, order_id: 'o1' } }
  await live(app, [order], buysAt)
  await happens(slow.id)
  await live(app, [], Date.parse('2026-03-12T12:00:00-04:00'))
  const [tried, again] = [await storyOf(slow.id, person), await storyOf(quick.id, person)]
  expect(again.steps).toEqual(tried.steps)
  expect(again.messages).toEqual(tried.messages)

  const { items } = await app.call('journeyRuns', { params: { id: journey } })
  const { steps } = await app.call('journeyRunSteps', { params: { id: journey, run: items[0]?.id ?? '' } })
  const lived = steps.map(({ nodeId, at, outcome }) => `${at} ${nodeId} ${outcome}`)
  expect(lived.length).toBeGreaterThan(15)
  expect(tried.steps.map(({ nodeId, at, outcome }) => `${at} ${nodeId} ${outcome}`)).toEqual(lived)
  const sent = await app.db.many<{ text: string; node_id: string; created_at: Date; sent_at: Date }>(sql`
    select text, node_id, created_at, sent_at from messages order by created_at`)
  expect(tried.messages.map((one) => [one.nodeId, one.queuedAt, one.at, one.content?.kind === 'sms' ? one.content.text : ''])).toEqual(
    sent.map((one) => [one.node_id, one.created_at.toISOString(), one.sent_at.toISOString(), one.text]),
  )
}, 280_000)

test('the product chooses people who see all of it, and spreads them over the ways', async () => {
  const chosen = await app.call('journeyTrialChoice', { params: { id: journey }, body: { people: { kind: 'choose', count: 3 } } })
  expect(chosen.people.length).toBe(3)
  expect(chosen.candidates).toBe(4)
  const reasons = chosen.people.flatMap((one) => one.reasons.map(({ kind, of, is }) => `${kind} ${of} ${is}`))
  expect(reasons).toEqual(
    expect.arrayContaining(['rule is yes', 'rule is no', 'rule since yes', 'rule since no', 'trigger  yes', 'trigger  no']),
  )
  expect(chosen.missing.map(({ kind, of, is }) => `${kind} ${of} ${is}`)).toContain('consent sms withdrawn')
  expect(chosen.sample).toEqual({ name: 'Signed Up', properties: { from: 'app' }, editable: true })

  const trial = await ask({ people: { kind: 'choose', count: 4 }, ways: 'cover', speed: 2_880 })
  await app.settle()
  for (let jumps = 0; jumps < 60 && (await report(trial.id)).nextAt !== null; jumps++) {
    await act(trial.id, { kind: 'skip' })
    await goOn(1)
  }
  const { coverage, problems, state } = await report(trial.id)
  expect(state).toBe('done')
  const seen = Object.fromEntries(coverage.nodes.map((row) => [row.nodeId, row.seen]))
  expect(Object.keys(seen).filter((id) => seen[id] === 0)).toEqual([])
  expect(coverage.nodes.find((row) => row.nodeId === 'buys')?.ways).toEqual([
    { way: 'next', seen: 2 },
    { way: 'onTimeout', seen: 2 },
  ])
  expect(problems.filter(({ kind }) => kind === 'never')).toEqual([])
})

test('what cannot be tried is refused in words, and what is tried is told of the journey', async () => {
  const body = { people: { kind: 'list' as const, people } }
  await expect(ask({ people: { kind: 'list', people: [99_999] } })).rejects.toThrow('there is no person 99999')
  await expect(ask({ people: { kind: 'users', userIds: ['nobody'] } })).rejects.toThrow('nobody has the user id')
  await expect(ask({ ...body, recipients: ['rcp_none'] })).rejects.toThrow('there is no test recipient rcp_none')
  const own = await app.call('testRecipientAdd', { body: { name: '自己', channel: 'sms', address: phoneOf(0), belongsToStaff: true } })
  await expect(ask({ ...body, recipients: [own.id] })).rejects.toThrow('A message would come back to the customer it is about')
  await expect(app.call('testRecipientAdd', { body: { name: 'x', channel: 'sms', address: '12', belongsToStaff: true } })).rejects.toThrow(
    'mobile number',
  )

  const trial = await ask({ ...body, speed: 1 })
  await app.settle()
  expect((await app.call('journey', { params: { id: journey } })).trial).toEqual({ id: trial.id, draftRevision: 1 })
  await act(trial.id, { kind: 'stop' })
  await expect(act(trial.id, { kind: 'skip' })).rejects.toThrow('The trial is over')
  expect((await app.call('journey', { params: { id: journey } })).trial).toBeNull()

  // A month later nothing is left of it.
  await goOn(31 * day)
  expect((await app.call('journeyTrials', { params: { id: journey } })).items).toEqual([])
  expect(await app.db.many(sql`select 1 from journey_trial_people union all select 1 from test_messages`)).toEqual([])
})

test('whoever plays it dies, and another one goes on; nothing goes out twice', async () => {
  const [recipient] = (await app.call('testRecipients')).items
  const before = inbox(colleague).length
  const trial = await ask({
    people: { kind: 'list', people: people.slice(0, 2) },
    trigger: 'sample',
    recipients: [recipient?.id ?? ''],
    speed: 1_440,
  })
  // Taken, and never heard of again.
  await app.db.run(sql`update journey_trials set wake_at = ${new Date(app.clock.now() + minute)} where id = ${trial.id}`)
  await app.settle()
  expect((await report(trial.id)).participants.map((one) => one.story)).toEqual([null, null])
  await goOn(minute)
  await app.db.run(sql`update journey_trials set wake_at = ${new Date(app.clock.now())} where id = ${trial.id}`)
  await goOn(minute)
  const { participants } = await report(trial.id)
  const keys = participants.flatMap((one) => one.story?.messages.map((message) => message.key) ?? [])
  expect(new Set(keys).size).toBe(keys.length)
  expect(participants.every((one) => one.story?.messages[0]?.queuedAt === trial.from)).toBe(true)
  const sent = participants.flatMap((one) => one.story?.messages.filter((message) => message.test !== null) ?? [])
  expect(sent.length).toBeGreaterThan(1)
  expect(inbox(colleague).length - before).toBe(sent.length)
  await act(trial.id, { kind: 'stop' })
}, 120_000)

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'whatever the journey, no message goes to a customer’s own address (seed %i)',
  async (seed) => {
    const random = createRandom(seed)
    const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T
    const ids = Array.from({ length: 3 + Math.floor(random() * 6) }, (_, i) => `n${i}`)
    const after = (i: number) => pick([...ids.slice(i + 1), 'end'])
    const nodes: Draft['nodes'] = ids.map((id, i) => {
      const next = after(i)
      switch (pick(['send', 'send', 'send', 'wait', 'event', 'condition', 'split'])) {
        case 'wait':
          return { id, kind: 'wait', duration: span(1 + Math.floor(random() * 40), pick(['minute', 'hour'])), next }
        case 'event':
          return { id, kind: 'wait_event', match: { event: 'Order Paid' }, timeout: span(5, 'hour'), next, onTimeout: after(i) }
        case 'condition':
          return { id, kind: 'condition', rule: bought, next, otherwise: after(i) }
        case 'split':
          return {
            id,
            kind: 'split',
            ways: [
              { id: 'a', share: 50, next },
              { id: 'b', share: 50, next: after(i) },
            ],
          }
        default: {
          const purpose = pick(['marketing', 'transactional'] as const)
          return { ...send(id, pick(['hello', 'remind', 'thanks', 'broken']), next), purpose }
        }
      }
    })
    const definition: Draft = { trigger: { kind: 'event', event: 'Signed Up', filters: [] }, start: 'n0', nodes: [...nodes, end] }
    const { id } = await app.call('journeyCreate', { body: { name: `r${seed}`, definition } })
    const recipients = (await app.call('testRecipients')).items.filter((one) => one.address === colleague).map((one) => one.id)
    const own = people.map((_, i) => inbox(phoneOf(i)).length)
    const theirs = inbox(colleague).length
    const trial = await app.call('journeyTry', {
      params: { id },
      body: {
        people: { kind: 'list', people },
        recipients,
        sendsPerRecipient: 100,
        sendsPerMinute: 30,
        ways: pick(['facts', 'cover'] as const),
        speed: 2_880,
      },
    })
    await app.settle()
    for (let jumps = 0; jumps < 60; jumps++) {
      const { nextAt } = await app.call('journeyTrial', { params: { id, trial: trial.id } })
      if (nextAt === null) break
      await app.call('journeyTrialAct', { params: { id, trial: trial.id }, body: { kind: 'skip' } })
      await goOn(3_000)
    }
    await goOn(10 * minute)
    const { state, participants } = await app.call('journeyTrial', { params: { id, trial: trial.id } })
    expect(state).toBe('done')
    const sent = participants.flatMap((one) => one.story?.messages.filter((message) => message.outcome === 'sent') ?? [])
    expect(inbox(colleague).length - theirs).toBe(sent.length)
    expect(people.map((_, i) => inbox(phoneOf(i)).length)).toEqual(own)
  },
  120_000,
)
