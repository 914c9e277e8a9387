import { type PopupContent, popupContentSchema, type WaitingPopup } from '@chaoxi/contract'
import { type Decision, decide } from '../compliance/index.ts'
import { renderLinkTarget, renderPopup, TemplateProblem, usesLink, type Variables } from '../content/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { FactsLoader } from './facts.ts'
import { type DecisionRecord, type Message, messageEvent } from './message.ts'
import type { MessageFacts } from './plan.ts'
import * as store from './store.ts'
import { insertEvents } from './store-events.ts'

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

type Face = { readonly kind: 'show'; readonly content: PopupContent } | { readonly kind: 'drop'; readonly decision: DecisionRecord }

/** Rendered at the moment of showing, so that it says what is true now. `{{ link }}` is the target itself: the click is reported by the SDK. */
function face(message: Message, facts: MessageFacts): Face {
  const drop = (reason: string, details: Record<string, unknown> = {}): Face => ({
    kind: 'drop',
    decision: { answer: 'drop', reason, details },
  })
  const { template, variables, settings } = facts
  if (template?.content.kind !== 'popup' || !variables) return drop('template_missing', { template: message.template })
  try {
    const known: Variables = { ...variables, event: message.event, link: '' }
    const link = usesLink(template.content) ? renderLinkTarget(template.linkUrl, known, settings.timeZone) : ''
    if (link === null) return drop('link_target', { linkUrl: template.linkUrl })
    const { content, holes } = renderPopup(template.content, { ...known, link }, settings.timeZone)
    return holes.length > 0 ? drop('missing_variable', { holes }) : { kind: 'show', content }
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error
    return drop('render_failed', { error: error.message })
  }
}

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
      const shown = face(message, own)
      if (shown.kind === 'drop') {
        await dropNow(tx, message, shown.decision, new Date(now))
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
