import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'

export interface ReviewRow {
  id: string
  draft_revision: number
  state: 'requested' | 'approved' | 'rejected' | 'withdrawn'
  requested_by: string
  requested_at: Date
  note: string
  decided_by: string | null
  decided_at: Date | null
  comment: string
}

/** Newest first. */
export function listReviews(query: Queryable, workspaceId: number, journeyId: string, limit: number): Promise<ReviewRow[]> {
  return query.many<ReviewRow>(sql`
    select id, draft_revision, state, requested_by, requested_at, note, decided_by, decided_at, comment from journey_reviews
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} order by requested_at desc, id desc limit ${limit}`)
}

export async function insertReview(
  tx: Tx,
  workspaceId: number,
  review: { journeyId: string; id: string; draftRevision: number; by: string; note: string },
  at: Date,
): Promise<void> {
  await tx.run(sql`
    insert into journey_reviews (workspace_id, journey_id, id, draft_revision, state, requested_by, requested_at, note)
    values (${workspaceId}, ${review.journeyId}, ${review.id}, ${review.draftRevision}, 'requested', ${review.by}, ${at}, ${review.note})`)
}

export async function decideReview(
  tx: Tx,
  workspaceId: number,
  review: { journeyId: string; id: string; state: 'approved' | 'rejected' | 'withdrawn'; by: string; comment: string },
  at: Date,
): Promise<void> {
  await tx.run(sql`
    update journey_reviews set state = ${review.state}, decided_by = ${review.by}, decided_at = ${at}, comment = ${review.comment}
    where workspace_id = ${workspaceId} and journey_id = ${review.journeyId} and id = ${review.id}`)
}
