import { AppError, type MessageView, type Output, type PersonSummary } from '@chaoxi/contract'
import type { Db } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import * as store from './store-views.ts'

export interface ViewsDeps {
  readonly db: Db
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<Map<number, PersonSummary>>
  /** Who may see a person's number in full. */
  unmasked(caller: Caller): boolean
  journeyNames?(workspaceId: number, journeyIds: readonly string[]): Promise<Map<string, string>>
}

/** Messages as the console shows them. */
export function createMessageViews({ db, summaries, unmasked, journeyNames }: ViewsDeps) {
  async function toViews(caller: Caller, rows: readonly store.ViewRow[]): Promise<MessageView[]> {
    const journeyIds = [...new Set(rows.flatMap((row) => row.journey_id ?? []))]
    const [people, names] = await Promise.all([
      summaries(caller.workspaceId, [...new Set(rows.map((row) => row.person_id))], { unmasked: unmasked(caller) }),
      journeyNames?.(caller.workspaceId, journeyIds) ?? new Map<string, string>(),
    ])
    return rows.map((row) => ({
      id: row.id,
      channel: row.channel,
      purpose: row.purpose,
      template: row.template,
      journeyId: row.journey_id,
      journeyName: row.journey_id === null ? null : (names.get(row.journey_id) ?? null),
      nodeId: row.node_id,
      person: people.get(row.person_id) ?? nobody(row.person_id, row.created_at),
      state: row.state,
      reason: row.reason,
      createdAt: row.created_at.toISOString(),
      // A lost sender is looked for at `due_at` too, but that is no time at which it goes out.
      sendAt: row.state === 'held' || row.state === 'queued' ? (row.due_at?.toISOString() ?? null) : null,
      sentAt: row.sent_at?.toISOString() ?? null,
      deliveredAt: row.delivered_at?.toISOString() ?? null,
      clickedAt: row.clicked_at?.toISOString() ?? null,
      costFen: row.cost_fen,
      text: row.text,
    }))
  }

  return {
    async list(caller: Caller, query: Omit<store.MessageFilter, 'before'> & { cursor?: string | undefined }): Promise<Output<'messages'>> {
      const { cursor, limit, ...filter } = query
      const rows = await store.listMessages(db, caller.workspaceId, { ...filter, before: cursor ?? null, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return { items: await toViews(caller, shown), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
    },

    async one(caller: Caller, id: string): Promise<Output<'message'>> {
      const row = await store.viewOfMessage(db, caller.workspaceId, id)
      const [view] = row ? await toViews(caller, [row]) : []
      if (!view) throw new AppError('not_found', `There is no message ${id}`)
      const [decisions, attempts] = await Promise.all([
        store.decisionsOf(db, caller.workspaceId, id),
        store.attemptsOf(db, caller.workspaceId, id),
      ])
      return {
        ...view,
        decisions: decisions.map((decision) => ({ ...decision, at: decision.at.toISOString() })),
        attempts: attempts.map(({ at, outcome, provider_id, details }) => ({
          at: at.toISOString(),
          outcome,
          providerId: provider_id,
          details,
        })),
      }
    },
  }
}
export type MessageViews = ReturnType<typeof createMessageViews>

const nobody = (id: number, createdAt: Date): PersonSummary => ({
  id,
  name: null,
  userId: null,
  phone: null,
  email: null,
  createdAt: createdAt.toISOString(),
  lastSeenAt: null,
})
