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

/** Messages of one person that are told with everything that was decided about them. */
const storiesMax = 100

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

  async function toDetail(workspaceId: number, view: MessageView): Promise<Output<'message'>> {
    const [decisions, attempts] = await Promise.all([
      store.decisionsOf(db, workspaceId, view.id),
      store.attemptsOf(db, workspaceId, view.id),
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
  }

  return {
    /** What a journey sent one person or kept back, newest first, by run. */
    async ofPerson(caller: Caller, journeyId: string, personId: number): Promise<Map<string, Output<'message'>[]>> {
      const rows = await store.messagesOfPerson(db, caller.workspaceId, journeyId, personId, storiesMax)
      const views = await toViews(caller, rows)
      const details = await Promise.all(views.map((view) => toDetail(caller.workspaceId, view)))
      const byRun = new Map<string, Output<'message'>[]>()
      for (const [i, detail] of details.entries()) {
        const run = rows[i]?.run_id ?? ''
        byRun.set(run, [...(byRun.get(run) ?? []), detail])
      }
      return byRun
    },

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
      return toDetail(caller.workspaceId, view)
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
