import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import type { TestApp } from '../harness/app.ts'
import { type Definition, end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Some are spread over the ways of a split, and the rest wait for the way that does best; some are held out.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
})
afterAll(() => app.close())

const crowd = Array.from({ length: 40 }, (_, i) => `u${i}`)
let serial = 0
/** One event of each, in the same moment. */
async function all(users: readonly string[], event: string): Promise<void> {
  await app.events(users.map((userId) => ({ type: 'track', userId, event, messageId: `c${serial++}`, properties: {} })))
  await app.settle()
}

type Winner = NonNullable<Extract<Nodes[number], { kind: 'split' }>['winner']>
const hours = (amount: number) => ({ amount, unit: 'hour' as const })
const winnerOf = (more: Partial<Winner> = {}): Winner => ({
  explore: 50,
  for: hours(8),
  measure: { kind: 'goal', goal: 'goal' },
  within: hours(8),
  ...more,
})
const contest = (winner: Winner): Nodes => [
  {
    id: 'ab',
    kind: 'split',
    winner,
    ways: [
      { id: 'a', share: 50, next: 'ea' },
      { id: 'b', share: 50, next: 'eb' },
    ],
  },
  end('ea'),
  end('eb'),
]
const paid = (event: string): Partial<Definition> => ({ goal: { event: `${event} Paid`, window: { amount: 20, unit: 'day' } } })
const live = (event: string, winner: Partial<Winner> = {}) =>
  shop.live(event, 'ab', contest(winnerOf(winner)), { ...paid(event), reentry: 'every_time' })

const of = (places: Record<string, string>, prefix: string) => Object.keys(places).filter((user) => places[user]?.startsWith(prefix))
async function found(id: string, version?: number) {
  const { experiments } = await app.call('journeyExperiments', { params: { id }, query: version === undefined ? {} : { version } })
  const [first] = experiments
  if (!first) throw new Error('nothing is compared')
  return first
}
const decide = (id: string, way: string | null, version = 1) =>
  app.call('journeyContestDecide', { params: { id, node: 'ab' }, body: { version, way } })

/** Everybody comes, and those at `b` pay; answers who waits. */
async function tried(id: string, event: string, users = crowd): Promise<{ a: string[]; b: string[]; waiting: string[] }> {
  await all(users, event)
  const places = await shop.runsOf(id)
  const [a, b, waiting] = [of(places, 'ea'), of(places, 'eb'), of(places, 'ab')]
  await all(b, `${event} Paid`)
  return { a, b, waiting }
}

describe('the rest go to the winner when the time is over', () => {
  test.each([
    ['Midnight', '2026-03-02T20:00:00-05:00', '2026-03-03T04:00:00-05:00'],
    ['Spring', '2026-03-08T00:30:00-05:00', '2026-03-08T09:30:00-04:00'],
    ['Month', '2026-04-30T20:00:00-04:00', '2026-05-01T04:00:00-04:00'],
    ['Autumn', '2026-11-01T00:30:00-04:00', '2026-11-01T07:30:00-05:00'],
  ])('%s', async (event, from, due) => {
    await shop.at(from)
    const id = await live(event)
    const { a, b, waiting } = await tried(id, event)
    expect([a.length, b.length, waiting.length].every((count) => count > 0)).toBe(true)
    expect([...a, ...b, ...waiting].toSorted()).toEqual(crowd.toSorted())
    expect(new Set(of(await shop.runsOf(id), `ab ${instant(due)}`))).toEqual(new Set(waiting))
    expect((await found(id)).contest).toMatchObject({ decided: null, dueAt: instant(due), waiting: waiting.length })

    await shop.at(new Date(Date.parse(due) - 1).toISOString())
    expect(of(await shop.runsOf(id), 'ab')).toHaveLength(waiting.length)
    await shop.at(due)
    const places = await shop.runsOf(id)
    expect(of(places, 'eb').toSorted()).toEqual([...b, ...waiting].toSorted())
    const { contest, arms } = await found(id)
    expect(contest?.decided).toMatchObject({ at: instant(due), by: null, reason: 'sure', way: 'b' })
    const [first, second] = contest?.decided?.ways ?? []
    expect([first?.people, first?.successes, second?.people, second?.successes]).toEqual([a.length, 0, b.length, b.length])
    expect(second?.probability).toBeGreaterThan(0.95)
    // Whom the decision led is in no comparison.
    expect(arms.map(({ people, led }) => [people, led])).toEqual([
      [a.length, 0],
      [b.length, waiting.length],
    ])

    // Newcomers take the winner at once; whoever was spread keeps her way, whoever waited takes the winner again.
    await all(['late', ...a, ...waiting], event)
    const again = await shop.runsOf(id)
    expect(of(again, 'ea').toSorted()).toEqual(a.toSorted())
    expect(again.late).toBe('eb finished')
    const stories = await shop.storiesOf(id, 'how')
    expect(stories.late?.[1]).toEqual(['ab', 'passed', 'winner'])
    expect(stories[a[0] ?? '']?.[1]).toEqual(['ab', 'passed', 'before'])
  })
})

