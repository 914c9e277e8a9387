import type { Channel, EventMatch, JourneyDefinition } from '@chaoxi/contract'
import { decide, type GateFacts, type GatePolicy } from '../../compliance/index.ts'
import type { Answer } from '../core/deed.ts'
import { hearOfMessage } from '../core/hear.ts'
import { fits, type MatchesFilters, newsFrom } from '../core/heard-match.ts'
import { isAskedAbout, type MessageFate } from '../core/messages.ts'
import type { MessageEffect, Run } from '../core/run.ts'
import type { Actor } from './actor.ts'
import { heardOf } from './script.ts'

/** What became of a message. */
export interface Posted {
  readonly actor: Actor
  readonly run: Run
  readonly effect: MessageEffect
  /** When the journey let it go (ms). */
  readonly queuedAt: number
  /** When it went out, or was dropped. */
  readonly at: number
  readonly outcome: 'sent' | 'dropped'
  /** Of those dropped why; of those sent 'allowed', or what it was held for. */
  readonly reason: string
  /** What the gate looked at, or what the text lacks. */
  readonly details: Readonly<Record<string, unknown>>
}

/** A message that waits: for the end of quiet hours, or for its customer to come to the shop. */
export interface HeldMessage {
  readonly run: Run
  readonly effect: MessageEffect
  readonly queuedAt: number
  readonly due: number
  readonly reason: 'quiet_hours' | 'awaiting_visit'
  /** Of a popup: when it is shown to nobody any more. */
  readonly expiresAt: number | null
}

/** What the gate asks of a person, at any moment of what is played. */
export interface Addressee {
  readonly address: string | null
  readonly suppression: GateFacts['suppression']
  /** Statements on marketing, oldest first. */
  readonly consents: readonly { readonly channel: Channel; readonly granted: boolean; readonly at: number; readonly source: string }[]
  readonly timeZone: unknown
  /** When other marketing went to the person in truth. */
  readonly marketing: readonly number[]
}

export interface PostDeps {
  readonly definition: JourneyDefinition
  readonly policy: GatePolicy
  readonly matchesFilters: MatchesFilters
  /** Null: everybody may be written to, and only time and frequency hold messages up. */
  readonly addressees: ReadonlyMap<number, Addressee> | null
  /** By template: how long a popup waits for its customer. */
  readonly validHours: ReadonlyMap<string, number>
  /** Whether the run was ended by something that makes people leave. */
  hasLeft(run: Run): boolean
  /** Whether an exit rule of the journey holds of the person now. */
  exitHolds(actor: Actor, now: number): boolean
  readonly posted: (posted: Posted) => void
  /** What is wrong with the text of a message that the gate lets go; where nothing is said, texts are in order. */
  readonly flaw?: (
    run: Run,
    effect: MessageEffect,
  ) => { readonly reason: string; readonly details: Readonly<Record<string, unknown>> } | null
  /** Whether customers are always in the shop; otherwise they come when they did. */
  readonly present?: boolean
}

const hourMs = 3_600_000
/** What has waited for less is not asked about again (as delivery does it). */
const waitedMs = 60_000

const everybody: Addressee = {
  address: '+8613800000000',
  suppression: null,
  consents: [],
  timeZone: undefined,
  marketing: [],
}
/** A person of whom nothing is recorded. */
const nobody: Addressee = { address: null, suppression: null, consents: [], timeZone: undefined, marketing: [] }

export interface Post {
  /** Decides about what a move sends. */
  take(actor: Actor, run: Run, effects: readonly MessageEffect[], now: number): void
  /** Takes back one that waits; its place is another one's. */
  withdraw(actor: Actor, effectKey: string, now: number): Answer
  /** Decides again about those whose time has come. */
  wake(actor: Actor, now: number): void
  /** Something became of a message that went. */
  heard(actor: Actor, effect: MessageEffect, fate: Partial<MessageFate> & Pick<MessageFate, 'state'>, now: number): void
}

