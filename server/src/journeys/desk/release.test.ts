import { describe, expect, test } from 'vitest'
import { defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import type { Caller } from '../../platform/http/api.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'

const hour = 3_600_000
const end = { id: 'end', kind: 'exit' }
const greeting = (template: string) => defineJourney('a', [send('a', 'w', template), wait('w', 'end'), end], { reentry: 'every_time' })
const people = Array.from({ length: 400 }, (_, i) => i + 1)

let shop: JourneyShop
shopForEachTest((own) => {
  shop = own
})

const create = (template = 'hello') =>
  shop.room.journeys.create(shop.caller, { name: 'J', description: '', definition: greeting(template) })
const other = (caller: Caller): Caller => ({ ...caller, actor: 'acc_other' })

async function everybodySignsUp(): Promise<void> {
  for (const person of people) await shop.happens(person, 'Signed Up')
  await shop.after(2 * hour)
}

/** Who has got which template. */
async function greeted(template: string): Promise<Set<number>> {
  const messages = (await shop.messages()).map((line) => line.split(' '))
  return new Set(messages.filter(([, of]) => of === template).map(([person]) => Number(person)))
}

describe('gray release', () => {
  test('a first version takes a share of those who come in, and more of the same people when it is raised', async () => {
    const { id } = await create()
    const { journeys } = shop.room
    expect(await journeys.publish(shop.caller, id, 10)).toMatchObject({ share: 10, baseVersion: null, status: 'live' })
    await everybodySignsUp()
    const few = await greeted('hello')
    expect(few.size).toBeGreaterThan(20)
    expect(few.size).toBeLessThan(70)
    expect(await journeys.setShare(shop.caller, id, 50)).toMatchObject({ share: 50 })
    await everybodySignsUp()
    const many = await greeted('hello')
    expect(many.size).toBeGreaterThan(150)
    expect(many.size).toBeLessThan(250)
    expect([...few].filter((person) => !many.has(person))).toEqual([])
    expect(await journeys.setShare(shop.caller, id, 100)).toMatchObject({ share: 100, baseVersion: null })
    await everybodySignsUp()
    expect((await greeted('hello')).size).toBe(people.length)
  })

  test('of a second version the others go on coming into the first, until all come into the second', async () => {
    const { id } = await create('hello')
    const { journeys } = shop.room
    await journeys.publish(shop.caller, id)
    await journeys.saveDraft(shop.caller, id, { name: 'J', description: '', definition: greeting('hot'), draftRevision: 1 })
    expect(await journeys.publish(shop.caller, id, 20)).toMatchObject({ version: 2, share: 20, baseVersion: 1 })
    // What nobody listens for any more is tidied away; the first version still listens.
    await shop.after(25 * hour)
    await everybodySignsUp()
    const [old, young] = [await greeted('hello'), await greeted('hot')]
    expect(old.size + young.size).toBe(people.length)
    expect([...old].filter((person) => young.has(person))).toEqual([])
    expect(young.size).toBeGreaterThan(40)
    expect(young.size).toBeLessThan(130)
    expect((await journeys.list(shop.workspaceId))[0]).toMatchObject({ version: 2, share: 20 })

    // A third one takes from the same base: the second was never released to all.
    await journeys.saveDraft(shop.caller, id, { name: 'J', description: '', definition: greeting('remind'), draftRevision: 2 })
    expect(await journeys.publish(shop.caller, id, 30)).toMatchObject({ version: 3, share: 30, baseVersion: 1 })
    expect(await journeys.setShare(shop.caller, id, 100)).toMatchObject({ share: 100, baseVersion: null })
    await everybodySignsUp()
    expect((await greeted('remind')).size).toBe(people.length)
    expect((await greeted('hello')).size).toBe(old.size)
  })

  test('what cannot be released says so', async () => {
    const { id } = await create()
    const { journeys } = shop.room
    await expect(journeys.setShare(shop.caller, id, 50)).rejects.toThrow('The journey is draft: nothing is released')
    await journeys.publish(shop.caller, id)
    await expect(journeys.setShare(shop.caller, id, 50)).rejects.toThrow('publish a new one to release that to a share')
  })
})

describe('review', () => {
  test('where the workspace asks for it a draft goes live when somebody else has approved just that draft', async () => {
    shop.world.reviewNeeded = true
    const { id } = await create()
    const { journeys } = shop.room
    const needed = 'must be approved by somebody else before it goes live'
    await expect(journeys.publish(shop.caller, id)).rejects.toThrow(needed)
    const asked = await journeys.requestReview(shop.caller, id, { note: '新客首单', draftRevision: 1 })
    expect(asked.reviews).toMatchObject([{ state: 'requested', current: true, requestedBy: 'acc_test', note: '新客首单' }])
    await expect(journeys.publish(shop.caller, id)).rejects.toThrow(needed)
    await expect(journeys.requestReview(shop.caller, id, { note: '', draftRevision: 1 })).rejects.toThrow('waiting for its review already')
    const yes = { answer: 'approved', comment: '', draftRevision: 1 } as const
    await expect(journeys.decideReview(shop.caller, id, yes)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(journeys.decideReview(other(shop.caller), id, { ...yes, draftRevision: 0 })).rejects.toMatchObject({
      code: 'stale_revision',
    })
    const approved = await journeys.decideReview(other(shop.caller), id, yes)
    expect(approved.reviews).toMatchObject([{ state: 'approved', current: true, decidedBy: 'acc_other' }])

    await journeys.saveDraft(shop.caller, id, { name: 'J', description: '', definition: greeting('hot'), draftRevision: 1 })
    expect((await journeys.detail(shop.workspaceId, id)).reviews).toMatchObject([{ state: 'approved', current: false }])
    await expect(journeys.publish(shop.caller, id)).rejects.toThrow(needed)

    await journeys.requestReview(shop.caller, id, { note: '', draftRevision: 2 })
    await journeys.decideReview(other(shop.caller), id, { ...yes, draftRevision: 2 })
    expect(await journeys.publish(shop.caller, id)).toMatchObject({ status: 'live', version: 1 })
  })

  test('a draft that is sent back says why, and one that was edited meanwhile must be shown again', async () => {
    shop.world.reviewNeeded = true
    const { id } = await create()
    const { journeys } = shop.room
    const reviewer = other(shop.caller)
    const no = { answer: 'rejected', comment: '', draftRevision: 1 } as const
    await expect(journeys.decideReview(reviewer, id, no)).rejects.toThrow('Nobody has asked for a review')
    await journeys.requestReview(shop.caller, id, { note: '', draftRevision: 1 })
    await expect(journeys.decideReview(reviewer, id, no)).rejects.toThrow('What is to be mended?')
    const sentBack = await journeys.decideReview(reviewer, id, { ...no, comment: '短信缺少退订说明' })
    expect(sentBack.reviews).toMatchObject([{ state: 'rejected', comment: '短信缺少退订说明' }])

    await journeys.requestReview(shop.caller, id, { note: '', draftRevision: 1 })
    await journeys.saveDraft(shop.caller, id, { name: 'J', description: '', definition: greeting('hot'), draftRevision: 1 })
    const late = journeys.decideReview(reviewer, id, { answer: 'approved', comment: '', draftRevision: 2 })
    await expect(late).rejects.toThrow('its author must ask again')
    const again = await journeys.requestReview(shop.caller, id, { note: '', draftRevision: 2 })
    expect(again.reviews.map((one) => one.state)).toEqual(['requested', 'withdrawn', 'rejected'])
    expect((await journeys.withdrawReview(shop.caller, id)).reviews[0]).toMatchObject({ state: 'withdrawn' })
    await expect(journeys.withdrawReview(shop.caller, id)).rejects.toThrow('Nobody has asked for a review')
  })

  test('two reviewers at once: one answer counts, and the other one hears of it', async () => {
    shop.world.reviewNeeded = true
    const { id } = await create()
    const { journeys } = shop.room
    await journeys.requestReview(shop.caller, id, { note: '', draftRevision: 1 })
    const answers = await Promise.allSettled([
      journeys.decideReview(other(shop.caller), id, { answer: 'approved', comment: '', draftRevision: 1 }),
      journeys.decideReview({ ...shop.caller, actor: 'acc_third' }, id, { answer: 'rejected', comment: '再看看', draftRevision: 1 }),
    ])
    expect(answers.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    expect((await journeys.detail(shop.workspaceId, id)).reviews).toHaveLength(1)
  })
})
