import { journeyDefinitionSchema } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIdentity } from '../../src/identity/index.ts'
import { simulate } from '../../src/journeys/rehearsal/simulate.ts'
import type { RehearsedEffect } from '../../src/journeys/rehearsal/tally.ts'
import { createQuery, matchesFilters, zoneOf } from '../../src/query/index.ts'
import type { TestApp } from '../harness/app.ts'
import { type Draft, day, effectsOf, hour, live, openRehearsedShop, shopping } from '../harness/rehearsed-shop.ts'

// What journeys did to people as their history was lived, next to what they do when that history is played.

const timeZone = 'America/New_York'
// The clocks go forward on 8 March 2026.
const from = Date.parse('2026-03-06T05:00:00Z')
const days = 5
const to = from + (days + 2) * day

const viewed = (times: number, within: number) => ({
  kind: 'event' as const,
  event: 'Viewed',
  filters: [],
  window: { kind: 'rolling' as const, amount: within, unit: 'day' as const },
  measure: { fn: 'count' as const },
  op: 'gte' as const,
  value: times,
})
const bought = { ...viewed(1, 30), event: 'Order Paid' }
const send = (id: string, template: string, next: string) => ({ id, kind: 'send' as const, channel: 'sms' as const, template, next })
const end = { id: 'end', kind: 'exit' as const }
const span = (amount: number, unit: 'minute' | 'hour' | 'day') => ({ amount, unit })

