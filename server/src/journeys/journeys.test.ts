import type { JourneyDefinition } from '@chaoxi/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { acceptedEvent, callerOf, createJourneyWorld, defineJourney, openJourneys } from '../../test/harness/journeys.ts'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { sql } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { JourneysRoom } from './index.ts'

const minute = 60_000
const hour = 60 * minute
let stores: TestStores
let room: JourneysRoom
const world = createJourneyWorld()
let workspace: number
let caller: Caller
beforeAll(async () => {
  stores = await createTestStores()
  room = openJourneys(stores, world)
})
afterAll(() => stores.close())
beforeEach(async () => {
  workspace = await stores.createWorkspace()
  caller = callerOf(workspace)
  world.tags.clear()
  world.brokenTags.clear()
  world.templates.clear()
  for (const key of ['hello', 'remind', 'hot']) world.templates.set(key, { channel: 'sms', coupon: null })
})

const send = (id: string, template: string, next: string) => ({ id, kind: 'send', channel: 'sms', template, next })
const wait = (id: string, hours: number, next: string) => ({ id, kind: 'wait', duration: { amount: hours, unit: 'hour' }, next })
const waitEvent = (id: string, event: string, hours: number, next: string, onTimeout: string) => ({
  id,
  kind: 'wait_event',
  match: { event },
  timeout: { amount: hours, unit: 'hour' },
  next,
  onTimeout,
})
const end = { id: 'end', kind: 'exit' }
const welcome = [send('a', 'hello', 'w'), waitEvent('w', 'Coupon Claimed', 1, 'end', 'b'), send('b', 'remind', 'end'), end]

async function live(definition: JourneyDefinition): Promise<string> {
  const { id } = await room.journeys.create(caller, { name: 'J', description: '', definition })
  await room.journeys.publish(caller, id)
  return id
}
/** Something happened now, or `ago`. */
async function happens(personId: number, event: string, ago = 0, properties = {}): Promise<void> {
  const now = stores.clock.now()
  const one = acceptedEvent(workspace, personId, event, now - ago, { receivedAt: now, properties })
  await stores.db.tx((tx) => room.eventConsumer(tx, [one]))
  stores.clock.advance(1)
}
async function after(ms: number): Promise<void> {
  stores.clock.advance(ms)
  await stores.loops.drain()
}
async function messages(): Promise<string[]> {
  const rows = await stores.db.many<{ person_id: number; template: string }>(sql`
    select person_id, template from messages where workspace_id = ${workspace} order by created_at, person_id`)
  return rows.map((row) => `${row.person_id} ${row.template}`)
}
async function runs(journeyId: string) {
  return (await room.journeys.runs(caller, journeyId, {}, null, 50)).items.map((run) => ({ ...run, person: run.person.id }))
}

describe('the story of a newcomer', () => {
  test('a trigger sends at once, and the reminder follows when the event does not come', async () => {
    const id = await live(defineJourney('a', welcome))
    await happens(1, 'Signed Up', 0, { plan: 'gold' })
    await after(0)
    expect(await messages()).toEqual(['1 hello'])
    await after(hour - minute)
    expect(await messages()).toEqual(['1 hello'])
    await after(minute)
    expect(await messages()).toEqual(['1 hello', '1 remind'])
    expect(await runs(id)).toMatchObject([{ person: 1, state: 'finished', result: 'end' }])
    const context = await stores.db.one(sql`select context from messages where workspace_id = ${workspace} limit 1`)
    expect(context).toEqual({ context: { event: { plan: 'gold' } } })
  })

  test('the event in time keeps the reminder away', async () => {
    await live(defineJourney('a', welcome))
    await happens(1, 'Signed Up')
    await after(0)
    await happens(1, 'Coupon Claimed')
    await after(2 * hour)
    expect(await messages()).toEqual(['1 hello'])
  })

  test('an event that follows its trigger in the same breath is not missed', async () => {
    await live(defineJourney('a', welcome))
    const now = stores.clock.now()
    const both = ['Signed Up', 'Coupon Claimed'].map((event) => acceptedEvent(workspace, 1, event, now))
    await stores.db.tx((tx) => room.eventConsumer(tx, both))
    await after(0)
    await after(2 * hour)
    expect(await messages()).toEqual(['1 hello'])
  })

  test('an exit event ends the run at once, and nothing goes out after it', async () => {
    const id = await live(
      defineJourney('w', [wait('w', 5, 'a'), send('a', 'hello', 'end'), end], { exits: [{ kind: 'event', event: 'Order Paid' }] }),
    )
    await happens(1, 'Signed Up')
    await after(hour)
    await happens(1, 'Order Paid')
    await after(0)
    expect(await runs(id)).toMatchObject([{ state: 'exited', result: 'exit_event.0', wakeAt: null }])
    await after(10 * hour)
    expect(await messages()).toEqual([])
  })

  test('an exit rule that has come true ends the run before its next message', async () => {
    const exits = [{ kind: 'rule', rule: { kind: 'tag', tag: 'vip' } }]
    const id = await live(defineJourney('w', [wait('w', 5, 'a'), send('a', 'hello', 'end'), end], { exits }))
    await happens(1, 'Signed Up')
    await happens(2, 'Signed Up')
    await after(0)
    world.tags.set(1, new Set(['vip']))
    await after(6 * hour)
    expect(await messages()).toEqual(['2 hello'])
    expect((await runs(id)).find((run) => run.result === 'exit_rule.0')).toBeDefined()
  })

  test('a condition sends each person the own way', async () => {
    const nodes = [
      { id: 'c', kind: 'condition', rule: { kind: 'tag', tag: 'vip' }, next: 'a', otherwise: 'b' },
      send('a', 'hello', 'end'),
      send('b', 'hot', 'end'),
      end,
    ]
    await live(defineJourney('c', nodes))
    world.tags.set(2, new Set(['vip']))
    await happens(1, 'Signed Up')
    await happens(2, 'Signed Up')
    await after(0)
    expect((await messages()).sort()).toEqual(['1 hot', '2 hello'])
  })
})

