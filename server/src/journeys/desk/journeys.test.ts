import { describe, expect, test } from 'vitest'
import { acceptedEvent, callerOf, defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import { sql } from '../../platform/db/postgres.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'

const minute = 60_000
const hour = 60 * minute
const waitEvent = (id: string, event: string, hours: number, next: string, onTimeout: string) => ({
  id,
  kind: 'wait_event',
  match: { event },
  timeout: { amount: hours, unit: 'hour' },
  next,
  onTimeout,
})
const end = { id: 'end', kind: 'exit' }
const welcome = [send('a', 'w'), waitEvent('w', 'Coupon Claimed', 1, 'end', 'b'), send('b', 'end', 'remind'), end]

let shop: JourneyShop
shopForEachTest((own) => {
  shop = own
})

describe('the story of a newcomer', () => {
  test('a trigger sends at once, and the reminder follows when the event does not come', async () => {
    const id = await shop.live(defineJourney('a', welcome))
    await shop.happens(1, 'Signed Up', 0, { plan: 'gold' })
    await shop.after(0)
    expect(await shop.messages()).toEqual(['1 hello'])
    await shop.after(hour - minute)
    expect(await shop.messages()).toEqual(['1 hello'])
    await shop.after(minute)
    expect(await shop.messages()).toEqual(['1 hello', '1 remind'])
    expect(await shop.runs(id)).toMatchObject([{ person: 1, state: 'finished', result: 'end' }])
    const context = await shop.stores.db.one(sql`select context from messages where workspace_id = ${shop.workspaceId} limit 1`)
    expect(context).toEqual({ context: { event: { plan: 'gold' } } })
  })

  test('the event in time keeps the reminder away', async () => {
    await shop.live(defineJourney('a', welcome))
    await shop.happens(1, 'Signed Up')
    await shop.after(0)
    await shop.happens(1, 'Coupon Claimed')
    await shop.after(2 * hour)
    expect(await shop.messages()).toEqual(['1 hello'])
  })

  test('an event that follows its trigger in the same breath is not missed', async () => {
    await shop.live(defineJourney('a', welcome))
    const now = shop.stores.clock.now()
    const both = ['Signed Up', 'Coupon Claimed'].map((event) => acceptedEvent(shop.workspaceId, 1, event, now))
    await shop.take(both)
    await shop.after(0)
    await shop.after(2 * hour)
    expect(await shop.messages()).toEqual(['1 hello'])
  })

  test('an exit event ends the run at once, and nothing goes out after it', async () => {
    const id = await shop.live(
      defineJourney('w', [wait('w', 'a', 5), send('a', 'end'), end], { exits: [{ kind: 'event', event: 'Order Paid' }] }),
    )
    await shop.happens(1, 'Signed Up')
    await shop.after(hour)
    await shop.happens(1, 'Order Paid')
    await shop.after(0)
    expect(await shop.runs(id)).toMatchObject([{ state: 'exited', result: 'exit_event.0', wakeAt: null }])
    await shop.after(10 * hour)
    expect(await shop.messages()).toEqual([])
  })

  test('an exit rule that has come true ends the run before its next message', async () => {
    const exits = [{ kind: 'rule', rule: { kind: 'tag', tag: 'vip' } }]
    const id = await shop.live(defineJourney('w', [wait('w', 'a', 5), send('a', 'end'), end], { exits }))
    await shop.happens(1, 'Signed Up')
    await shop.happens(2, 'Signed Up')
    await shop.after(0)
    shop.world.tags.set(1, new Set(['vip']))
    await shop.after(6 * hour)
    expect(await shop.messages()).toEqual(['2 hello'])
    expect((await shop.runs(id)).find((run) => run.result === 'exit_rule.0')).toBeDefined()
  })

  test('a condition sends each person the own way', async () => {
    const nodes = [
      { id: 'c', kind: 'condition', rule: { kind: 'tag', tag: 'vip' }, next: 'a', otherwise: 'b' },
      send('a', 'end'),
      send('b', 'end', 'hot'),
      end,
    ]
    await shop.live(defineJourney('c', nodes))
    shop.world.tags.set(2, new Set(['vip']))
    await shop.happens(1, 'Signed Up')
    await shop.happens(2, 'Signed Up')
    await shop.after(0)
    expect((await shop.messages()).sort()).toEqual(['1 hot', '2 hello'])
  })
})

describe('trouble', () => {
  const definition = defineJourney('a', [
    send('a', 'w'),
    wait('w', 'c'),
    { id: 'c', kind: 'condition', rule: { kind: 'tag', tag: 'vip' }, next: 'end', otherwise: 'b' },
    send('b', 'end', 'remind'),
    end,
  ])

  test('one run that cannot move does not hold the others up, and fails with its reason', async () => {
    shop.world.brokenTags.add('vip')
    const broken = await shop.live(definition)
    const nodes = [wait('w', 'b'), send('b', 'end', 'remind'), end]
    const sound = await shop.live(defineJourney('w', nodes))
    await shop.happens(1, 'Signed Up')
    await shop.after(0)
    for (let i = 0; i < 12; i++) await shop.after(hour)
    expect(await shop.messages()).toEqual(['1 hello', '1 remind'])
    expect(await shop.runs(broken)).toMatchObject([{ state: 'failed', result: 'tag vip cannot be asked', nodeId: 'w' }])
    expect(await shop.runs(sound)).toMatchObject([{ state: 'finished' }])
  })

  test('in one batch too, only the one that cannot be asked stays behind', async () => {
    const id = await shop.live(definition)
    for (let person = 1; person <= 9; person++) await shop.happens(person, 'Signed Up')
    await shop.after(0)
    await shop.stores.db.run(sql`
      update journey_runs set node_id = 'nowhere', context = context - 'wait', wake_at = ${new Date(shop.stores.clock.now())}
      where workspace_id = ${shop.workspaceId} and person_id = 5`)
    await shop.after(hour)
    const all = await shop.runs(id)
    expect(all.filter((run) => run.state === 'finished')).toHaveLength(8)
    expect(all.find((run) => run.person === 5)).toMatchObject({ state: 'waiting', result: 'the journey has no node nowhere' })
  })

  test('an inbox row that cannot be taken is tried, let go with its reason, and holds up only its own person', async () => {
    const id = await shop.live(defineJourney('a', [send('a', 'end'), end], { entryRule: { kind: 'tag', tag: 'vip' } }))
    await shop.live(defineJourney('a', [send('a', 'end', 'hot'), end], { trigger: { kind: 'event', event: 'Order Paid' } }))
    shop.world.brokenTags.add('vip')
    await shop.happens(1, 'Signed Up')
    await shop.happens(2, 'Order Paid')
    await shop.after(0)
    expect(await shop.messages()).toEqual(['2 hot'])
    for (let i = 0; i < 12; i++) await shop.after(hour)
    expect(await shop.runs(id)).toEqual([])
    const row = await shop.stores.db.one(
      sql`select dropped, tries from journey_inbox where workspace_id = ${shop.workspaceId} and person_id = 1`,
    )
    expect(row).toEqual({ dropped: 'tag vip cannot be asked', tries: 10 })
  })

  test('a run without a waker is given one', async () => {
    const id = await shop.live(defineJourney('w', [wait('w', 'end'), end]))
    await shop.happens(1, 'Signed Up')
    await shop.after(0)
    await shop.stores.db.run(sql`update journey_runs set wake_at = null where workspace_id = ${shop.workspaceId}`)
    await shop.after(2 * hour)
    expect(await shop.runs(id)).toMatchObject([{ state: 'finished' }])
  })
})

describe('the life of a journey', () => {
  test('a draft is saved by who has the latest, and published only when nothing stands against it', async () => {
    const bad = defineJourney('a', [send('a', 'x', 'nothing'), end], { trigger: { kind: 'segment_entry', segment: 'no_segment' } })
    const created = await shop.room.journeys.create(shop.caller, { name: 'J', description: '', definition: bad })
    expect(created).toMatchObject({ status: 'draft', version: null, draftRevision: 1 })
    expect(created.problems.map((problem) => problem.path).sort()).toEqual(['nodes.0.next', 'nodes.0.template', 'trigger.segment'])
    await expect(shop.room.journeys.publish(shop.caller, created.id)).rejects.toMatchObject({
      code: 'invalid_journey',
      problems: created.problems,
    })
    const body = { name: 'K', description: 'd', definition: defineJourney('a', welcome), draftRevision: 1 }
    expect(await shop.room.journeys.saveDraft(shop.caller, created.id, body)).toMatchObject({ name: 'K', draftRevision: 2, problems: [] })
    await expect(shop.room.journeys.saveDraft(shop.caller, created.id, body)).rejects.toMatchObject({ code: 'stale_revision' })
    expect(await shop.room.journeys.publish(shop.caller, created.id)).toMatchObject({ status: 'live', version: 1, live: body.definition })
  })

  test('a template for another channel, or with a coupon that is not there, is told before publishing', async () => {
    shop.world.templates.set('pop', { channel: 'popup', coupon: null })
    shop.world.templates.set('couponed', { channel: 'sms', coupon: 'no_coupon' })
    const definition = defineJourney('a', [send('a', 'b', 'pop'), send('b', 'end', 'couponed'), end])
    const { problems } = await shop.room.journeys.create(shop.caller, { name: 'J', description: '', definition })
    expect(problems.map((problem) => problem.path)).toEqual(['nodes.0.channel', 'nodes.1.template'])
  })

  test('those inside finish on their version, those who come later go by the new one', async () => {
    const id = await shop.live(defineJourney('w', [wait('w', 'a'), send('a', 'end'), end]))
    await shop.happens(1, 'Signed Up')
    await shop.after(0)
    const next = defineJourney('w', [wait('w', 'a'), send('a', 'end', 'hot'), end])
    await shop.room.journeys.saveDraft(shop.caller, id, { name: 'J', description: '', definition: next, draftRevision: 1 })
    await shop.room.journeys.publish(shop.caller, id)
    await shop.happens(2, 'Signed Up')
    await shop.after(0)
    await shop.after(2 * hour)
    expect((await shop.messages()).sort()).toEqual(['1 hello', '2 hot'])
    expect((await shop.runs(id)).map((run) => run.version)).toEqual([2, 1])
  })

  test('paused, nothing moves and nobody comes in, but exits are heard; resumed, what was due goes on', async () => {
    const id = await shop.live(
      defineJourney('w', [wait('w', 'a'), send('a', 'end'), end], { exits: [{ kind: 'event', event: 'Order Paid' }] }),
    )
    await shop.happens(1, 'Signed Up')
    await shop.happens(2, 'Signed Up')
    await shop.after(0)
    expect(await shop.room.journeys.pause(shop.caller, id)).toMatchObject({ status: 'paused' })
    await shop.happens(1, 'Order Paid')
    await shop.happens(3, 'Signed Up')
    await shop.after(5 * hour)
    expect(await shop.messages()).toEqual([])
    await shop.room.journeys.resume(shop.caller, id)
    await shop.after(0)
    expect(await shop.messages()).toEqual(['2 hello'])
    expect(await shop.runs(id)).toHaveLength(2)
  })

  test('archived, everybody inside is let out with the reason', async () => {
    const id = await shop.live(defineJourney('w', [wait('w', 'a'), send('a', 'end'), end]))
    await shop.happens(1, 'Signed Up')
    await shop.after(0)
    await shop.room.journeys.archive(shop.caller, id)
    await shop.after(5 * hour)
    expect(await shop.messages()).toEqual([])
    expect(await shop.runs(id)).toMatchObject([{ state: 'exited', result: 'journey_archived' }])
    await expect(shop.room.journeys.resume(shop.caller, id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('another workspace does not see it', async () => {
    const id = await shop.live(defineJourney('a', welcome))
    const other = callerOf(await shop.stores.createWorkspace())
    expect(await shop.room.journeys.list(other.workspaceId)).toEqual([])
    for (const call of [shop.room.journeys.publish, shop.room.journeys.pause, shop.room.journeys.archive]) {
      await expect(call(other, id)).rejects.toMatchObject({ code: 'not_found' })
    }
    await expect(shop.room.journeys.counters(other.workspaceId, id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('what a live journey mentions is known', async () => {
    await shop.live(defineJourney('a', welcome))
    expect(await shop.room.journeys.usersOf(shop.workspaceId, 'template', 'hello')).toMatchObject([{ name: 'J' }])
    expect(await shop.room.journeys.usersOf(shop.workspaceId, 'template', 'hot')).toEqual([])
    expect(await shop.room.journeys.usersOf(shop.workspaceId, 'tag', 'vip')).toEqual([])
  })
})

describe('what is told', () => {
  test('each node’s numbers add up, and a run tells its story with what decided it', async () => {
    const id = await shop.live(defineJourney('a', welcome))
    for (const person of [1, 2, 3]) await shop.happens(person, 'Signed Up')
    await shop.after(0)
    await shop.happens(1, 'Coupon Claimed')
    await shop.after(0)
    expect((await shop.room.journeys.counters(shop.workspaceId, id)).nodes).toMatchObject([
      { nodeId: 'a', entered: 3, waiting: 0, passed: 3 },
      { nodeId: 'end', entered: 1, passed: 1 },
      { nodeId: 'w', entered: 3, waiting: 2, passed: 1, timedOut: 0 },
    ])
    await shop.after(2 * hour)
    for (const one of (await shop.room.journeys.counters(shop.workspaceId, id)).nodes) {
      expect(one.entered).toBe(one.waiting + one.passed + one.timedOut + one.failed + one.left)
    }
    expect(await shop.room.journeys.list(shop.workspaceId)).toMatchObject([{ id, entered: 3, active: 0, finished: 3 }])
    const page = await shop.room.journeys.runs(shop.caller, id, { state: 'finished' }, null, 2)
    const rest = await shop.room.journeys.runs(shop.caller, id, { state: 'finished' }, page.nextCursor, 2)
    expect([page.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null])
    const { run, steps } = await shop.room.journeys.run(shop.caller, id, (await shop.runs(id)).find((one) => one.person === 1)?.id ?? '')
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
  const merge = () => shop.stores.db.tx((tx) => shop.room.mergeConsumer(tx, shop.workspaceId, 1, 2))
  const definition = (reentry: string) =>
    defineJourney('w', [waitEvent('w', 'Coupon Claimed', 5, 'end', 'a'), send('a', 'end'), end], { reentry })

  test('have one run of a journey entered once: the older one, which hears the other’s events', async () => {
    const id = await shop.live(definition('never'))
    await shop.happens(1, 'Signed Up')
    await shop.after(minute)
    await shop.happens(2, 'Signed Up')
    await shop.after(minute)
    await merge()
    expect(await shop.runs(id)).toMatchObject([
      { person: 2, state: 'exited', result: 'merged' },
      { person: 2, state: 'waiting' },
    ])
    await shop.after(6 * hour)
    expect(await shop.messages()).toEqual(['2 hello'])
  })

  test('keep both where it may be entered every time', async () => {
    const id = await shop.live(definition('every_time'))
    await shop.happens(1, 'Signed Up')
    await shop.happens(2, 'Signed Up')
    await shop.after(0)
    await merge()
    await shop.happens(2, 'Coupon Claimed')
    await shop.after(6 * hour)
    expect(await shop.runs(id)).toMatchObject([
      { state: 'finished', person: 2 },
      { state: 'finished', person: 2 },
    ])
    expect(await shop.messages()).toEqual([])
  })

  test('take along news that nobody has read yet', async () => {
    const id = await shop.live(definition('never'))
    await shop.happens(2, 'Signed Up')
    await shop.after(0)
    await shop.happens(1, 'Coupon Claimed')
    await merge()
    await shop.after(6 * hour)
    expect(await shop.runs(id)).toMatchObject([{ person: 2, state: 'finished', nodeId: 'end' }])
    expect(await shop.messages()).toEqual([])
  })
})

describe('playbooks', () => {
  test('install once, as drafts; again changes nothing', async () => {
    const listed = async () => (await shop.room.playbooks.list(shop.workspaceId)).find((one) => one.key === 'new-user-activation')
    expect(await listed()).toMatchObject({ installed: false })
    const { journeyIds: ids, parts } = await shop.room.playbooks.install(shop.caller, 'new-user-activation')
    expect(parts.filter(({ part }) => part === 'journeys')).toMatchObject([{ key: 'new_user_activation', added: true }])
    const again = await shop.room.playbooks.install(shop.caller, 'new-user-activation')
    expect(again.journeyIds).toEqual(ids)
    expect(again.parts.filter(({ part }) => part === 'journeys')).toMatchObject([{ key: 'new_user_activation', added: false }])
    expect(await listed()).toMatchObject({ installed: true })
    expect(await shop.room.journeys.list(shop.workspaceId)).toMatchObject([{ id: ids[0], status: 'draft' }])
    expect((await shop.room.journeys.detail(shop.workspaceId, ids[0] ?? '')).problems).toEqual([])
  })
})