const journeys: Record<string, Draft> = {
  looks: {
    trigger: { kind: 'event', event: 'Viewed', filters: [{ property: 'price', op: 'gt', value: 40 }] },
    reentry: 'after_exit',
    exits: [{ kind: 'event', event: 'Order Paid' }],
    start: 'w',
    nodes: [
      { id: 'w', kind: 'wait', duration: span(30, 'minute'), next: 'c' },
      { id: 'c', kind: 'condition', rule: viewed(3, 1), next: 'many', otherwise: 'few' },
      send('many', 'hello', 'end'),
      send('few', 'remind', 'end'),
      end,
    ],
  },
  cart: {
    trigger: {
      kind: 'event_absence',
      event: 'Added',
      none: [{ event: 'Order Paid' }],
      within: span(1, 'hour'),
      same: { first: 'item', none: 'item' },
    },
    reentry: 'every_time',
    start: 's',
    nodes: [
      send('s', 'remind', 'w'),
      { id: 'w', kind: 'wait_event', match: { event: 'Order Paid' }, timeout: span(1, 'day'), next: 'g', onTimeout: 'end' },
      { id: 'g', kind: 'grant', coupon: 'ten', next: 't', onFailure: 'none' },
      send('t', 'thanks', 'end'),
      send('none', 'remind', 'end'),
      end,
    ],
  },
  lively: {
    trigger: { kind: 'segment_entry', segment: 'lively' },
    reentry: 'every_time',
    exits: [{ kind: 'rule', rule: { kind: 'not', rule: { kind: 'segment', segment: 'lively' } } }],
    start: 'w',
    nodes: [
      { id: 'w', kind: 'wait_until', until: { kind: 'time', at: '09:00' }, next: 's' },
      send('s', 'hello', 'w2'),
      { id: 'w2', kind: 'wait', duration: span(20, 'hour'), next: 's2' },
      send('s2', 'thanks', 'end'),
      end,
    ],
  },
  daily: {
    trigger: {
      kind: 'schedule',
      audience: { kind: 'rule', rule: { kind: 'all', rules: [viewed(1, 2), { kind: 'not', rule: bought }] } },
      at: '02:30',
      repeat: { kind: 'daily' },
    },
    reentry: { kind: 'after_days', days: 2 },
    start: 'half',
    nodes: [
      {
        id: 'half',
        kind: 'split',
        ways: [
          { id: 'a', share: 50, next: 'tag' },
          { id: 'b', share: 50, next: 'say' },
        ],
      },
      { id: 'tag', kind: 'set_tag', tag: 'gold', change: 'give', next: 's' },
      { id: 'say', kind: 'set_attribute', attribute: 'seen', value: { kind: 'literal', value: 'yes' }, next: 's' },
      send('s', 'hello', 'end'),
      end,
    ],
  },
  golden: {
    trigger: { kind: 'tag_entry', tag: 'gold' },
    reentry: 'every_time',
    start: 'w',
    nodes: [
      {
        id: 'w',
        kind: 'wait_rule',
        rule: { ...bought, window: { kind: 'rolling', amount: 1, unit: 'day' } },
        timeout: span(1, 'day'),
        next: 's',
        onTimeout: 'r',
      },
      send('s', 'thanks', 'end'),
      { id: 'r', kind: 'repeat_check', rule: bought, every: span(6, 'hour'), times: 3, next: 's', onTimeout: 'l' },
      send('l', 'remind', 'end'),
      end,
    ],
  },
  dated: {
    trigger: { kind: 'date', attribute: 'due', yearly: false, days: 0, at: '10:00' },
    entryRule: { kind: 'attribute', filter: { property: 'level', op: 'eq', value: 'a' } },
    reentry: 'every_time',
    limits: { total: 4, perHour: 2 },
    start: 'w',
    nodes: [
      {
        id: 'w',
        kind: 'wait_until',
        until: { kind: 'date', attribute: 'due', yearly: false, days: 1, at: '21:30', otherwise: 's' },
        next: 's',
      },
      send('s', 'hello', 'end'),
      end,
    ],
  },
  // Nobody answers in either: they time out, or the customer leaves.
  asked: {
    trigger: { kind: 'event', event: 'Viewed' },
    reentry: 'after_exit',
    exits: [{ kind: 'event', event: 'Order Paid' }],
    start: 'call',
    nodes: [
      {
        ...{ id: 'call', kind: 'human_task', title: 'Call', due: span(20, 'hour'), onTimeout: 's' },
        ways: [{ id: 'done', next: 'end' }],
      },
      send('s', 'hello', 'twice'),
      {
        ...{ id: 'twice', kind: 'human_task', title: 'Call again', due: span(5, 'hour'), onTimeout: 'end' },
        ways: [{ id: 'done', next: 'end' }],
      },
      end,
    ],
  },
  wins: {
    trigger: { kind: 'event', event: 'Viewed' },
    reentry: 'every_time',
    goal: { event: 'Order Paid', window: span(2, 'day') },
    start: 'h',
    nodes: [
      { id: 'h', kind: 'holdout', group: 'everywhere', next: 'ab' },
      {
        id: 'ab',
        kind: 'split',
        winner: { explore: 50, for: span(2, 'day'), measure: { kind: 'goal', goal: 'goal' }, within: span(1, 'day'), enough: 60 },
        ways: [
          { id: 'a', share: 50, next: 'sa' },
          { id: 'b', share: 50, next: 'sb' },
        ],
      },
      send('sa', 'hello', 'own'),
      send('sb', 'remind', 'own'),
      { id: 'own', kind: 'holdout', share: 40, next: 'early', held: 'kept' },
      send('kept', 'thanks', 'end'),
      {
        id: 'early',
        kind: 'split',
        winner: {
          explore: 70,
          for: span(4, 'day'),
          people: 1,
          measure: { kind: 'event', event: 'Added' },
          within: span(6, 'hour'),
          enough: 90,
          otherwise: 'y',
        },
        ways: [
          { id: 'x', share: 50, next: 'sx' },
          { id: 'y', share: 50, next: 'sy' },
        ],
      },
      send('sx', 'hello', 'end'),
      send('sy', 'remind', 'end'),
      end,
    ],
  },
  left: {
    trigger: { kind: 'segment_exit', segment: 'lively' },
    reentry: 'every_time',
    start: 'b',
    nodes: [
      {
        id: 'b',
        kind: 'branch',
        ways: [{ id: 'a', rule: { kind: 'attribute', filter: { property: 'level', op: 'eq', value: 'a' } }, next: 'win' }],
        otherwise: 's',
      },
      { id: 'win', kind: 'wait_until', until: { kind: 'window', weekdays: [1, 2, 3, 4, 5], from: '10:00', to: '12:00' }, next: 's' },
      send('s', 'remind', 'end'),
      end,
    ],
  },
}