describe('who comes in', () => {
  const short = (more: object) => defineJourney('a', [send('a', 'hello', 'w'), wait('w', 1, 'end'), end], more)

  test.each([
    ['never', 1],
    ['after_exit', 2],
    ['every_time', 3],
  ])('with re-entry %s, three triggers within and after a run make %i runs', async (reentry, expected) => {
    const id = await live(short({ reentry }))
    await happens(1, 'Signed Up')
    await after(0)
    await happens(1, 'Signed Up')
    await after(2 * hour)
    await happens(1, 'Signed Up')
    await after(2 * hour)
    expect(await runs(id)).toHaveLength(expected)
  })

  test('the same message twice starts one run', async () => {
    const id = await live(short({ reentry: 'every_time' }))
    const one = acceptedEvent(workspace, 1, 'Signed Up', stores.clock.now())
    for (let i = 0; i < 3; i++) {
      await stores.db.tx((tx) => room.eventConsumer(tx, [one]))
      await stores.loops.drain()
    }
    expect(await runs(id)).toHaveLength(1)
  })

  test('the entry rule and the trigger’s filters are asked', async () => {
    const trigger = { kind: 'event', event: 'Signed Up', filters: [{ property: 'channel', op: 'eq', value: 'app' }] }
    const id = await live(short({ trigger, entryRule: { kind: 'not', rule: { kind: 'tag', tag: 'vip' } } }))
    world.tags.set(2, new Set(['vip']))
    await happens(1, 'Signed Up', 0, { channel: 'app' })
    await happens(2, 'Signed Up', 0, { channel: 'app' })
    await happens(3, 'Signed Up', 0, { channel: 'web' })
    await after(0)
    expect((await runs(id)).map((run) => run.person)).toEqual([1])
  })

  test('an event of two days ago starts nothing, and one of last month does not even come to the inbox', async () => {
    const id = await live(short({}))
    await happens(1, 'Signed Up', 48 * hour)
    await happens(2, 'Signed Up', 30 * 24 * hour)
    await after(0)
    expect(await runs(id)).toEqual([])
    expect(await stores.db.many(sql`select person_id from journey_inbox where workspace_id = ${workspace}`)).toEqual([{ person_id: 1 }])
  })

  test('coming into a segment starts a run, being found in it by a new rule does not', async () => {
    const id = await live(short({ trigger: { kind: 'segment_entry', segment: 'carts' } }))
    const at = stores.clock.now()
    const move = {
      kind: 'segment' as const,
      key: 'carts',
      value: '',
      entered: true,
      at,
      reason: 'event' as const,
    }
    await stores.db.tx((tx) =>
      room.membershipListener(tx, workspace, [
        { ...move, people: [1] },
        { ...move, people: [2], reason: 'definition' },
        { ...move, people: [3], entered: false },
        { ...move, people: [4], kind: 'tag' },
        { ...move, people: [5], key: 'others' },
      ]),
    )
    await after(0)
    expect((await runs(id)).map((run) => run.person)).toEqual([1])
  })

  test('being given a tag starts a run, with a value only of those who come to it', async () => {
    const any = await live(short({ trigger: { kind: 'tag_entry', tag: 'stage' } }))
    const lost = await live(short({ trigger: { kind: 'tag_entry', tag: 'stage', value: '流失' } }))
    const at = stores.clock.now()
    const move = { kind: 'tag' as const, key: 'stage', value: '流失', entered: true, at, reason: 'time' as const }
    await stores.db.tx((tx) =>
      room.membershipListener(tx, workspace, [
        { ...move, people: [1], value: '活跃', entered: false },
        { ...move, people: [1] },
        { ...move, people: [2], value: '活跃' },
        { ...move, people: [3], kind: 'segment' },
      ]),
    )
    await after(0)
    expect((await runs(any)).map((run) => run.person).sort()).toEqual([1, 2])
    expect((await runs(lost)).map((run) => run.person)).toEqual([1])
  })

  test('events that no journey listens for do not come to the inbox, and those of a journey just published do', async () => {
    await happens(1, 'Signed Up')
    expect(await stores.db.many(sql`select 1 from journey_inbox where workspace_id = ${workspace}`)).toEqual([])
    await live(short({}))
    await happens(1, 'Signed Up')
    expect(await stores.db.many(sql`select 1 from journey_inbox where workspace_id = ${workspace}`)).toHaveLength(1)
    await after(0)
  })
})

