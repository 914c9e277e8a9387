import type { CallInput, TaskView } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminEmail, type TestApp } from '../harness/app.ts'
import { type Definition, end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Tasks for colleagues: given by a journey, done by people, and what becomes of the run.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
})
afterAll(() => app.close())

const hours = (amount: number) => ({ amount, unit: 'hour' as const })
type TaskNode = Extract<Nodes[number], { kind: 'human_task' }>
const call = (more: Partial<TaskNode> = {}): Nodes => [
  {
    id: 'call',
    kind: 'human_task',
    title: 'Call {{ customer.name | default: "the customer" }} about {{ event.item }}',
    instructions: 'Ring {{ customer.phone }}',
    ways: [
      { id: 'yes', name: 'Wants it', next: 'yes' },
      { id: 'no', name: '', next: 'no' },
    ],
    due: hours(24),
    onTimeout: 'late',
    ...more,
  },
  end('yes'),
  end('no'),
  end('late'),
]
const live = (event: string, more: Partial<TaskNode> = {}, settings: Partial<Definition> = {}) =>
  shop.live(event, 'call', call(more), settings)

const open = async (journey: string): Promise<TaskView[]> => (await app.call('tasks', { query: { journey } })).items
async function only(journey: string, state: 'open' | 'closed' = 'open'): Promise<TaskView> {
  const { items } = await app.call('tasks', { query: { journey, state } })
  const [task] = items
  if (!task || items.length > 1) throw new Error(`${items.length} tasks are ${state}`)
  return task
}
let keys = 0
async function answer(task: string, outcome: string, more: Partial<NonNullable<CallInput<'taskAnswer'>['body']>> = {}) {
  const done = await app.call('taskAnswer', { params: { id: task }, body: { outcome, key: `k${keys++}`, ...more } })
  await app.settle()
  return done
}

