import type { JourneyDefinition, JourneyDetail, JourneySummary, NodeCounters, Output, PersonSummary, Problem } from '@chaoxi/contract'
import type { Run } from '../core/run.ts'
import type { StepRow } from '../engine/run-store.ts'
import type { CounterRow, JourneyRow, TotalsRow, VersionRow, WayCounterRow } from '../store.ts'
import type { ReviewRow } from './review-store.ts'

// Rows as the API answers them.

/** By journey. */
export type RunningTrials = ReadonlyMap<string, { readonly id: string; readonly draftRevision: number | null }>

export function summaryView(row: JourneyRow, totals: TotalsRow | undefined, trials: RunningTrials): JourneySummary {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    status: row.status,
    trigger: row.trigger,
    version: row.live_version,
    share: row.live_share / 100,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    entered: totals?.entered ?? 0,
    active: totals?.active ?? 0,
    finished: totals?.finished ?? 0,
    trial: trials.get(row.id) ?? null,
  }
}

export function detailView(
  row: JourneyRow,
  totals: TotalsRow | undefined,
  versions: readonly VersionRow[],
  live: JourneyDefinition | null,
  problems: readonly Problem[],
  { rows, needed }: { rows: readonly ReviewRow[]; needed: boolean },
  overdue: number,
  trials: RunningTrials,
): Omit<JourneyDetail, 'next'> {
  return {
    ...summaryView(row, totals, trials),
    baseVersion: row.base_version,
    paused: row.status === 'paused' && row.paused_at ? { at: row.paused_at.toISOString(), policy: row.pause_policy, overdue } : null,
    reviews: rows.map((review) => ({
      state: review.state,
      current: review.draft_revision === row.draft_revision,
      requestedBy: review.requested_by,
      requestedAt: review.requested_at.toISOString(),
      note: review.note,
      decidedBy: review.decided_by,
      decidedAt: review.decided_at?.toISOString() ?? null,
      comment: review.comment,
    })),
    reviewNeeded: needed,
    description: row.description,
    draft: row.draft,
    draftRevision: row.draft_revision,
    draftBy: row.draft_by,
    draftAt: row.draft_at.toISOString(),
    live,
    versions: versions.map(({ version, published_at, published_by }) => ({
      version,
      publishedAt: published_at.toISOString(),
      publishedBy: published_by,
    })),
    problems: [...problems],
  }
}

export function countersView(row: CounterRow, wayRows: readonly WayCounterRow[]): NodeCounters {
  const { node_id: nodeId, entered, waiting, passed, timed_out: timedOut, failed, left_here: left, moved } = row
  const ways = wayRows.filter((one) => one.node_id === nodeId).map((one) => ({ way: one.way, passed: one.passed }))
  return { nodeId, entered, waiting, passed, timedOut, failed, left, moved, ways }
}

type RunView = Output<'journeyRunSteps'>['run']

export function runView(run: Run, people: ReadonlyMap<number, PersonSummary>): RunView {
  return {
    id: run.id,
    person: people.get(run.personId) ?? nameless(run),
    version: run.version,
    nodeId: run.nodeId,
    state: run.state,
    enteredAt: new Date(run.enteredAt).toISOString(),
    wakeAt: run.wakeAt === null ? null : new Date(run.wakeAt).toISOString(),
    result: run.result,
  }
}

/** Somebody whose profile is gone; the run is still told. */
function nameless(run: Run): PersonSummary {
  const at = new Date(run.enteredAt).toISOString()
  return { id: run.personId, name: null, userId: null, phone: null, email: null, createdAt: at, lastSeenAt: null }
}

export function stepView(row: StepRow): Output<'journeyRunSteps'>['steps'][number] {
  return { at: row.at.toISOString(), nodeId: row.node_id, outcome: row.outcome, details: row.details }
}