test('a pause holds the decision and those who wait; resumed, both go on', async () => {
  await shop.at('2026-11-10T12:00:00-05:00')
  const id = await live('Paused')
  const { b, waiting } = await tried(id, 'Paused')
  await app.call('journeyPause', { params: { id } })
  await shop.at('2026-11-10T23:00:00-05:00')
  expect((await found(id)).contest).toMatchObject({ decided: null, waiting: waiting.length })
  await app.call('journeyResume', { params: { id } })
  await app.settle()
  expect((await found(id)).contest).toMatchObject({ decided: { at: instant('2026-11-10T23:00:00-05:00'), way: 'b' }, waiting: 0 })
  expect(of(await shop.runsOf(id), 'eb').toSorted()).toEqual([...b, ...waiting].toSorted())
})

test('when nothing is sure the way that was named is taken, or everybody goes on being spread', async () => {
  await shop.at('2026-11-12T12:00:00-05:00')
  const [named, open] = [await live('Unsure', { otherwise: 'a' }), await live('Open')]
  await all(crowd, 'Unsure')
  await all(crowd, 'Open')
  await shop.at('2026-11-12T20:00:00-05:00')
  expect((await found(named)).contest?.decided).toMatchObject({ reason: 'otherwise', way: 'a' })
  expect((await found(open)).contest?.decided).toMatchObject({ reason: 'spread', way: null })
  const places = await shop.runsOf(open)
  expect(of(places, 'ea').length + of(places, 'eb').length).toBe(crowd.length)
  expect((await found(open)).arms.reduce((sum, arm) => sum + arm.people, 0)).toBe(crowd.length)
})

test('with enough people at each way it is decided when the last of them has had the time of a success', async () => {
  await shop.at('2026-11-14T08:00:00-05:00')
  const id = await live('Full', { for: { amount: 5, unit: 'day' }, people: 2, within: hours(3) })
  const { waiting } = await tried(id, 'Full')
  await shop.at('2026-11-14T11:00:00-05:00')
  expect((await found(id)).contest).toMatchObject({ filledAt: instant('2026-11-14T08:00:00-05:00'), waiting: 0 })
  expect((await found(id)).contest?.decided).toMatchObject({ at: instant('2026-11-14T11:00:00-05:00'), way: 'b' })
  expect(waiting.length).toBeGreaterThan(0)
})

test('decided by hand, those who wait go on at once; opened again, newcomers wait anew; both are in the audit', async () => {
  await shop.at('2026-11-16T08:00:00-05:00')
  const id = await live('Hand', { for: { amount: 5, unit: 'day' } })
  const { a, waiting } = await tried(id, 'Hand')
  await expect(decide(id, 'c')).rejects.toThrow('no such way')
  await expect(decide(id, 'a', 7)).rejects.toThrow('Nobody has come')
  await decide(id, 'a')
  await app.settle()
  expect(of(await shop.runsOf(id), 'ea').toSorted()).toEqual([...a, ...waiting].toSorted())
  expect((await found(id)).contest).toMatchObject({ decided: { reason: 'by_hand', way: 'a' }, looks: 1, waiting: 0 })
  expect((await found(id)).contest?.decided?.by).not.toBeNull()

  await app.call('journeyContestReopen', { params: { id, node: 'ab' }, body: { version: 1 } })
  await expect(app.call('journeyContestReopen', { params: { id, node: 'ab' }, body: { version: 1 } })).rejects.toThrow('is open')
  const fresh = Array.from({ length: 20 }, (_, i) => `fresh${i}`)
  await all(fresh, 'Hand')
  const { contest } = await found(id)
  expect(contest).toMatchObject({ decided: null, dueAt: instant('2026-11-21T08:00:00-05:00') })
  expect(contest?.waiting).toBeGreaterThan(0)
  const { items } = await app.callAsAdmin('audit', {})
  expect(items.map((one) => one.action).filter((action) => action.startsWith('journey.contest'))).toEqual([
    'journey.contest_reopen',
    'journey.contest_decide',
  ])
})

test('a new version looks anew, and those who wait in the old one go by its decision', async () => {
  await shop.at('2026-11-23T08:00:00-05:00')
  const id = await live('Version')
  const { waiting } = await tried(id, 'Version')
  const { draftRevision } = await app.call('journey', { params: { id } })
  const definition: Definition = {
    ...{ trigger: { kind: 'event', event: 'Version' }, reentry: 'every_time', start: 'ab' },
    ...{ nodes: contest(winnerOf({ for: hours(20) })), ...paid('Version') },
  }
  await app.call('journeyDraft', { params: { id }, body: { name: 'Version', definition, draftRevision } })
  await app.call('journeyPublish', { params: { id } })
  await all(['second1', 'second2', 'second3', 'second4', 'second5', 'second6', 'second7', 'second8'], 'Version')
  await shop.at('2026-11-23T16:00:00-05:00')
  expect((await found(id, 1)).contest).toMatchObject({ decided: { way: 'b' }, waiting: 0 })
  expect((await found(id, 2)).contest?.decided).toBeNull()
  expect(waiting.length).toBeGreaterThan(0)
  // The counters of each version, and of both.
  const entered = async (query: object) =>
    (await app.call('journeyCounters', { params: { id }, query })).nodes.find((node) => node.nodeId === 'ab')?.entered
  expect([await entered({ version: 1 }), await entered({ version: 2 }), await entered({})]).toEqual([crowd.length, 8, crowd.length + 8])
  // Both spread people alike: their people are counted together.
  const together = await found(id)
  expect(together.versions).toEqual([2, 1])
})

