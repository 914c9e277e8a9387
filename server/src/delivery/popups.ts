import { type PopupContent, popupContentSchema, type WaitingPopup } from '@chaoxi/contract'
import { type Decision, decide } from '../compliance/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { FactsLoader } from './facts.ts'
import { type DecisionRecord, type Message, messageEvent } from './message.ts'
import * as store from './store.ts'
import { insertEvents } from './store-events.ts'
import { writePopup } from './writing.ts'

export type PopupAct = 'shown' | 'clicked' | 'closed'

export interface Popups {
  /** The oldest popup that may be shown to the person now: at most one, so that they never pile up on a page. */
  fetch(workspaceId: number, personId: number): Promise<WaitingPopup[]>
  /** False: there is no such popup, it was not handed out, or it is another person's. */
  act(workspaceId: number, messageId: string, act: PopupAct, personId: number | null): Promise<boolean>
}

export interface PopupsDeps {
  readonly db: Db
  readonly clock: Clock
  readonly loadFacts: FactsLoader
  eventsWritten(): void
}

const openMax = 20

export function createPopups({ db, clock, loadFacts, eventsWritten }: PopupsDeps): Popups {
  const toShown = ({ id, purpose }: Message, { title, body, imageUrl, button, action }: PopupContent): WaitingPopup => {
    return { id, purpose, title, body, imageUrl, button, action }
  }

  async function dropNow(tx: Tx, message: Message, decision: DecisionRecord, now: Date): Promise<void> {
    await store.insertDecisions(tx, [{ ...decision, workspaceId: message.workspaceId, id: message.id }], now)
    await store.restMessages(tx, [
      { workspaceId: message.workspaceId, id: message.id, state: 'dropped', reason: decision.reason, due: null },
    ])
  }

  /** Over the cap now is not over it for ever: a later visit within its validity may still show it. Everything else ends it. */
  async function refuse(tx: Tx, message: Message, decision: Decision, now: Date): Promise<void> {
    if (decision.reason !== 'frequency_cap') return dropNow(tx, message, { ...decision, answer: 'drop' }, now)
    const { workspaceId, id } = message
    if (message.state !== 'held' || message.reason === decision.reason) return
    await store.insertDecisions(tx, [{ answer: 'hold', reason: decision.reason, details: decision.details, workspaceId, id }], now)
    const due = new Date(Number(message.rendered.expiresAt))
    await store.restMessages(tx, [{ workspaceId, id, state: 'held', reason: decision.reason, due }])
  }

  async function firstOf(tx: Tx, workspaceId: number, open: readonly Message[], now: number): Promise<WaitingPopup | null> {
    const facts = await loadFacts(tx, workspaceId, open, now)
    for (const message of open) {
      const own = facts.of(message)
      if (own.unwanted !== null) {
        await dropNow(tx, message, { answer: 'drop', reason: own.unwanted, details: {} }, new Date(now))
        continue
      }
      const decision = decide(own.gate, message, own.settings, now)
      if (decision.answer !== 'send') {
        await refuse(tx, message, decision, new Date(now))
        continue
      }
      // At the moment of showing, so that it says what is true now.
      const shown = writePopup({ ...own, event: message.event, webhook: message.webhook })
      if (shown.kind === 'drop') {
        await dropNow(tx, message, { answer: 'drop', reason: shown.reason, details: shown.details }, new Date(now))
        continue
      }
      // Handed out before and never seen: the same popup again, not another sending.
      if (message.state !== 'sent') {
        await store.insertDecisions(tx, [{ ...decision, workspaceId, id: message.id }], new Date(now))
        await store.handOut(
          tx,
          message,
          { ...message.rendered, popup: shown.content },
          `${shown.content.title}\n${shown.content.body}`.trim(),
          new Date(now),
        )
        await insertEvents(tx, [messageEvent(message, 'Message Sent', now)])
      }
      const handedOut = popupContentSchema.safeParse(message.rendered.popup)
      return toShown(message, handedOut.success ? handedOut.data : shown.content)
    }
    return null
  }

  return {
    async fetch(workspaceId, personId) {
      const now = clock.now()
      const shown = await db.tx(async (tx) => {
        await store.awaitPersonTurn(tx, { workspaceId, personId })
        const open = await store.openPopups(tx, { workspaceId, personId }, new Date(now), openMax)
        return open.length === 0 ? null : firstOf(tx, workspaceId, open, now)
      })
      if (shown) eventsWritten()
      return shown ? [shown] : []
    },

    async act(workspaceId, messageId, act, personId) {
      const now = clock.now()
      const done = await db.tx(async (tx) => {
        const message = await store.messageById(tx, workspaceId, messageId)
        if (message?.channel !== 'popup' || !['sent', 'delivered'].includes(message.state)) return false
        if (personId !== null && personId !== message.personId) return false
        // Whoever clicks or closes has seen it, even if that report was lost.
        if (await store.markShown(tx, message, new Date(now))) await insertEvents(tx, [messageEvent(message, 'Message Shown', now)])
        if (act === 'clicked') await store.markClicked(tx, workspaceId, messageId, new Date(now))
        if (act !== 'shown') await insertEvents(tx, [messageEvent(message, act === 'clicked' ? 'Message Clicked' : 'Message Closed', now)])
        return true
      })
      if (done) eventsWritten()
      return done
    },
  }
}
