import type { Channel, Output } from '@chaoxi/contract'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import { type GateFacts, type SuppressionReason, suppressionScope } from './decide.ts'
import * as store from './store.ts'

/** What is read of an accepted event: the fields of the intake's events that the ledger needs. */
export interface ConsentEvent {
  readonly workspaceId: number
  readonly personId: number
  readonly type: string
  readonly messageId: string
  readonly time: number
  readonly receivedAt: number
  readonly context: Record<string, unknown>
}

/** A person's newest statement about a channel became "no". */
export interface Refusal {
  readonly workspaceId: number
  readonly personId: number
  readonly channel: Channel
}

export interface Suppression {
  readonly workspaceId: number
  readonly channel: Channel
  /** Of SMS: E.164. */
  readonly address: string
  readonly reason: SuppressionReason
  readonly at: number
  readonly evidence: Record<string, unknown>
}

export interface ComplianceDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  audit(tx: Queryable, caller: Caller, action: string, subject: string, details: object): Promise<void>
}

export type ConsentFacts = NonNullable<GateFacts['consent']>

export interface Compliance {
  /** Reads consent out of identify events, inside the intake's transaction. Idempotent by message id. */
  identifyConsumer(tx: Tx, events: readonly ConsentEvent[]): Promise<void>
  mergeConsumer(tx: Tx, workspaceId: number, from: number, into: number): Promise<void>
  /** Called in the same transaction when a person refuses: whoever holds messages drops them there. */
  onRefusal(listener: (tx: Tx, refusal: Refusal) => Promise<void>): void
  /** A statement that came another way than by event (an SMS reply, the console). */
  state(
    tx: Tx,
    statement: {
      workspaceId: number
      personId: number
      channel: Channel
      granted: boolean
      at: number
      source: string
      sourceKey: string
      evidence: Record<string, unknown>
    },
  ): Promise<void>
  setByHand(caller: Caller, personId: number, change: { channel: Channel; granted: boolean; note: string }): Promise<void>
  suppress(tx: Tx, suppression: Suppression): Promise<void>
  /** Newest statement by person, then channel. */
  consents(db: Queryable, workspaceId: number, personIds: readonly number[]): Promise<Map<number, Map<Channel, ConsentFacts>>>
  /** Every statement by person, oldest first: what was known at any moment until then. */
  statements(
    db: Queryable,
    workspaceId: number,
    personIds: readonly number[],
    until: number,
  ): Promise<Map<number, (ConsentFacts & { readonly channel: Channel })[]>>
  /** By channel and address: `sms:+8613900000001`. */
  suppressions(
    db: Queryable,
    workspaceId: number,
    addresses: readonly string[],
  ): Promise<Map<string, { reason: SuppressionReason; at: number }>>
  /** For the profile page; `addresses` are the person's phones. */
  views(
    workspaceId: number,
    personId: number,
    addresses: readonly string[],
  ): Promise<Pick<Output<'person'>, 'consents' | 'consentHistory' | 'suppressions'>>
}

const consentSchema = z.object({
  consent: z.object({
    marketing: z.object({
      sms: z.boolean().optional(),
      in_app: z.boolean().optional(),
      textVersion: z.string().max(200).optional(),
      text: z.string().max(2_000).optional(),
      source: z.string().max(200).optional(),
    }),
  }),
  ip: z.unknown().optional(),
  userAgent: z.unknown().optional(),
})
const allReasons: readonly SuppressionReason[] = ['opt_out', 'blacklisted', 'bad_address', 'refused_all']
const stronger = allReasons.filter((reason) => suppressionScope[reason] === 'all')
/** Statements of one person that are shown. */
const historyMax = 200
const consentView = (row: store.ConsentRow) => ({
  channel: row.channel,
  purpose: 'marketing' as const,
  granted: row.granted,
  at: row.at.toISOString(),
  source: row.source,
  textVersion: row.text_version,
  evidence: row.evidence,
})
const textOf = (value: unknown) => (typeof value === 'string' ? value.slice(0, 500) : null)

/** The entries that an event brings: one per channel that it speaks about. A yes without the version of its text proves nothing. */
function entriesOf(event: ConsentEvent, ids: Ids): store.ConsentEntry[] {
  if (event.type !== 'identify') return []
  const result = consentSchema.safeParse(event.context)
  if (!result.success) return []
  const { marketing } = result.data.consent
  const spoken: [Channel, boolean | undefined][] = [
    ['sms', marketing.sms],
    ['popup', marketing.in_app],
  ]
  return spoken.flatMap(([channel, granted]) => {
    if (granted === undefined || (granted && !marketing.textVersion)) return []
    return {
      id: ids.next('con'),
      workspaceId: event.workspaceId,
      personId: event.personId,
      channel,
      granted,
      // A clock that runs ahead must not outvote what the customer says later.
      at: Math.min(event.time, event.receivedAt),
      source: marketing.source ?? 'identify',
      textVersion: marketing.textVersion ?? '',
      evidence: {
        messageId: event.messageId,
        ip: textOf(result.data.ip),
        userAgent: textOf(result.data.userAgent),
        text: marketing.text ?? null,
      },
      sourceKey: event.messageId,
    }
  })
}