test('an event within its time after taking the way is a measure of its own, and is in no list of goals', async () => {
  await shop.at('2026-12-01T08:00:00-05:00')
  const id = await live('Event', { measure: { kind: 'event', event: 'Event Viewed', filters: [] }, within: hours(2) })
  await all(crowd, 'Event')
  const places = await shop.runsOf(id)
  const [a, b] = [of(places, 'ea'), of(places, 'eb')]
  await all(b, 'Event Viewed')
  await shop.at('2026-12-01T12:00:00-05:00')
  // Too late to count.
  await all(a, 'Event Viewed')
  await shop.at('2026-12-01T16:00:00-05:00')
  expect((await found(id)).contest?.decided).toMatchObject({ way: 'b', ways: [{ successes: 0 }, { successes: b.length }] })
  expect((await app.call('journeyGoals', { params: { id } })).goals.map((goal) => goal.id)).toEqual(['goal'])
})

test('who is held out is the same in every journey of the group, stays so in a larger share, and is counted for the goals', async () => {
  await shop.at('2026-12-10T08:00:00-05:00')
  const many = Array.from({ length: 120 }, (_, i) => `h${i}`)
  const save = (share: number, until: string | null = null) =>
    app.call('holdoutGroupSave', { body: { key: 'always', name: '一直留出', share, until } })
  await expect(shop.live('None', 'h', [{ id: 'h', kind: 'holdout', group: 'always', next: 'e' }, end('e')])).rejects.toThrow()
  await save(30)
  const nodes = (held?: string): Nodes => [
    { id: 'h', kind: 'holdout', group: 'always', next: 'e', ...(held ? { held } : {}) },
    end('e'),
    ...(held ? [end(held)] : []),
  ]
  const [one, other] = [await shop.live('Hold', 'h', nodes(), paid('Hold')), await shop.live('Keep', 'h', nodes('kept'), paid('Keep'))]
  await all(many, 'Hold')
  await all(many, 'Keep')
  const held = of(await shop.runsOf(one), 'h ')
  expect(held.length).toBeGreaterThan(15)
  expect(held.length).toBeLessThan(60)
  expect(of(await shop.runsOf(other), 'kept').toSorted()).toEqual(held.toSorted())
  expect(await shop.waysOf(one, 'h')).toEqual({ next: many.length - held.length, held: held.length })

  await all(many.slice(0, 60), 'Hold Paid')
  const { arms, sampleRatio } = await found(one)
  // The share of a group may have been another one.
  expect(sampleRatio).toBeNull()
  expect(arms.map(({ way, people, control }) => [way, people, control])).toEqual([
    ['next', many.length - held.length, false],
    ['held', held.length, true],
  ])
  const heldPaid = held.filter((user) => Number(user.slice(1)) < 60).length
  expect(arms[1]?.goals[0]).toMatchObject({ goal: 'goal', successes: heldPaid, overControl: null })
  expect(arms[0]?.goals[0]?.successes).toBe(60 - heldPaid)

  await save(60)
  await all(many, 'Hold')
  const more = of(await shop.runsOf(one), 'h ')
  expect(more).toEqual(expect.arrayContaining(held))
  expect(more.length).toBeGreaterThan(held.length)
  await expect(app.call('holdoutGroupDelete', { params: { key: 'always' } })).rejects.toThrow('is used by journeys')
  await save(60, instant('2026-12-11T00:00:00-05:00'))
  await shop.at('2026-12-12T00:00:00-05:00')
  await all(many, 'Hold')
  expect(of(await shop.runsOf(one), 'h ')).toEqual([])
})

test('runs in history count as before', async () => {
  await shop.at('2027-01-04T08:00:00-05:00')
  const id = await live('History')
  await tried(id, 'History')
  await shop.at('2027-01-04T16:00:00-05:00')
  const before = await found(id)
  await shop.at('2027-04-20T08:00:00-05:00')
  for (let turn = 0; turn < 20; turn++) await app.settle()
  const left = await app.db.one<{ runs: number; goals: number }>(sql`
    select (select count(*) from journey_runs where journey_id = ${id}) as runs, (select count(*) from journey_goals where journey_id = ${id}) as goals`)
  expect(left).toEqual({ runs: 0, goals: 0 })
  expect(await found(id)).toEqual(before)
})
