import { AppError, type Input } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Caller } from '../platform/http/api.ts'
import { newCustomerCoupon, shopItems } from './catalogue.ts'
import { behaviourOf, passerBy, register, type SampleMessage } from './sample/behaviour.ts'
import { type SampleCustomer, sampleCustomer } from './sample/customers.ts'
import { sampleSegments, sampleTags } from './sample/definitions.ts'
import { createChance } from './sample/random.ts'

export interface SampleDeps {
  readonly clock: Clock
  /** Whose name stands on the definitions. */
  readonly caller: Caller
  /** Takes messages of Segment's form. */
  accept(workspaceId: number, messages: readonly object[]): Promise<unknown>
  createTag(caller: Caller, tag: Input<'tagCreate'>['body']): Promise<unknown>
  createSegment(caller: Caller, segment: Input<'segmentCreate'>['body']): Promise<unknown>
  /** Answers the ids of the playbook's journeys, drafts or not. */
  installPlaybook(caller: Caller, key: string): Promise<readonly string[]>
  publishJourney(caller: Caller, id: string): Promise<unknown>
  claimCoupon(workspaceId: number, key: string, input: { userId: string; requestId: string }): Promise<unknown>
}

const seed = 20_261_111
const customers = 300
const visitors = 80
/** Registered in the last minutes, after the journey went live: they are inside it when somebody first looks. */
const newcomers = 12
const claimers = 40
const acceptMessages = 1_000
const playbook = 'new-user-activation'

/** What was there before stays as it is: somebody may have changed it since. */
async function unlessThere(making: Promise<unknown>): Promise<void> {
  try {
    await making
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
  }
}

/**
 * Fills a workspace with a month of a shop that never was: people, what they did, tags, segments, a coupon and a live
 * journey. Message ids repeat, so loading again after a crash in the middle completes it and doubles nothing.
 */
export async function loadSample(deps: SampleDeps): Promise<void> {
  const { clock, caller } = deps
  const { workspaceId } = caller
  const now = clock.now()
  const chance = createChance(seed)
  const categories = [...new Set(shopItems.map((item) => item.category))]
  const people = Array.from({ length: customers + newcomers }, (_, i) => sampleCustomer(i + 1, chance, categories))

  async function accept(messages: readonly SampleMessage[]): Promise<void> {
    const inOrder = messages.toSorted((a, b) => a.at - b.at).map(({ message }) => message)
    for (let i = 0; i < inOrder.length; i += acceptMessages) await deps.accept(workspaceId, inOrder.slice(i, i + acceptMessages))
  }

  // Each customer has chances of their own, so that one who does more does not change all that come after.
  const history = people.slice(0, customers).flatMap((customer) => behaviourOf(customer, createChance(seed + customer.number), now))
  for (let n = 1; n <= visitors; n++) history.push(...passerBy(n, createChance(seed * 2 + n), now))
  await accept(history)

  for (const tag of sampleTags) await unlessThere(deps.createTag(caller, tag))
  for (const segment of sampleSegments) await unlessThere(deps.createSegment(caller, segment))
  // After the history: a journey answers what happens from now on, not what happened a month ago.
  for (const id of await deps.installPlaybook(caller, playbook)) await unlessThere(deps.publishJourney(caller, id))

  for (const { userId } of people.slice(customers - claimers, customers)) {
    await unlessThere(
      deps.claimCoupon(workspaceId, newCustomerCoupon.key, { userId, requestId: `sample:${userId}` }).catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'coupon_unavailable') throw error
      }),
    )
  }
  await accept(people.slice(customers).flatMap((customer, i) => arrival(customer, now - (newcomers - i) * 20_000)))
}

function arrival(customer: SampleCustomer, at: number): SampleMessage[] {
  const { userId, anonymousId, number } = customer
  const messages: SampleMessage[] = []
  register(
    (when, type, fields) => {
      const messageId = `sample:${number}:${messages.length + 1}`
      messages.push({ at: when, message: { type, messageId, userId, anonymousId, timestamp: new Date(when).toISOString(), ...fields } })
    },
    customer,
    at,
  )
  return messages
}
