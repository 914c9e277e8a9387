import type { ItemTrigger, JourneyDefinition } from '@chaoxi/contract'
import { takeItemChanges } from '../../ingest/index.ts'
import type { Tx } from '../../platform/db/postgres.ts'
import { triggerAgeMaxMs } from '../core/entering.ts'
import { concerned, interestNeeds, itemNews, type Seen } from '../core/item-interest.ts'
import type { EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { insertInbox } from '../engine/inbox-store.ts'
import { shareJourney, shareOpenJourneys } from '../store.ts'
import { inboxBacklog } from '../timed/occurrence-store.ts'
import * as store from './sweep-store.ts'

/** Changes that go to the people together: ClickHouse searches a text for 255 words at most at once. */
const changesMax = 200
const sweepsMax = 5
/** Numbers of people asked at once: so many rows come into the inbox at most, for each journey. */
const pageMax = 1_000
/** Of a page; where people did more, fewer are asked at once, and of one person the newest count. */
const seenMax = 100_000
/** Nobody is told while so much is unread. */
const backlogMax = 2_000

export interface ItemRunner {
  /** Takes notice of what changed, and tells the next people; answers whether there is more to do at once. */
  run(): Promise<boolean>
}

export interface ItemDeps extends Pick<EngineDeps, 'db' | 'clock'> {
  seenIn(page: store.Page, limit: number): Promise<Seen[]>
}

/** Brings in the people whom a change of an item concerns. Every step is one transaction that leaves behind how far it came. */
export function createItemRunner({ db, clock, seenIn }: ItemDeps, definitions: Definitions): ItemRunner {
  const itemTrigger = ({ trigger }: JourneyDefinition): ItemTrigger | null => (trigger.kind === 'item_change' ? trigger : null)

  const notice = () =>
    db.tx(async (tx) => {
      const now = clock.now()
      const changes = await takeItemChanges(tx, changesMax)
      for (const [workspaceId, own] of Map.groupBy(changes, (one) => one.workspaceId)) {
        const fresh = own.filter((one) => now - one.at <= triggerAgeMaxMs)
        const targets: store.Target[] = []
        for (const { id, live_version: version } of await shareOpenJourneys(tx, workspaceId)) {
          const trigger = itemTrigger(await definitions.of(tx, { workspaceId, journeyId: id, version }))
          targets.push(...fresh.filter((one) => one.change === trigger?.change).map((change) => ({ journeyId: id, change })))
        }
        if (targets.length > 0) await store.insertSweep(tx, workspaceId, targets, new Date(now))
      }
      return changes.length
    })

  /** The journeys of the sweep that still begin by such changes, held, each with its trigger. */
  async function triggersOf(tx: Tx, { workspaceId, targets }: store.Sweep): Promise<Map<string, ItemTrigger>> {
    const found = new Map<string, ItemTrigger>()
    for (const journeyId of [...new Set(targets.map((one) => one.journeyId))].sort()) {
      const row = await shareJourney(tx, workspaceId, journeyId)
      if (!row || row.live_version === null || (row.status !== 'live' && row.status !== 'paused')) continue
      const trigger = itemTrigger(await definitions.of(tx, { workspaceId, journeyId, version: row.live_version }))
      if (trigger) found.set(journeyId, trigger)
    }
    return found
  }

  /** What the next people did. They are asked outside of the transaction, as of the changes. */
  async function read(sweep: store.Sweep, triggers: readonly ItemTrigger[]): Promise<{ seen: Seen[]; to: number } | null> {
    const { workspaceId, targets, askedTo: after } = sweep
    const times = targets.map((one) => one.change.at)
    const items = [...new Set(targets.map((one) => one.change.itemId))]
    for (let size = pageMax; ; size = Math.ceil(size / 4)) {
      const to = await store.nextNumber(db, workspaceId, after, size)
      if (to === null) return null
      const needs = interestNeeds(triggers, Math.min(...times))
      const people = await store.numbersIn(db, workspaceId, after, to)
      const page = { workspaceId, numbers: [...people.keys()], items, ...needs, until: clock.now() }
      const seen = people.size === 0 ? [] : await seenIn(page, seenMax)
      if (seen.length < seenMax || size === 1)
        return { to, seen: seen.map((one) => ({ ...one, personId: people.get(one.personId) ?? one.personId })) }
    }
  }

  async function tell(sweep: store.Sweep): Promise<void> {
    const { workspaceId, targets } = sweep
    const asked = await db.tx((tx) => triggersOf(tx, sweep))
    const page = asked.size === 0 ? null : await read(sweep, [...asked.values()])
    await db.tx(async (tx) => {
      const triggers = await triggersOf(tx, sweep)
      if (!(await store.claimSweep(tx, sweep))) return
      if (page === null) return store.deleteSweep(tx, sweep)
      const now = clock.now()
      const rows = targets.flatMap(({ journeyId, change }) => {
        const trigger = triggers.get(journeyId)
        if (trigger?.change !== change.change) return []
        return concerned(trigger, change, page.seen).map((one) => ({
          workspaceId,
          personId: one.personId,
          ...itemNews(journeyId, change, one, now),
        }))
      })
      if (rows.length > 0) await insertInbox(tx, rows)
      await store.moveSweep(tx, sweep, page.to)
    })
  }

  return {
    async run() {
      let more = (await notice()) > 0
      for (const sweep of await store.findSweeps(db, sweepsMax)) {
        if ((await inboxBacklog(db, backlogMax)) >= backlogMax) break
        await tell(sweep)
        more = true
      }
      return more
    },
  }
}
