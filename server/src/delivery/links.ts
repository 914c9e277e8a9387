import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import { messageEvent } from './message.ts'
import * as store from './store.ts'
import { insertEvents } from './store-events.ts'
import { insertClick, linkByCode } from './store-links.ts'
import { markTestClick, testLink } from './trial/trial-store.ts'

export interface Links {
  /** Where a short link leads, or null; a click of a person is written down, one of a machine is not. */
  follow(code: string, visit: { userAgent: string; isHead: boolean; isPrefetch: boolean }): Promise<string | null>
}

/** Link previews, crawlers, scanners of mail and chat, and scripts: they follow links, but nobody clicked. */
const machine =
  /bot|crawl|spider|slurp|preview|scan|monitor|fetch|curl|wget|python|java\/|go-http|okhttp|headless|facebookexternal|whatsapp|telegram/i
const userAgentMax = 300

export function createLinks({ db, clock, ids, eventsWritten }: { db: Db; clock: Clock; ids: Ids; eventsWritten(): void }): Links {
  /** Of a trial: nobody's click but a colleague's. */
  async function followTest(code: string, isMachine: boolean): Promise<string | null> {
    const link = await testLink(db, code)
    if (link !== null && !isMachine) await markTestClick(db, link.workspace_id, link.id, new Date(clock.now()))
    return link?.url ?? null
  }

  return {
    async follow(code, { userAgent, isHead, isPrefetch }) {
      const link = await linkByCode(db, code)
      const isMachine = isHead || isPrefetch || userAgent === '' || machine.test(userAgent)
      if (!link) return followTest(code, isMachine)
      if (isMachine) return link.url
      const now = clock.now()
      await db.tx(async (tx) => {
        const clickId = ids.next('clk')
        await insertClick(tx, link, clickId, userAgent.slice(0, userAgentMax), new Date(now))
        await store.markClicked(tx, link.workspace_id, link.message_id, new Date(now))
        const message = await store.messageById(tx, link.workspace_id, link.message_id)
        if (message)
          await insertEvents(tx, [messageEvent(message, 'Message Clicked', now, { key: clickId, properties: { url: link.url } })])
      })
      eventsWritten()
      return link.url
    },
  }
}
