import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestApp, writeKey } from '../harness/app.ts'
import { end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// What journeys make of what became of their own messages, through the whole program.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  const action = { kind: 'close' as const }
  const content = { kind: 'popup' as const, title: 'Hello', body: '', imageUrl: '', button: 'OK', action, validHours: 720 }
  await app.call('templateCreate', { body: { key: 'hello', name: 'hello', channel: 'popup', content, linkUrl: '' } })
  const again = { ...content, title: 'Again' }
  await app.call('templateCreate', { body: { key: 'again', name: 'again', channel: 'popup', content: again, linkUrl: '' } })
  const text = { kind: 'sms' as const, text: 'Hello' }
  await app.call('templateCreate', { body: { key: 'text', name: 'text', channel: 'sms', content: text, linkUrl: '' } })
})
afterAll(() => app.close())

const everyone = { kind: 'all' as const, rules: [] }
const day = (amount: number) => ({ amount, unit: 'day' as const })
const popup = (next: string, purpose: 'marketing' | 'transactional' = 'transactional') => ({
  id: 's',
  kind: 'send' as const,
  channel: 'popup' as const,
  template: 'hello',
  purpose,
  next,
})
const clicked = { node: 's', state: 'clicked' as const }

const popupsSchema = z.object({ popups: z.array(z.object({ id: z.string() })) })

async function act(userId: string, act: 'shown' | 'clicked'): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
  const answer = await fetch(`${app.url}/v1/popups?userId=${userId}`, { headers: { authorization } })
  for (const { id } of popupsSchema.parse(await answer.json()).popups)
    await fetch(`${app.url}/v1/popups/${id}/${act}?userId=${userId}`, { method: 'POST', headers: { authorization } })
  await app.settle()
}

describe('a condition on an earlier message', () => {
  const nodes: Nodes = [
    popup('w'),
    { id: 'w', kind: 'wait_until', until: { kind: 'time', at: '00:00' }, next: 'b' },
    {
      id: 'b',
      kind: 'branch',
      ways: [
        { id: 'clicked', rule: everyone, message: clicked, next: 'end' },
        { id: 'seen', rule: everyone, message: { node: 's', state: 'opened' }, next: 'seen' },
        { id: 'dropped', rule: everyone, message: { node: 's', state: 'dropped' }, next: 'dropped' },
      ],
      otherwise: 'unseen',
    },
    end(),
    end('seen'),
    end('dropped'),
    end('unseen'),
  ]

  test.each(['2026-03-07T23:00:00-05:00', '2026-03-31T23:59:00-04:00', '2026-10-31T22:00:00-04:00'])(
    'goes by what became of it until the midnight after %s',
    async (evening) => {
      await shop.at(evening)
      const id = await shop.live(evening, 's', nodes)
      for (const userId of ['ann', 'ben', 'cai']) await shop.happens(userId, evening)
      await act('ann', 'clicked')
      await act('ben', 'shown')
      await shop.at(new Date(Date.parse(evening) + 3 * 3_600_000).toISOString())
      expect(await shop.runsOf(id)).toEqual({ ann: 'end finished', ben: 'seen finished', cai: 'unseen finished' })
      expect(await shop.waysOf(id, 'b')).toEqual({ clicked: 1, seen: 1, otherwise: 1 })
    },
  )

  test('knows of a message that was not let through, and of what happened in a pause', async () => {
    await shop.at('2026-11-05T20:00:00-05:00')
    const [, ...others] = nodes
    const unsent = await shop.live('Unsent', 's', [popup('w', 'marketing'), ...others])
    await shop.happens('dan', 'Unsent')
    const paused = await shop.live('Paused', 's', nodes)
    await shop.happens('eve', 'Paused')
    await app.call('journeyPause', { params: { id: paused } })
    await shop.at('2026-11-06T08:00:00-05:00')
    await act('eve', 'clicked')
    await app.call('journeyResume', { params: { id: paused } })
    await app.settle()
    expect(await shop.runsOf(unsent)).toEqual({ dan: 'dropped finished' })
    expect(await shop.runsOf(paused)).toEqual({ eve: 'end finished' })
  })
})

describe('a wait for what becomes of a message', () => {
  const nodes: Nodes = [
    popup('w'),
    { id: 'w', kind: 'wait_rule', rule: everyone, message: clicked, timeout: day(1), next: 'end', onTimeout: 'late' },
    end(),
    end('late'),
  ]

  test('ends with the click and not with the look at it; without one it times out', async () => {
    await shop.at('2026-11-30T20:00:00-05:00')
    const id = await shop.live('Wait', 's', nodes)
    for (const userId of ['fay', 'gus']) await shop.happens(userId, 'Wait')
    await act('fay', 'shown')
    expect((await shop.runsOf(id)).fay).toBe(`w ${instant('2026-12-01T20:00:00-05:00')}`)
    await shop.at('2026-12-01T19:59:00-05:00')
    await shop.happens('hal', 'Wait')
    await act('hal', 'clicked')
    expect((await shop.runsOf(id)).hal).toBe('end finished')
    await shop.at('2026-12-01T20:00:00-05:00')
    expect(await shop.runsOf(id)).toMatchObject({ fay: 'late finished', gus: 'late finished' })
  })

  test('in a pause hears of the click when resumed', async () => {
    await shop.at('2026-12-31T23:00:00-05:00')
    const id = await shop.live('Pause', 's', nodes)
    await shop.happens('ida', 'Pause')
    await app.call('journeyPause', { params: { id } })
    await act('ida', 'clicked')
    expect((await shop.runsOf(id)).ida).toMatch(/^w /)
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await shop.runsOf(id)).toEqual({ ida: 'end finished' })
  })
})