let app: TestApp
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await openRehearsedShop(timeZone)
  app.clock.set(new Date(from).toISOString())
  for (const key of ['hello', 'remind', 'thanks'])
    await app.call('templateCreate', { body: { key, name: key, channel: 'sms', content: { kind: 'sms', text: key }, linkUrl: '' } })
  await app.call('tagCreate', { body: { key: 'gold', name: '金', layer: 'basic', mode: 'static', rule: null } })
  await app.call('segmentCreate', { body: { key: 'lively', name: '活跃', mode: 'dynamic', rule: viewed(3, 1) } })
  await app.call('couponCreate', {
    body: { key: 'ten', name: '十元', kind: 'amount_off', value: 1_000, thresholdFen: 0, stock: 5, perPersonMax: 1, validDays: 3 },
  })
  await app.settle()
  await app.call('holdoutGroupSave', { body: { key: 'everywhere', name: '全局对照', share: 30, until: null } })
  for (const [name, definition] of Object.entries(journeys)) {
    const { id } = await app.call('journeyCreate', { body: { name, definition } })
    await app.call('journeyPublish', { params: { id } })
    ids[name] = id
  }
  await app.settle()
  await live(app, shopping(7, 8, from + hour, days), to)
}, 280_000)
afterAll(() => app.close())

/** The effects of the journey, played over all that was recorded. */
async function played(journeyId: string, definition: Draft): Promise<string[]> {
  const identity = createIdentity({ db: app.db, clickhouse: app.clickhouse })
  const query = createQuery({ clickhouse: app.clickhouse, profilesOf: identity.livingProfiles })
  const people = await query.peopleAfter(app.workspaceId, 0, 1_000)
  const effects: RehearsedEffect[] = []
  await simulate(
    {
      query,
      matchesFilters,
      resolved: (rules) => app.chaoxi.house.tags.resolved(app.workspaceId, rules),
      addressees: null,
      effect: (effect) => effects.push(effect),
    },
    {
      workspaceId: app.workspaceId,
      journeyId,
      version: 1,
      definition: journeyDefinitionSchema.parse(definition),
      zone: zoneOf(timeZone),
      from,
      to,
      people,
      dense: true,
      policy: { timeZone, quietHours: { start: '21:00', end: '08:00' }, marketingCap: { max: 100, hours: 24 } },
      coupons: new Map([['ten', { key: 'ten', stock: 5, perPersonMax: 1, active: true, validDays: 3, texts: {}, claims: [] }]]),
      missingTemplates: new Set(),
      holdouts: new Map([['everywhere', { share: 30, until: null }]]),
      validHours: new Map(),
      valuesOf: () => [],
      storiesMax: 10,
    },
  )
  const profiles = await identity.profiles(app.workspaceId, people)
  return effects
    .flatMap(({ at, personId, node, visit, what }) => {
      const line = (text: string) => [`${new Date(at).toISOString()} ${profiles.get(personId)?.userId} ${node} ${visit} ${text}`]
      if (what.kind === 'message') return line(`${what.channel} ${what.template}`)
      if (what.kind === 'task') return line('task')
      return what.kind === 'grant' ? line(`grant ${what.coupon}`) : []
    })
    .toSorted()
}

test.each(Object.entries(journeys))('%s: lived and played come to the same effects, byte for byte', async (name, definition) => {
  const lived = await effectsOf(app, ids[name] ?? '')
  expect(lived.length).toBeGreaterThan(1)
  expect(await played(ids[name] ?? '', definition)).toEqual(lived)
})

