import type { PersonSummary, TaskDetail, TaskView } from '@chaoxi/contract'
import type { EntryRow, TaskRow } from './store.ts'

/** What a view of a task needs to know besides its row. */
export interface Naming {
  readonly people: ReadonlyMap<number, PersonSummary>
  readonly journeys: ReadonlyMap<string, string>
  /** Of colleagues and programs, by account. */
  readonly names: ReadonlyMap<string, string>
  /** Of colleagues, by address. */
  readonly addresses: ReadonlyMap<string, string>
}

const iso = (at: Date) => at.toISOString()
const colleague = (account: string, { names }: Naming) => ({ account, name: names.get(account) ?? account })

export function taskView(row: TaskRow, title: string, naming: Naming): TaskView {
  const { person_id: id, who, taken_by: takenBy, taken_at: takenAt, closed_at: closedAt, closed_by: closedBy } = row
  const unknown = { id, name: null, userId: null, phone: null, email: null, createdAt: iso(row.opened_at), lastSeenAt: null }
  return {
    id: row.id,
    title,
    priority: row.priority,
    who,
    whoName: who.kind === 'member' ? (naming.addresses.get(who.email) ?? null) : null,
    state: row.state,
    person: naming.people.get(id) ?? unknown,
    journey: { id: row.journey_id, name: naming.journeys.get(row.journey_id) ?? row.journey_id },
    nodeId: row.node_id,
    runId: row.run_id,
    outcomes: row.outcomes,
    openedAt: iso(row.opened_at),
    dueAt: iso(row.due_at),
    taken: takenBy === null || takenAt === null ? null : { ...colleague(takenBy, naming), at: iso(takenAt) },
    closed:
      closedAt === null
        ? null
        : {
            at: iso(closedAt),
            by: closedBy === null ? null : colleague(closedBy, naming),
            outcome: row.outcome,
            note: row.note,
            reason: row.reason,
          },
  }
}

export function detailView(
  row: TaskRow,
  texts: { title: string; instructions: string },
  entries: readonly EntryRow[],
  naming: Naming,
): TaskDetail {
  return {
    ...taskView(row, texts.title, naming),
    instructions: texts.instructions,
    history: entries.map(({ kind, by, text, details, at }) => ({
      at: iso(at),
      by: by === null ? null : colleague(by, naming),
      kind,
      text,
      details,
    })),
  }
}