describe('a send with a second attempt', () => {
  const sending = (first: { channel: 'sms' | 'popup'; template: string }, more: object = {}): Nodes => [
    {
      id: 's',
      kind: 'send',
      ...first,
      purpose: 'transactional',
      attempts: [{ channel: 'popup', template: 'again' }],
      next: 'end',
      ...more,
    },
    end(),
  ]
  const half = { patience: { until: 'opened' as const, within: { amount: 12, unit: 'hour' as const } } }
  const hello = { channel: 'popup' as const, template: 'hello' }

  test('makes it at once for whom the first channel cannot reach, and tells by which it went', async () => {
    await shop.at('2027-01-31T23:59:00-05:00')
    const id = await shop.live('Reach', 's', sending({ channel: 'sms', template: 'text' }))
    await shop.happens('jon', 'Reach')
    await shop.at('2027-02-01T00:01:00-05:00')
    expect(await shop.runsOf(id)).toEqual({ jon: 'end finished' })
    expect(await shop.popupsOf('jon')).toEqual(['Again'])
    expect(await shop.waysOf(id, 's')).toEqual({ popup: 1 })
    const stories = await shop.storiesOf(id, 'attempts')
    expect(stories.jon?.[1]?.[2]).toMatchObject([
      { channel: 'sms', result: 'dropped', reason: 'no_address' },
      { channel: 'popup', result: 'shown_later' },
    ])
  })

  test.each([
    ['2027-02-28T20:00:00-05:00', '2027-03-01T08:00:00-05:00'],
    ['2027-03-13T20:00:00-05:00', '2027-03-14T09:00:00-04:00'],
    ['2027-11-06T20:00:00-04:00', '2027-11-07T07:00:00-05:00'],
  ])('from %s to %s takes back what was not opened in time, and tries the next', async (evening, over) => {
    await shop.at(evening)
    const id = await shop.live(evening, 's', sending(hello, half))
    for (const userId of ['kim', 'leo']) await shop.happens(userId, evening)
    await act('kim', 'shown')
    expect(await shop.runsOf(id)).toEqual({ kim: 'end finished', leo: `s ${instant(over)}` })
    await shop.at(new Date(Date.parse(over) - 1_000).toISOString())
    expect((await shop.runsOf(id)).leo).toMatch(/^s /)
    await shop.at(over)
    expect((await shop.runsOf(id)).leo).toBe('end finished')
    // What was handed out has left, and one at a time is shown.
    expect(await shop.popupsOf('leo')).toEqual(['Again'])
    await act('leo', 'shown')
    expect(await shop.popupsOf('leo')).toEqual([])
  })

  test('is made when a pause ends, and never after an exit', async () => {
    await shop.at('2027-12-31T20:00:00-05:00')
    const exits = [{ kind: 'event' as const, event: 'Bought', filters: [] }]
    const id = await shop.live('Halt', 's', sending(hello, half), { exits })
    for (const userId of ['mia', 'ned']) await shop.happens(userId, 'Halt')
    await app.call('journeyPause', { params: { id } })
    await shop.happens('ned', 'Bought')
    await shop.at('2028-01-02T20:00:00-05:00')
    expect((await shop.runsOf(id)).mia).toMatch(/^s /)
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await shop.runsOf(id)).toEqual({ mia: 'end finished', ned: 's exited' })
    expect(await shop.popupsOf('mia')).toEqual(['Again'])
    expect(await shop.popupsOf('ned')).toEqual([])
    const { items } = await app.call('messages', { query: { journey: id } })
    expect(items.map(({ template }) => template).toSorted()).toEqual(['again', 'hello', 'hello'])
  })
})

test('a journey that asks about a message that no node sends does not go live', async () => {
  const { problems } = await app.call('journeyCreate', {
    body: {
      name: 'X',
      definition: {
        trigger: { kind: 'event', event: 'X' },
        start: 'c',
        nodes: [{ id: 'c', kind: 'condition', rule: everyone, message: clicked, next: 'end', otherwise: 'end' }, end()],
      },
    },
  })
  expect(problems).toMatchObject([{ path: 'nodes.0.message.node', message: expect.stringContaining('no node that sends') }])
})
