import type { InsidePlan } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// What becomes of those inside when a new version is there.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
})
afterAll(() => app.close())

const days = (amount: number) => ({ amount, unit: 'day' as const })
const wait = (id: string, next: string, amount: number): Nodes[number] => ({ id, kind: 'wait', duration: days(amount), next })
async function publish(id: string, start: string, nodes: Nodes): Promise<void> {
  const { draft, draftRevision, name } = await app.call('journey', { params: { id } })
  await app.call('journeyDraft', { params: { id }, body: { name, definition: { ...draft, start, nodes }, draftRevision } })
  await app.call('journeyPublish', { params: { id } })
}
async function lead(id: string, body: InsidePlan) {
  await app.call('journeyInsidePlan', { params: { id }, body })
  await app.settle()
  return (await app.call('journeyInside', { params: { id } })).transfer
}

describe('those inside', () => {
  test('go into the new version where they stand, with the wait that they have or the one it says, once', async () => {
    await shop.at('2026-02-26T23:00:00-05:00')
    const first = [wait('w', 'end', 5), end()]
    const [kept, anew] = [await shop.live('Start', 'w', first), await shop.live('Start', 'w', first)]
    await shop.happens('ann', 'Start')
    await shop.at('2026-02-28T23:00:00-05:00')
    for (const id of [kept, anew]) await publish(id, 'w', [wait('w', 'more', 12), wait('more', 'end', 1), end()])
    expect(await app.call('journeyInside', { params: { id: kept } })).toMatchObject({
      places: [{ version: 1, nodeId: 'w', people: 1 }],
      transfer: null,
    })
    const done = { version: 2, moved: 1, left: 0, remaining: 0, endedAt: expect.any(String) }
    expect(await lead(kept, { kind: 'move', mapping: {}, waits: 'keep' })).toMatchObject(done)
    expect(await lead(anew, { kind: 'move', mapping: {}, waits: 'replan' })).toMatchObject(done)
    expect(await shop.runsOf(kept)).toEqual({ ann: `w ${instant('2026-03-03T23:00:00-05:00')}` })
    // Twelve days of 24 hours since the arrival, over the day when clocks change.
    expect(await shop.runsOf(anew)).toEqual({ ann: `w ${instant('2026-03-11T00:00:00-04:00')}` })
    await shop.at('2026-03-03T23:00:00-05:00')
    expect(await shop.runsOf(kept)).toEqual({ ann: `more ${instant('2026-03-04T23:00:00-05:00')}` })
    await shop.at('2026-03-12T01:00:00-04:00')
    expect((await shop.storiesOf(kept, 'toVersion')).ann).toEqual([
      ['w', 'entered', undefined],
      ['w', 'moved', 2],
      ['w', 'entered', 2],
      ['w', 'passed', undefined],
      ['more', 'entered', undefined],
      ['more', 'passed', undefined],
      ['end', 'entered', undefined],
      ['end', 'passed', undefined],
    ])
    const { nodes } = await app.call('journeyCounters', { params: { id: kept } })
    expect(nodes.find((node) => node.nodeId === 'w')).toMatchObject({ entered: 2, moved: 1, passed: 1, waiting: 0 })
  })

  test('go on where the plan leads, or leave; a plan that forgets somebody is refused', async () => {
    await shop.at('2026-04-01T10:00:00-04:00')
    const id = await shop.live('Map', 'split', [
      { id: 'split', kind: 'wait', duration: days(1), next: 'old' },
      wait('old', 'end', 5),
      end(),
    ])
    await shop.happens('ben', 'Map')
    await shop.at('2026-04-02T10:00:00-04:00')
    await shop.happens('cai', 'Map')
    await publish(id, 'fresh', [wait('fresh', 'late', 3), wait('late', 'end', 3), end()])
    await expect(app.call('journeyInsidePlan', { params: { id }, body: { kind: 'move', mapping: { old: 'late' } } })).rejects.toThrow(
      'no node \\"split\\" of that kind',
    )
    await expect(
      app.call('journeyInsidePlan', { params: { id }, body: { kind: 'move', mapping: { old: 'gone', split: null } } }),
    ).rejects.toThrow('lead to one that is there')
    expect(await lead(id, { kind: 'move', mapping: { old: 'late', split: null }, waits: 'keep' })).toMatchObject({ moved: 1, left: 1 })
    expect(await shop.runsOf(id)).toEqual({ ben: `late ${instant('2026-04-05T10:00:00-04:00')}`, cai: 'split exited' })
    expect((await shop.storiesOf(id, 'result')).cai?.at(-1)).toEqual(['split', 'left', 'version_replaced'])
  })

  test('finish on theirs unless somebody says otherwise; all may leave at once, in a pause too', async () => {
    await shop.at('2026-05-30T10:00:00-04:00')
    const id = await shop.live('Stay', 'w', [wait('w', 'end', 5), end()])
    for (const user of ['dan', 'eve']) await shop.happens(user, 'Stay')
    await publish(id, 'other', [wait('other', 'end', 5), end()])
    await shop.happens('fay', 'Stay')
    const until = instant('2026-06-04T10:00:00-04:00')
    expect(await shop.runsOf(id)).toEqual({ dan: `w ${until}`, eve: `w ${until}`, fay: `other ${until}` })
    await app.call('journeyPause', { params: { id } })
    expect(await lead(id, { kind: 'leave' })).toMatchObject({ moved: 0, left: 2, remaining: 0 })
    expect(await shop.runsOf(id)).toEqual({ dan: 'w exited', eve: 'w exited', fay: `other ${until}` })
  })

  test('stay while the new version is released to a share', async () => {
    const id = await shop.live('Gray', 'w', [wait('w', 'end', 5), end()])
    await publish(id, 'w', [wait('w', 'end', 6), end()])
    await app.call('journeyPublish', { params: { id }, query: { share: 10 } })
    await expect(app.call('journeyInsidePlan', { params: { id }, body: { kind: 'leave' } })).rejects.toThrow('released to a share')
  })
})
