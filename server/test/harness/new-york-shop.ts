import type { CallInput } from '@chaoxi/contract'
import { z } from 'zod'
import { startTestApp, type TestApp, writeKey } from './app.ts'

// A shop in New York, whose clocks change, with journeys through the whole program. The clock only goes on from test to test.

export type Definition = NonNullable<CallInput<'journeyCreate'>['body']>['definition']
export type Nodes = Definition['nodes']

export const end = (id = 'end') => ({ id, kind: 'exit' as const })
export const instant = (local: string) => new Date(local).toISOString()

export interface NewYorkShop {
  readonly app: TestApp
  /** Creates and publishes a journey on an event, entered every time. */
  live(event: string, start: string, nodes: Nodes, more?: Partial<Definition>): Promise<string>
  happens(userId: string, event: string, properties?: object): Promise<void>
  /** Brings the clock to a local time, and does whatever is due then. */
  at(local: string): Promise<void>
  /** Runs by user, the newest of each: where it is, and until when it waits there. */
  runsOf(id: string): Promise<Record<string, string>>
  /** The stories by user: each line's node, outcome and what the test wants to know of its details. */
  storiesOf(id: string, ...details: string[]): Promise<Record<string, unknown[][]>>
  /** How many took each way out of the node. */
  waysOf(id: string, nodeId: string): Promise<Record<string, number>>
  /** Titles of the popups that wait for the customer. */
  popupsOf(userId: string): Promise<string[]>
}

const popups = z.object({ popups: z.array(z.object({ id: z.string(), title: z.string() })) })

export async function openNewYorkShop(environment: Record<string, string> = {}): Promise<NewYorkShop> {
  const app = await startTestApp({ environment })
  const workspace = await app.callAsAdmin('workspace')
  await app.callAsAdmin('workspaceUpdate', {
    body: { ...workspace, timeZone: 'America/New_York', quietHours: { start: '00:00', end: '00:00' } },
  })
  let serial = 0

  return {
    app,
    async live(event, start, nodes, more = {}) {
      const definition = { trigger: { kind: 'event' as const, event }, reentry: 'every_time' as const, start, nodes, ...more }
      const { id } = await app.call('journeyCreate', { body: { name: event, definition } })
      await app.call('journeyPublish', { params: { id } })
      return id
    },
    async happens(userId, event, properties = {}) {
      await app.events([{ type: 'track', userId, event, messageId: `m${serial++}`, properties }])
      await app.settle()
    },
    async at(local) {
      app.clock.set(local)
      await app.settle()
    },
    async runsOf(id) {
      const { items } = await app.call('journeyRuns', { params: { id }, query: { limit: 200 } })
      return Object.fromEntries(
        items
          .toReversed()
          .map(({ person, nodeId, state, wakeAt }) => [person.userId, state === 'waiting' ? `${nodeId} ${wakeAt}` : `${nodeId} ${state}`]),
      )
    },
    async storiesOf(id, ...details) {
      const { items } = await app.call('journeyRuns', { params: { id }, query: { limit: 200 } })
      const stories: Record<string, unknown[][]> = {}
      for (const { id: run, person } of items.toReversed()) {
        const { steps } = await app.call('journeyRunSteps', { params: { id, run } })
        stories[person.userId ?? ''] = steps.map((step) => [step.nodeId, step.outcome, ...details.map((name) => step.details[name])])
      }
      return stories
    },
    async waysOf(id, nodeId) {
      const { nodes } = await app.call('journeyCounters', { params: { id } })
      return Object.fromEntries((nodes.find((node) => node.nodeId === nodeId)?.ways ?? []).map(({ way, passed }) => [way, passed]))
    },
    async popupsOf(userId) {
      const answer = await fetch(`${app.url}/v1/popups?userId=${userId}`, {
        headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
      })
      return popups.parse(await answer.json()).popups.map((one) => one.title)
    },
  }
}