/** What delivery would do, by the same gate; the provider is taken to be in order. */
export function createPost(deps: PostDeps): Post {
  const { definition, policy, matchesFilters, addressees } = deps

  function gateFacts(actor: Actor, channel: Channel, now: number): GateFacts {
    const one = addressees === null ? everybody : (addressees.get(actor.id) ?? nobody)
    const stated = one.consents.findLast((statement) => statement.channel === channel && statement.at <= now)
    const assumed = { granted: true, at: now, source: 'assumed' }
    return {
      address: channel === 'sms' ? one.address : null,
      suppression: one.suppression !== null && one.suppression.at <= now ? one.suppression : null,
      consent: addressees === null ? assumed : (stated ?? null),
      timeZone: one.timeZone,
      recentMarketing: [...one.marketing, ...actor.sent],
    }
  }

  /** The journey is told what became of a message that it asks about. Nobody clicks or replies in what was recorded. */
  function became(actor: Actor, effect: MessageEffect, fate: Partial<MessageFate> & Pick<MessageFate, 'state'>, now: number): void {
    if (!effect.awaited && !isAskedAbout(definition, effect.nodeId)) return
    const none = { reason: null, delivered: false, opened: false, clicked: false, replied: false }
    actor.fates = new Map([...actor.fates, [effect.effectKey, { ...none, ...fate }]])
    actor.runs = actor.runs.map((run) => hearOfMessage(definition, run, effect.nodeId, now)?.run ?? run)
  }

  function posted(one: Posted): void {
    const { actor, effect, outcome, reason, at } = one
    deps.posted(one)
    if (outcome === 'dropped') became(actor, effect, { state: 'dropped', reason }, at)
    else became(actor, effect, { state: 'delivered', delivered: true, opened: effect.channel === 'popup' }, at)
  }

  function decideNow(actor: Actor, message: Omit<HeldMessage, 'due' | 'reason'>, now: number): void {
    const { effect, run, queuedAt } = message
    const { channel, purpose } = effect
    const told = (outcome: Posted['outcome'], reason: string, details: Posted['details']) =>
      posted({ actor, run, effect, queuedAt, at: now, outcome, reason, details })
    const hold = (reason: HeldMessage['reason'], due: number, expiresAt: number | null) => {
      actor.messages = [...actor.messages, { run, effect, queuedAt, due, reason, expiresAt }]
      became(actor, effect, { state: 'held', reason }, now)
    }
    const facts = gateFacts(actor, channel, now)
    // Nothing is shown yet: the cap is asked when it is.
    const waits = channel === 'popup' && message.expiresAt === null
    const decision = decide(waits ? { ...facts, recentMarketing: [] } : facts, { channel, purpose }, policy, now)
    if (decision.answer === 'drop') told('dropped', decision.reason, decision.details)
    else if (decision.answer === 'hold') hold('quiet_hours', decision.until, message.expiresAt)
    else if (waits) {
      const expiresAt = queuedAt + (deps.validHours.get(effect.template) ?? 24) * hourMs
      hold('awaiting_visit', Math.min(deps.present ? now : visitAfter(actor, now), expiresAt), expiresAt)
    } else {
      const flaw = deps.flaw?.(run, effect) ?? null
      if (flaw !== null) {
        told('dropped', flaw.reason, flaw.details)
        return
      }
      if (purpose === 'marketing') actor.sent = [...actor.sent, now]
      told('sent', queuedAt === now ? 'allowed' : 'after_waiting', decision.details)
    }
  }

  /** As delivery asks before it sends what has waited: has the person left, or done what makes it pointless? */
  function unwanted(actor: Actor, { run, effect, queuedAt }: HeldMessage, now: number): string | null {
    if (now - queuedAt < waitedMs) return null
    if (deps.hasLeft(run)) return 'exited'
    const node = definition.nodes.find((one) => one.id === effect.nodeId)
    const exits = definition.exits.flatMap((exit) => (exit.kind === 'event' ? [exit] : []))
    if (exits.some((exit) => happened(actor, exit, newsFrom(run, exit.event), now)) || deps.exitHolds(actor, now)) return 'exited'
    const unless = node?.kind === 'send' ? (node.unless ?? []) : []
    return unless.some((match) => happened(actor, match, newsFrom(run, match.event), now)) ? 'pointless' : null
  }

  function happened(actor: Actor, match: EventMatch, since: number, now: number): boolean {
    const { events } = actor.piece
    for (let row = actor.nextEvent - 1; row >= (events.starts[actor.place] ?? 0); row--) {
      const at = events.times[row] ?? 0
      if (at < since) return false
      if (at <= now && fits(match, heardOf('event', events.name(row), '', at, events.properties(row)), matchesFilters)) return true
    }
    return false
  }

  return {
    take(actor, run, effects, now) {
      for (const effect of effects) decideNow(actor, { run, effect, queuedAt: now, expiresAt: null }, now)
    },
    withdraw(actor, effectKey, now) {
      const held = actor.messages.find((message) => message.effect.effectKey === effectKey)
      if (!held) return { ok: false, reason: 'on_its_way' }
      actor.messages = actor.messages.filter((message) => message !== held)
      const { run, effect, queuedAt } = held
      deps.posted({ actor, run, effect, queuedAt, at: now, outcome: 'dropped', reason: 'fallback', details: {} })
      return { ok: true }
    },
    heard: became,
    wake(actor, now) {
      const due = actor.messages.filter((message) => message.due <= now)
      if (due.length === 0) return
      actor.messages = actor.messages.filter((message) => message.due > now)
      for (const message of due) {
        const { run, effect, queuedAt } = message
        const reason = unwanted(actor, message, now)
        const over = message.expiresAt !== null && message.expiresAt <= now
        const dropped = { actor, run, effect, queuedAt, at: now, outcome: 'dropped', details: {} } as const
        if (reason !== null || over) posted({ ...dropped, reason: reason ?? 'expired' })
        else decideNow(actor, message, now)
      }
    },
  }
}

/** When the person is next in the shop; infinity: not in what was recorded. */
function visitAfter({ piece: { presence }, place }: Actor, now: number): number {
  const end = presence.starts[place + 1] ?? 0
  for (let row = presence.starts[place] ?? 0; row < end; row++) {
    const at = presence.times[row] ?? 0
    if (at >= now) return at
  }
  return Number.POSITIVE_INFINITY
}
