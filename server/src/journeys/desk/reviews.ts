import { AppError } from '@chaoxi/contract'
import type { Queryable, Tx } from '../../platform/db/postgres.ts'
import type { Caller } from '../../platform/http/api.ts'
import type { Ids } from '../../platform/ids.ts'
import type { JourneyRow } from '../store.ts'
import { decideReview, insertReview, listReviews, type ReviewRow } from './review-store.ts'

/** Reviews of one journey that are shown. */
const reviewsMax = 20

interface Deps {
  readonly ids: Ids
  readonly now: () => Date
  /** Whether the workspace wants drafts approved before they go live. */
  needed(workspaceId: number): Promise<boolean>
}

export interface Decision {
  readonly answer: 'approved' | 'rejected'
  readonly comment: string
  readonly draftRevision: number
}

/**
 * Somebody else looks at a draft before it goes live. An answer is about the draft as it was shown: whoever edits it asks again. Each
 * function is called with the journey's row locked and answers what the audit log is to keep.
 */
export function createReviews({ ids, now, needed }: Deps) {
  const newest = async (query: Queryable, workspaceId: number, id: string): Promise<ReviewRow | null> =>
    (await listReviews(query, workspaceId, id, 1))[0] ?? null

  function ofDraft(row: JourneyRow, draftRevision: number): void {
    if (row.status === 'archived') throw new AppError('conflict', 'The journey is archived; copy it into a new one')
    if (row.draft_revision !== draftRevision)
      throw new AppError('stale_revision', 'The draft was changed since you looked at it; load it again')
  }

  async function open(tx: Tx, workspaceId: number, row: JourneyRow): Promise<ReviewRow> {
    const review = await newest(tx, workspaceId, row.id)
    if (review?.state !== 'requested') throw new AppError('conflict', 'Nobody has asked for a review of this draft')
    return review
  }

  return {
    list: (query: Queryable, workspaceId: number, id: string) => listReviews(query, workspaceId, id, reviewsMax),

    async request(tx: Tx, caller: Caller, row: JourneyRow, asked: { note: string; draftRevision: number }): Promise<object> {
      ofDraft(row, asked.draftRevision)
      const before = await newest(tx, caller.workspaceId, row.id)
      if (before?.state === 'requested') {
        if (before.draft_revision === row.draft_revision) throw new AppError('conflict', 'This draft is waiting for its review already')
        // Asked of a draft that is no more.
        await decideReview(
          tx,
          caller.workspaceId,
          { journeyId: row.id, id: before.id, state: 'withdrawn', by: caller.actor, comment: '' },
          now(),
        )
      }
      const review = { journeyId: row.id, id: ids.next('rev'), draftRevision: row.draft_revision, by: caller.actor, note: asked.note }
      await insertReview(tx, caller.workspaceId, review, now())
      return { draftRevision: row.draft_revision }
    },

    async decide(tx: Tx, caller: Caller, row: JourneyRow, { answer, comment, draftRevision }: Decision): Promise<object> {
      ofDraft(row, draftRevision)
      const review = await open(tx, caller.workspaceId, row)
      if (review.draft_revision !== row.draft_revision)
        throw new AppError('conflict', 'The draft was changed after its review was asked for; its author must ask again')
      if (review.requested_by === caller.actor)
        throw new AppError('forbidden', 'Nobody approves what they have handed in themselves; ask somebody else')
      if (answer === 'rejected' && comment === '')
        throw new AppError('invalid_request', 'What is to be mended?', [
          { path: 'comment', message: 'is needed when a draft is sent back' },
        ])
      await decideReview(tx, caller.workspaceId, { journeyId: row.id, id: review.id, state: answer, by: caller.actor, comment }, now())
      return { draftRevision: row.draft_revision, ...(comment === '' ? {} : { comment }) }
    },

    async withdraw(tx: Tx, caller: Caller, row: JourneyRow): Promise<object> {
      const review = await open(tx, caller.workspaceId, row)
      await decideReview(
        tx,
        caller.workspaceId,
        { journeyId: row.id, id: review.id, state: 'withdrawn', by: caller.actor, comment: '' },
        now(),
      )
      return {}
    },

    /** Throws when the workspace wants drafts approved and nobody has approved this one. */
    async mayPublish(tx: Tx, workspaceId: number, row: JourneyRow): Promise<void> {
      if (!(await needed(workspaceId))) return
      const review = await newest(tx, workspaceId, row.id)
      if (review?.state === 'approved' && review.draft_revision === row.draft_revision) return
      throw new AppError('conflict', 'This draft must be approved by somebody else before it goes live; ask for a review')
    },
  }
}

export type Reviews = ReturnType<typeof createReviews>