test('what colleagues are taken to answer leads their ways in those shares, and the findings say so', async () => {
  const id = ids.asked ?? ''
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const played = async (answers: Record<string, Record<string, number>>) => {
    const asked = await app.call('journeyRehearse', { params: { id }, body: { ...span, version: 'live', reach: 'everyone', answers } })
    await app.settle()
    return (await app.call('journeyRehearsal', { params: { id, rehearsal: asked.id } })).result
  }
  const at = (result: Awaited<ReturnType<typeof played>>) => result?.nodes.find((node) => node.nodeId === 'call')
  const nobody = await played({})
  const all = await played({ call: { done: 100 } })
  expect([at(nobody)?.passed, at(all)?.timedOut]).toEqual([0, 0])
  expect(at(all)?.ways).toEqual([{ way: 'done', passed: at(all)?.passed }])
  expect(at(all)?.passed).toBeGreaterThan(1)
  const percents = (result: Awaited<ReturnType<typeof played>>) =>
    result?.advice.flatMap((one) => (one.kind === 'answers_assumed' ? [[one.nodeId, one.percent]] : []))
  expect(percents(all)).toEqual([
    ['call', 100],
    ['twice', 0],
  ])
  expect(percents(nobody)).toEqual([
    ['call', 0],
    ['twice', 0],
  ])
  await expect(played({ call: { gone: 10 } })).rejects.toThrow(/the task has no result/)
})

test('a search for a winner was decided in life, once for each split', async () => {
  const { experiments } = await app.call('journeyExperiments', { params: { id: ids.wins ?? '' } })
  const decided = experiments.flatMap(({ contest }) => (contest === null ? [] : [contest.decided?.reason]))
  expect(decided).toHaveLength(2)
  expect(decided).not.toContain(undefined)
  expect(experiments.flatMap(({ contest }) => contest?.looks ?? [])).toEqual([1, 1])
})

test('asked for over the API, it tells who would come in, what would go out and what the gate would stop', async () => {
  const id = ids.cart ?? ''
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const asked = await app.call('journeyRehearse', { params: { id }, body: { ...span, version: 'live', reach: 'everyone' } })
  expect(asked).toMatchObject({ state: 'waiting', version: 1, draftRevision: null, result: null })
  await app.settle()
  const { state, result, people } = await app.call('journeyRehearsal', { params: { id, rehearsal: asked.id } })
  expect(state).toBe('done')
  const lived = await effectsOf(app, id)
  const messages = lived.filter((line) => !line.includes('grant'))
  const sent = result?.nodes.reduce((sum, node) => sum + node.sent, 0) ?? 0
  expect(sent + (result?.held ?? 0)).toBe(messages.length)
  expect(result).toMatchObject({ people: 8, peopleInAll: 8, leftOut: 0, entries: lived.filter((line) => line.includes(' s 1 ')).length })
  expect(result?.hours.reduce((sum, count) => sum + count, 0)).toBe(sent)
  // Quiet from 21 to 8 by New York's clocks, on the day too on which they go forward.
  expect(result?.hours.map((count, local) => (local >= 8 && local < 21 ? 0 : count)).every((count) => count === 0)).toBe(true)
  expect(result?.nodes.find((node) => node.nodeId === 's')?.waited).toBeGreaterThan(0)
  expect(people.length).toBeGreaterThan(2)

  // Nobody has said yes to marketing, and nobody has a telephone.
  const strict = await app.call('journeyRehearse', { params: { id }, body: { ...span, version: 'live' } })
  await app.settle()
  const recorded = await app.call('journeyRehearsal', { params: { id, rehearsal: strict.id } })
  const stopped = recorded.result?.nodes.flatMap((node) => node.dropped) ?? []
  expect(new Set(stopped.map(({ reason }) => reason))).toEqual(new Set(['no_address']))
  expect(stopped.reduce((sum, { count }) => sum + count, 0)).toBe(messages.length)
  expect((await app.call('journeyRehearsals', { params: { id } })).items.map((one) => one.id)).toEqual([strict.id, asked.id])
})

test('what cannot be played is refused in words', async () => {
  const id = ids.cart ?? ''
  const ask = (body: object) => app.call('journeyRehearse', { params: { id }, body })
  const [begin, end] = [new Date(from).toISOString(), new Date(to).toISOString()]
  await expect(ask({ from: end, to: begin })).rejects.toThrow('The rehearsal has no time to play')
  await expect(ask({ from: begin, to: new Date(to + 900 * day).toISOString() })).rejects.toThrow('What has not happened yet')
  await expect(ask({ from: new Date(from - 100 * day).toISOString(), to: end })).rejects.toThrow('A rehearsal plays at most 92 days')
})
