import type { JourneyDefinition, Output } from '@chaoxi/contract'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { acceptedEvent, callerOf, createJourneyWorld, type JourneyWorld, openJourneys } from '../../test/harness/journeys.ts'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import type { AcceptedEvent } from '../ingest/index.ts'
import { sql } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'

/** A shop with journeys, to whose people things happen; the templates `hello`, `remind` and `hot` are text messages. */
export interface JourneyShop {
  readonly stores: TestStores
  readonly world: JourneyWorld
  readonly room: ReturnType<typeof openJourneys>
  readonly workspaceId: number
  readonly caller: Caller
  /** Creates and publishes a journey. */
  live(definition: JourneyDefinition): Promise<string>
  take(events: readonly AcceptedEvent[]): Promise<void>
  /** Something happened now, or `ago`. */
  happens(personId: number, event: string, ago?: number, properties?: Record<string, unknown>): Promise<void>
  /** Lets time pass, and whatever is due then. */
  after(ms: number): Promise<void>
  /** Each message: its person and its template. */
  messages(): Promise<string[]>
  runs(journeyId: string): Promise<(Omit<Output<'journeyRuns'>['items'][number], 'person'> & { person: number })[]>
}

/** Gives each test of a file a shop of its own, in stores that they share. */
export function shopForEachTest(begin: (shop: JourneyShop) => void): void {
  let stores: TestStores
  let room: ReturnType<typeof openJourneys>
  const world = createJourneyWorld()
  beforeAll(async () => {
    stores = await createTestStores()
    room = openJourneys(stores, world)
  })
  afterAll(() => stores.close())
  beforeEach(async () => {
    world.tags.clear()
    world.brokenTags.clear()
    world.templates.clear()
    world.reviewNeeded = false
    for (const key of ['hello', 'remind', 'hot']) world.templates.set(key, { channel: 'sms', coupon: null })
    begin(openShop({ stores, world, room, workspaceId: await stores.createWorkspace() }))
  })
}

function openShop(parts: Pick<JourneyShop, 'stores' | 'world' | 'room' | 'workspaceId'>): JourneyShop {
  const { stores, room, workspaceId } = parts
  const caller = callerOf(workspaceId)
  const shop: JourneyShop = {
    ...parts,
    caller,
    async live(definition) {
      const { id } = await room.journeys.create(caller, { name: 'J', description: '', definition })
      await room.journeys.publish(caller, id)
      return id
    },
    take: (events) => stores.db.tx((tx) => room.eventConsumer(tx, events)),
    async happens(personId, event, ago = 0, properties = {}) {
      const now = stores.clock.now()
      await shop.take([acceptedEvent(workspaceId, personId, event, now - ago, { receivedAt: now, properties })])
      stores.clock.advance(1)
    },
    async after(ms) {
      stores.clock.advance(ms)
      await stores.loops.drain()
    },
    async messages() {
      const rows = await stores.db.many<{ person_id: number; template: string }>(sql`
        select person_id, template from messages where workspace_id = ${workspaceId} order by created_at, person_id`)
      return rows.map((row) => `${row.person_id} ${row.template}`)
    },
    async runs(journeyId) {
      const { items } = await room.journeys.runs(caller, journeyId, {}, null, 50)
      return items.map((run) => ({ ...run, person: run.person.id }))
    },
  }
  return shop
}