describe('a task', () => {
  test('rests until somebody chooses a result, and the run goes that way: over midnight and the end of a month', async () => {
    await shop.at('2026-01-31T20:00:00-05:00')
    const id = await live('Asked')
    await app.events([{ type: 'identify', userId: 'ann', traits: { name: 'Ann', phone: '13800138000' } }])
    await shop.happens('ann', 'Asked', { item: 'the blue coat' })
    const task = await only(id)
    expect(task).toMatchObject({ title: 'Call Ann about the blue coat', state: 'open', dueAt: instant('2026-02-01T20:00:00-05:00') })
    expect(await shop.runsOf(id)).toEqual({ ann: `call ${instant('2026-02-01T20:00:00-05:00')}` })
    expect((await app.call('task', { params: { id: task.id } })).instructions).toContain('138')
    await shop.at('2026-02-01T19:59:00-05:00')
    const done = await answer(task.id, 'yes', { note: 'on Saturday' })
    expect(done).toMatchObject({ state: 'done', closed: { outcome: 'yes', note: 'on Saturday', at: instant('2026-02-01T19:59:00-05:00') } })
    expect(await shop.runsOf(id)).toEqual({ ann: 'yes finished' })
    expect((await shop.storiesOf(id, 'outcome', 'note', 'way')).ann?.find((line) => line[1] === 'passed')).toEqual([
      ...['call', 'passed', 'Wants it', 'on Saturday', 'yes'],
    ])
    expect(await shop.waysOf(id, 'call')).toEqual({ yes: 1 })
    // Long after its time: nothing more comes of it.
    await shop.at('2026-02-03T20:00:00-05:00')
    expect((await only(id, 'closed')).state).toBe('done')
  })

  test('is overdue when its time is over: a day is 24 hours when the clocks go forward, and when they go back', async () => {
    await shop.at('2026-03-07T20:00:00-05:00')
    const id = await live('Forward')
    await shop.happens('bob', 'Forward')
    await shop.at('2026-03-08T20:59:00-04:00')
    expect(await open(id)).toHaveLength(1)
    await shop.at('2026-03-08T21:00:00-04:00')
    expect(await only(id, 'closed')).toMatchObject({ state: 'overdue', closed: { by: null, outcome: null } })
    expect(await shop.runsOf(id)).toEqual({ bob: 'late finished' })

    await shop.at('2026-10-31T20:00:00-04:00')
    await shop.happens('cat', 'Forward')
    await shop.at('2026-11-01T18:59:00-05:00')
    expect(await open(id)).toHaveLength(1)
    await shop.at('2026-11-01T19:00:00-05:00')
    expect(await shop.runsOf(id)).toMatchObject({ cat: 'late finished' })
  })

  test('stays open in a pause, and goes on as the pause says', async () => {
    await shop.at('2026-11-10T10:00:00-05:00')
    const sent = await live('Sent')
    const anew = await live('Anew')
    const heard = await live('Heard')
    for (const event of ['Sent', 'Anew', 'Heard']) await shop.happens('dan', event)
    for (const id of [sent, heard]) await app.call('journeyPause', { params: { id } })
    await app.call('journeyPause', { params: { id: anew }, query: { policy: 'replan' } })
    await shop.at('2026-11-12T10:00:00-05:00')
    for (const id of [sent, anew, heard]) expect((await only(id)).state).toBe('open')
    await answer((await only(heard)).id, 'no')
    expect(await shop.runsOf(heard)).toEqual({ dan: 'call active' })
    for (const id of [sent, anew, heard]) await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await shop.runsOf(sent)).toEqual({ dan: 'late finished' })
    expect(await shop.runsOf(heard)).toEqual({ dan: 'no finished' })
    expect((await only(anew)).dueAt).toBe(instant('2026-11-13T10:00:00-05:00'))
    expect(await shop.runsOf(anew)).toEqual({ dan: `call ${instant('2026-11-13T10:00:00-05:00')}` })
    await answer((await only(anew)).id, 'yes')
    expect(await shop.runsOf(anew)).toEqual({ dan: 'yes finished' })
  })

  test('is withdrawn with its reason when the run leaves, at once', async () => {
    await shop.at('2026-11-20T10:00:00-05:00')
    const left = await live('Leaves', {}, { exits: [{ kind: 'event', event: 'Order Paid', filters: [] }] })
    const here = await live('LeavesHere', { exits: [{ kind: 'event', event: 'Refused', filters: [] }] })
    const shut = await live('Shut')
    for (const event of ['Leaves', 'LeavesHere', 'Shut']) await shop.happens('eve', event)
    const before = await only(left)
    await shop.happens('eve', 'Order Paid')
    await shop.happens('eve', 'Refused')
    await app.call('journeyArchive', { params: { id: shut } })
    await app.settle()
    const reasons = await Promise.all([left, here, shut].map(async (id) => (await only(id, 'closed')).closed?.reason))
    expect(reasons).toEqual(['exit_event.0', 'exit_event.call.0', 'journey_archived'])
    await expect(answer(before.id, 'yes')).rejects.toThrow(/409.*withdrawn at 2026-11-20/)
  })

  test('goes with a person who turns out to be another one, and of two runs that become one the younger’s is withdrawn', async () => {
    const id = await live('Merged', {}, { reentry: 'never' })
    await app.events([{ type: 'track', anonymousId: 'device', event: 'Merged', messageId: 'merged-1' }])
    await app.settle()
    await shop.happens('fay', 'Merged')
    expect(await open(id)).toHaveLength(2)
    await app.events([{ type: 'identify', userId: 'fay', anonymousId: 'device' }])
    await app.settle()
    const kept = await only(id)
    expect([kept.person.userId, (await only(id, 'closed')).closed?.reason]).toEqual(['fay', 'merged'])
    await answer(kept.id, 'yes')
    const { items } = await app.call('journeyRuns', { params: { id } })
    expect(items.map((run) => `${run.nodeId} ${run.state}`)).toEqual(['call exited', 'yes finished'])
  })

  test('is kept by whoever goes into a version with the same results, and withdrawn where these are others', async () => {
    await shop.at('2026-12-01T10:00:00-05:00')
    const same = await live('Same')
    const other = await live('Other')
    for (const event of ['Same', 'Other']) await shop.happens('gus', event)
    const change = async (id: string, more: Partial<TaskNode>) => {
      const { draft, draftRevision, name } = await app.call('journey', { params: { id } })
      const led = call(more).filter((node) => node.id !== 'no' || more.ways === undefined)
      await app.call('journeyDraft', { params: { id }, body: { name, draftRevision, definition: { ...draft, nodes: led } } })
      await app.call('journeyPublish', { params: { id } })
      await app.call('journeyInsidePlan', { params: { id }, body: { kind: 'move', mapping: { no: null }, waits: 'replan' } })
      await app.settle()
    }
    await change(same, { due: hours(48) })
    await change(other, { ways: [{ id: 'done', name: '', next: 'yes' }], title: 'Write', onTimeout: 'late' })
    expect(await only(same)).toMatchObject({ title: expect.stringContaining('Call'), dueAt: instant('2026-12-03T10:00:00-05:00') })
    expect((await only(other, 'closed')).closed?.reason).toBe('moved')
    expect((await only(other)).title).toBe('Write')
  })
})