describe('trouble', () => {
  const definition = defineJourney('a', [
    send('a', 'hello', 'w'),
    wait('w', 1, 'c'),
    { id: 'c', kind: 'condition', rule: { kind: 'tag', tag: 'vip' }, next: 'end', otherwise: 'b' },
    send('b', 'remind', 'end'),
    end,
  ])

  test('one run that cannot move does not hold the others up, and fails with its reason', async () => {
    world.brokenTags.add('vip')
    const broken = await live(definition)
    const nodes = [wait('w', 1, 'b'), send('b', 'remind', 'end'), end]
    const sound = await live(defineJourney('w', nodes))
    await happens(1, 'Signed Up')
    await after(0)
    for (let i = 0; i < 12; i++) await after(hour)
    expect(await messages()).toEqual(['1 hello', '1 remind'])
    expect(await runs(broken)).toMatchObject([{ state: 'failed', result: 'tag vip cannot be asked', nodeId: 'w' }])
    expect(await runs(sound)).toMatchObject([{ state: 'finished' }])
  })

  test('in one batch too, only the one that cannot be asked stays behind', async () => {
    const id = await live(definition)
    for (let person = 1; person <= 9; person++) await happens(person, 'Signed Up')
    await after(0)
    await stores.db.run(sql`
      update journey_runs set node_id = 'nowhere', context = context - 'wait', wake_at = ${new Date(stores.clock.now())}
      where workspace_id = ${workspace} and person_id = 5`)
    await after(hour)
    const all = await runs(id)
    expect(all.filter((run) => run.state === 'finished')).toHaveLength(8)
    expect(all.find((run) => run.person === 5)).toMatchObject({ state: 'waiting', result: 'the journey has no node nowhere' })
  })

  test('an inbox row that cannot be taken is tried, let go with its reason, and holds up only its own person', async () => {
    const id = await live(defineJourney('a', [send('a', 'hello', 'end'), end], { entryRule: { kind: 'tag', tag: 'vip' } }))
    await live(defineJourney('a', [send('a', 'hot', 'end'), end], { trigger: { kind: 'event', event: 'Order Paid' } }))
    world.brokenTags.add('vip')
    await happens(1, 'Signed Up')
    await happens(2, 'Order Paid')
    await after(0)
    expect(await messages()).toEqual(['2 hot'])
    for (let i = 0; i < 12; i++) await after(hour)
    expect(await runs(id)).toEqual([])
    const row = await stores.db.one(sql`select dropped, tries from journey_inbox where workspace_id = ${workspace} and person_id = 1`)
    expect(row).toEqual({ dropped: 'tag vip cannot be asked', tries: 10 })
  })

  test('a run without a waker is given one', async () => {
    const id = await live(defineJourney('w', [wait('w', 1, 'end'), end]))
    await happens(1, 'Signed Up')
    await after(0)
    await stores.db.run(sql`update journey_runs set wake_at = null where workspace_id = ${workspace}`)
    await after(2 * hour)
    expect(await runs(id)).toMatchObject([{ state: 'finished' }])
  })
})