export function createCompliance({ db, clock, ids, audit }: ComplianceDeps): Compliance {
  const listeners: ((tx: Tx, refusal: Refusal) => Promise<void>)[] = []

  async function consents(on: Queryable, workspaceId: number, personIds: readonly number[]) {
    const byPerson = new Map<number, Map<Channel, ConsentFacts>>()
    for (const row of await store.latestConsents(on, workspaceId, personIds)) {
      const channels = byPerson.get(row.person_id) ?? new Map<Channel, ConsentFacts>()
      byPerson.set(row.person_id, channels.set(row.channel, { granted: row.granted, at: row.at.getTime(), source: row.source }))
    }
    return byPerson
  }

  /** Tells who refuses now; a refusal older than the newest yes changes nothing. */
  async function announce(tx: Tx, workspaceId: number, pairs: readonly { personId: number; channel: Channel }[]): Promise<void> {
    if (pairs.length === 0) return
    const now = await consents(tx, workspaceId, [...new Set(pairs.map((pair) => pair.personId))])
    for (const { personId, channel } of pairs) {
      if (now.get(personId)?.get(channel)?.granted === true) continue
      for (const listener of listeners) await listener(tx, { workspaceId, personId, channel })
    }
  }

  async function add(tx: Tx, entries: readonly store.ConsentEntry[]): Promise<void> {
    if (entries.length === 0) return
    const fresh = await store.insertConsents(tx, entries)
    const refusals = entries.filter((entry) => fresh.has(entry.id) && !entry.granted)
    for (const workspaceId of new Set(refusals.map((entry) => entry.workspaceId))) {
      await announce(
        tx,
        workspaceId,
        refusals.filter((entry) => entry.workspaceId === workspaceId),
      )
    }
  }

  return {
    identifyConsumer: (tx, events) =>
      add(
        tx,
        events.flatMap((event) => entriesOf(event, ids)),
      ),

    async mergeConsumer(tx, workspaceId, from, into) {
      if ((await store.moveConsents(tx, workspaceId, from, into)) === 0) return
      const channels: Channel[] = ['sms', 'popup']
      const stated = (await consents(tx, workspaceId, [into])).get(into)
      const refused = channels.filter((channel) => stated?.get(channel)?.granted === false)
      // The messages may still be on either person, depending on whose merge runs first.
      await announce(
        tx,
        workspaceId,
        refused.flatMap((channel) => [from, into].map((personId) => ({ personId, channel }))),
      )
    },

    async statements(on, workspaceId, personIds, until) {
      const rows = await store.statementsUntil(on, workspaceId, personIds, new Date(until))
      const stated = rows.map((row) => ({ ...row, at: row.at.getTime() }))
      return Map.groupBy(stated, (row) => row.person_id)
    },

    onRefusal: (listener) => {
      listeners.push(listener)
    },

    state: (tx, statement) => add(tx, [{ ...statement, id: ids.next('con'), textVersion: statement.source }]),

    async setByHand(caller, personId, { channel, granted, note }) {
      await db.tx(async (tx) => {
        const id = ids.next('con')
        await add(tx, [
          {
            id,
            workspaceId: caller.workspaceId,
            personId,
            channel,
            granted,
            at: clock.now(),
            source: 'console',
            textVersion: 'console',
            evidence: { note, account: caller.actor },
            sourceKey: id,
          },
        ])
        await audit(tx, caller, 'person.consent', String(personId), { channel, granted, note })
      })
    },

    async suppress(tx, suppression) {
      await store.insertSuppression(tx, { ...suppression, at: new Date(suppression.at) }, stronger)
    },

    consents,

    async suppressions(on, workspaceId, addresses) {
      const rows = addresses.length === 0 ? [] : await store.suppressionsOf(on, workspaceId, addresses)
      return new Map(rows.map((row) => [`${row.channel}:${row.address}`, { reason: row.reason, at: row.at.getTime() }]))
    },

    async views(workspaceId, personId, addresses) {
      const [consentRows, historyRows, suppressionRows] = await Promise.all([
        store.latestConsents(db, workspaceId, [personId]),
        store.consentHistory(db, workspaceId, personId, historyMax),
        addresses.length === 0 ? [] : store.suppressionsOf(db, workspaceId, addresses),
      ])
      return {
        consents: consentRows.map(consentView),
        consentHistory: historyRows.map(consentView),
        suppressions: suppressionRows.map((row) => ({
          channel: row.channel,
          address: row.address,
          reason: row.reason,
          at: row.at.toISOString(),
        })),
      }
    },
  }
}