describe('colleagues', () => {
  test('answer it once: of two at the same time one is refused, and told who it was and when', async () => {
    await shop.at('2026-12-10T10:00:00-05:00')
    const id = await live('Once')
    await shop.happens('hal', 'Once')
    const task = await only(id)
    const both = await Promise.allSettled([
      app.call('taskAnswer', { params: { id: task.id }, body: { outcome: 'yes', key: 'one' } }),
      app.callAsAdmin('taskAnswer', { params: { id: task.id }, body: { outcome: 'no', key: 'two' } }),
    ])
    const [refused] = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(refused).toMatch(/409.*answered the task at 2026-12-10T15:00/)
    await app.settle()
    const { closed } = await only(id, 'closed')
    expect(await shop.runsOf(id)).toEqual({ hal: `${closed?.outcome} finished` })
    // The same answer again is the same answer.
    const winner = closed?.outcome === 'yes' ? app.call : app.callAsAdmin
    const again = { params: { id: task.id }, body: { outcome: 'yes', key: closed?.outcome === 'yes' ? 'one' : 'two' } }
    expect((await winner('taskAnswer', again)).closed).toEqual(closed)
    expect((await app.call('task', { params: { id: task.id } })).history.map((one) => one.kind)).toEqual(['opened', 'done'])
  })

  test('answer at the last moment, while the loops run: either the answer counts or it is refused', async () => {
    const id = await live('Brink')
    for (let i = 0; i < 12; i++) await app.events([{ type: 'track', userId: `brink${i}`, event: 'Brink', messageId: `brink${i}` }])
    await app.settle()
    const tasks = await open(id)
    expect(tasks).toHaveLength(12)
    app.clock.set('2026-12-11T10:00:00-05:00')
    const answers = tasks.map((task) => app.call('taskAnswer', { params: { id: task.id }, body: { outcome: 'yes', key: task.id } }))
    const [given] = await Promise.all([Promise.allSettled(answers), app.settle()])
    await app.settle()
    const runs = await shop.runsOf(id)
    const { items } = await app.call('tasks', { query: { journey: id, state: 'closed' } })
    for (const [i, task] of tasks.entries()) {
      const counts = given[i]?.status === 'fulfilled'
      expect(items.find((one) => one.id === task.id)?.state).toBe(counts ? 'done' : 'overdue')
      expect(runs[task.person.userId ?? '']).toBe(counts ? 'yes finished' : 'late finished')
    }
  })

  test('take it, put it back, hand it over and comment on it; whoever has it is the one to answer', async () => {
    await shop.at('2026-12-20T10:00:00-05:00')
    const id = await live('Shared', { who: { kind: 'role', role: 'admin' }, priority: 'high' })
    for (const user of ['ida', 'jan']) await shop.happens(user, 'Shared')
    const [first, second] = await open(id)
    if (!first || !second) throw new Error('there are no tasks')
    expect(await app.callAsAdmin('taskCounts')).toMatchObject({ urgent: 2, newestUrgent: second.id })
    expect(await app.callAsAdmin('taskTake', { body: { ids: [first.id, second.id, 'tsk_none'] } })).toEqual({
      taken: [first.id, second.id],
      refused: [{ id: 'tsk_none', message: 'There is no task tsk_none' }],
    })
    expect((await app.call('taskTake', { body: { ids: [first.id] } })).refused[0]?.message).toMatch(/has had the task since 2026-12-20/)
    await expect(answer(first.id, 'yes')).rejects.toThrow(/409.*has had the task since/)
    const mine = await app.callAsAdmin('tasks', { query: { whose: 'mine', journey: id } })
    expect(mine.items.map((one) => one.id)).toEqual([first.id, second.id])
    await app.callAsAdmin('taskComment', { params: { id: first.id }, body: { text: 'nobody answers' } })
    await app.callAsAdmin('taskPutBack', { params: { id: first.id } })
    const handed = await app.call('taskHand', {
      params: { id: first.id },
      body: { who: { kind: 'member', email: adminEmail }, note: 'yours' },
    })
    expect(handed.history.map(({ kind, text }) => [kind, text])).toEqual([
      ...[
        ['opened', ''],
        ['taken', ''],
        ['comment', 'nobody answers'],
        ['put_back', ''],
        ['handed', 'yours'],
      ],
    ])
    expect(await answer(first.id, 'no')).toMatchObject({ state: 'done' })
    await expect(app.call('taskHand', { params: { id: second.id }, body: { who: { kind: 'member', email: 'x@y.z' } } })).rejects.toThrow(
      /nobody here has the address/,
    )
  })

  test('read them page by page, by due time and what is overdue first', async () => {
    const id = await live('Pages', { due: hours(5) })
    for (let i = 0; i < 5; i++) {
      app.clock.advance(60_000)
      await shop.happens(`page${i}`, 'Pages')
    }
    const first = await app.call('tasks', { query: { journey: id, limit: 3 } })
    const second = await app.call('tasks', { query: { journey: id, limit: 3, cursor: first.nextCursor ?? '' } })
    const due = [...first.items, ...second.items].map((task) => task.dueAt)
    expect([due.length, second.nextCursor]).toEqual([5, null])
    expect(due).toEqual(due.toSorted())
    await app.call('journeyPause', { params: { id } })
    app.clock.advance(6 * 3_600_000)
    const late = await app.callAsAdmin('taskCounts')
    expect(late.overdue).toBeGreaterThanOrEqual(5)
  })
})

test('a colleague who is not here, a text that cannot be read and a task without a title keep a journey from going live', async () => {
  const nodes = call({ title: ' ', instructions: '{{ customer.name', who: { kind: 'member', email: 'gone@shop.cn' } })
  const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'call', nodes }
  const { problems } = await app.call('journeyCheck', { body: { definition } })
  expect(problems.map((one) => one.path).sort()).toEqual(['nodes.0.instructions', 'nodes.0.title', 'nodes.0.who.email'])
})

test('a run takes its tasks along when it goes into history; the story keeps what was chosen', async () => {
  await shop.at('2027-01-10T10:00:00-05:00')
  const id = await live('Past')
  await shop.happens('kim', 'Past')
  await answer((await only(id)).id, 'yes', { note: 'fine' })
  await shop.at('2027-02-20T10:00:00-05:00')
  expect((await app.call('tasks', { query: { journey: id, state: 'closed' } })).items).toEqual([])
  expect((await shop.storiesOf(id, 'note')).kim?.find((line) => line[1] === 'passed')?.[2]).toBe('fine')
})