describe('the life of a journey', () => {
  test('a draft is saved by who has the latest, and published only when nothing stands against it', async () => {
    const bad = defineJourney('a', [send('a', 'nothing', 'x'), end], { trigger: { kind: 'segment_entry', segment: 'no_segment' } })
    const created = await room.journeys.create(caller, { name: 'J', description: '', definition: bad })
    expect(created).toMatchObject({ status: 'draft', version: null, draftRevision: 1 })
    expect(created.problems.map((problem) => problem.path).sort()).toEqual(['nodes.0.next', 'nodes.0.template', 'trigger.segment'])
    await expect(room.journeys.publish(caller, created.id)).rejects.toMatchObject({ code: 'invalid_journey', problems: created.problems })
    const body = { name: 'K', description: 'd', definition: defineJourney('a', welcome), draftRevision: 1 }
    expect(await room.journeys.saveDraft(caller, created.id, body)).toMatchObject({ name: 'K', draftRevision: 2, problems: [] })
    await expect(room.journeys.saveDraft(caller, created.id, body)).rejects.toMatchObject({ code: 'stale_revision' })
    expect(await room.journeys.publish(caller, created.id)).toMatchObject({ status: 'live', version: 1, live: body.definition })
  })

  test('a template for another channel, or with a coupon that is not there, is told before publishing', async () => {
    world.templates.set('pop', { channel: 'popup', coupon: null })
    world.templates.set('couponed', { channel: 'sms', coupon: 'no_coupon' })
    const definition = defineJourney('a', [send('a', 'pop', 'b'), send('b', 'couponed', 'end'), end])
    const { problems } = await room.journeys.create(caller, { name: 'J', description: '', definition })
    expect(problems.map((problem) => problem.path)).toEqual(['nodes.0.channel', 'nodes.1.template'])
  })

  test('those inside finish on their version, those who come later go by the new one', async () => {
    const id = await live(defineJourney('w', [wait('w', 1, 'a'), send('a', 'hello', 'end'), end]))
    await happens(1, 'Signed Up')
    await after(0)
    const next = defineJourney('w', [wait('w', 1, 'a'), send('a', 'hot', 'end'), end])
    await room.journeys.saveDraft(caller, id, { name: 'J', description: '', definition: next, draftRevision: 1 })
    await room.journeys.publish(caller, id)
    await happens(2, 'Signed Up')
    await after(0)
    await after(2 * hour)
    expect((await messages()).sort()).toEqual(['1 hello', '2 hot'])
    expect((await runs(id)).map((run) => run.version)).toEqual([2, 1])
  })

  test('paused, nothing moves and nobody comes in, but exits are heard; resumed, what was due goes on', async () => {
    const id = await live(
      defineJourney('w', [wait('w', 1, 'a'), send('a', 'hello', 'end'), end], { exits: [{ kind: 'event', event: 'Order Paid' }] }),
    )
    await happens(1, 'Signed Up')
    await happens(2, 'Signed Up')
    await after(0)
    expect(await room.journeys.pause(caller, id)).toMatchObject({ status: 'paused' })
    await happens(1, 'Order Paid')
    await happens(3, 'Signed Up')
    await after(5 * hour)
    expect(await messages()).toEqual([])
    await room.journeys.resume(caller, id)
    await after(0)
    expect(await messages()).toEqual(['2 hello'])
    expect(await runs(id)).toHaveLength(2)
  })

  test('archived, everybody inside is let out with the reason', async () => {
    const id = await live(defineJourney('w', [wait('w', 1, 'a'), send('a', 'hello', 'end'), end]))
    await happens(1, 'Signed Up')
    await after(0)
    await room.journeys.archive(caller, id)
    await after(5 * hour)
    expect(await messages()).toEqual([])
    expect(await runs(id)).toMatchObject([{ state: 'exited', result: 'journey_archived' }])
    await expect(room.journeys.resume(caller, id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('another workspace does not see it', async () => {
    const id = await live(defineJourney('a', welcome))
    const other = callerOf(await stores.createWorkspace())
    expect(await room.journeys.list(other.workspaceId)).toEqual([])
    for (const call of [room.journeys.publish, room.journeys.pause, room.journeys.archive]) {
      await expect(call(other, id)).rejects.toMatchObject({ code: 'not_found' })
    }
    await expect(room.journeys.counters(other.workspaceId, id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('what a live journey mentions is known', async () => {
    await live(defineJourney('a', welcome))
    expect(await room.journeys.usersOf(workspace, 'template', 'hello')).toMatchObject([{ name: 'J' }])
    expect(await room.journeys.usersOf(workspace, 'template', 'hot')).toEqual([])
    expect(await room.journeys.usersOf(workspace, 'tag', 'vip')).toEqual([])
  })
})

describe('what is told', () => {
  test('each node’s numbers add up, and a run tells its story with what decided it', async () => {
    const id = await live(defineJourney('a', welcome))
    for (const person of [1, 2, 3]) await happens(person, 'Signed Up')
    await after(0)
    await happens(1, 'Coupon Claimed')
    await after(0)
    expect(await room.journeys.counters(workspace, id)).toMatchObject([
      { nodeId: 'a', entered: 3, waiting: 0, passed: 3 },
      { nodeId: 'end', entered: 1, passed: 1 },
      { nodeId: 'w', entered: 3, waiting: 2, passed: 1, timedOut: 0 },
    ])
    await after(2 * hour)
    for (const one of await room.journeys.counters(workspace, id)) {
      expect(one.entered).toBe(one.waiting + one.passed + one.timedOut + one.failed + one.left)
    }
    expect(await room.journeys.list(workspace)).toMatchObject([{ id, entered: 3, active: 0, finished: 3 }])
    const page = await room.journeys.runs(caller, id, { state: 'finished' }, null, 2)
    const rest = await room.journeys.runs(caller, id, { state: 'finished' }, page.nextCursor, 2)
    expect([page.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null])
    const { run, steps } = await room.journeys.run(caller, id, (await runs(id)).find((one) => one.person === 1)?.id ?? '')
    expect(run.state).toBe('finished')
    expect(steps.map((one) => `${one.nodeId} ${one.outcome}`)).toEqual([
      'a entered',
      'a passed',
      'w entered',
      'w passed',
      'end entered',
      'end passed',
    ])
    expect(steps[0]?.details).toMatchObject({ trigger: { name: 'Signed Up' } })
    expect(steps[3]?.details).toMatchObject({ event: { name: 'Coupon Claimed' }, to: 'end' })
  })
})

describe('two people who become one', () => {
  const merge = () => stores.db.tx((tx) => room.mergeConsumer(tx, workspace, 1, 2))
  const definition = (reentry: string) =>
    defineJourney('w', [waitEvent('w', 'Coupon Claimed', 5, 'end', 'a'), send('a', 'hello', 'end'), end], { reentry })

  test('have one run of a journey entered once: the older one, which hears the other’s events', async () => {
    const id = await live(definition('never'))
    await happens(1, 'Signed Up')
    await after(minute)
    await happens(2, 'Signed Up')
    await after(minute)
    await merge()
    expect(await runs(id)).toMatchObject([
      { person: 2, state: 'exited', result: 'merged' },
      { person: 2, state: 'waiting' },
    ])
    await after(6 * hour)
    expect(await messages()).toEqual(['2 hello'])
  })

  test('keep both where it may be entered every time', async () => {
    const id = await live(definition('every_time'))
    await happens(1, 'Signed Up')
    await happens(2, 'Signed Up')
    await after(0)
    await merge()
    await happens(2, 'Coupon Claimed')
    await after(6 * hour)
    expect(await runs(id)).toMatchObject([
      { state: 'finished', person: 2 },
      { state: 'finished', person: 2 },
    ])
    expect(await messages()).toEqual([])
  })

  test('take along news that nobody has read yet', async () => {
    const id = await live(definition('never'))
    await happens(2, 'Signed Up')
    await after(0)
    await happens(1, 'Coupon Claimed')
    await merge()
    await after(6 * hour)
    expect(await runs(id)).toMatchObject([{ person: 2, state: 'finished', nodeId: 'end' }])
    expect(await messages()).toEqual([])
  })
})

describe('playbooks', () => {
  test('install once, as drafts; again changes nothing', async () => {
    const listed = async () => (await room.playbooks.list(workspace)).find((one) => one.key === 'new-user-activation')
    expect(await listed()).toMatchObject({ installed: false })
    const ids = await room.playbooks.install(caller, 'new-user-activation')
    expect(await room.playbooks.install(caller, 'new-user-activation')).toEqual(ids)
    expect(await listed()).toMatchObject({ installed: true })
    expect(await room.journeys.list(workspace)).toMatchObject([{ id: ids[0], status: 'draft' }])
    expect((await room.journeys.detail(workspace, ids[0] ?? '')).problems).toEqual([])
  })
})
