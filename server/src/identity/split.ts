import { AppError } from '@chaoxi/contract'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import type { Identifier } from './graph.ts'
import * as splits from './split-store.ts'
import * as store from './store.ts'
import { type Attributes, mergeAttributes, noAttributes } from './traits.ts'

// Undoing a merge. Events were stored under the number of the identifier that they came by, and identifiers know that number, so
// nothing has to be guessed: the numbers that went with the one who leaves stand for themselves again.

/** What undoing a merge would do. */
export interface SplitPlan {
  readonly mergeId: string
  /** Who becomes a person again, and who it leaves. */
  readonly person: number
  readonly leaves: number
  /** The number it goes with: its own, and of those who had gone into it. */
  readonly numbers: readonly number[]
  readonly identities: readonly Identifier[]
  /** The numbers that stay with who is left. */
  readonly staying: readonly number[]
  /** As the merge's consumers wrote it. */
  readonly moved: splits.Moved
  readonly at: Date
  readonly reason: string
}

/** The numbers under `root` in a tree of merges, itself included. */
export function numbersUnder(root: number, tree: readonly splits.TreeRow[]): number[] {
  const children = Map.groupBy(tree, (row) => row.direct_into)
  const found = [root]
  for (const id of found) for (const child of children.get(id) ?? []) found.push(child.from_person)
  return found
}

/** Throws what keeps the merge from being undone. */
export async function planSplit(query: Queryable, workspaceId: number, mergeId: string): Promise<SplitPlan> {
  const merge = await splits.findMerge(query, workspaceId, mergeId)
  if (!merge) throw new AppError('not_found', `There is no merge ${mergeId}`)
  if (merge.undone_at !== null) throw new AppError('conflict', 'The merge was undone before')
  const [row] = await store.findMerged(query, workspaceId, [merge.from_person])
  if (!row) throw new AppError('conflict', `Person ${merge.from_person} is not merged any more`)
  const leaves = row.merged_into
  const tree = await splits.findTree(query, workspaceId, leaves)
  const numbers = numbersUnder(merge.from_person, tree)
  const identities = await splits.identitiesOfOrigins(query, workspaceId, leaves, numbers)
  if (identities.length === 0)
    throw new AppError('conflict', `Nothing is left to recognise person ${merge.from_person} by: its identifiers belong to others now`)
  return {
    mergeId,
    person: merge.from_person,
    leaves,
    numbers,
    staying: numbersUnder(leaves, tree).filter((id) => !numbers.includes(id)),
    identities,
    moved: merge.moved,
    at: merge.at,
    reason: merge.reason,
  }
}

/** What the number itself, and those who went into it, have said. */
function fold(
  id: number,
  rows: ReadonlyMap<number, store.AttributesRow>,
  children: ReadonlyMap<number, readonly splits.TreeRow[]>,
): { view: Attributes; createdAt: Date } {
  const row = rows.get(id)
  if (!row) return { view: noAttributes, createdAt: new Date(0) }
  const own = row.own === null ? null : { values: row.own.values, times: row.own.times, sources: row.own.sources }
  let view: Attributes = own ?? store.attributesOf(row)
  let createdAt = row.own === null ? row.created_at : new Date(row.own.createdAt)
  for (const { from_person } of children.get(id) ?? []) {
    const child = fold(from_person, rows, children)
    view = mergeAttributes(view, child.view)
    if (child.createdAt < createdAt) createdAt = child.createdAt
  }
  return { view, createdAt }
}

async function splitProfiles(
  tx: Tx,
  workspaceId: number,
  plan: SplitPlan,
  tree: readonly splits.TreeRow[],
  version: number,
): Promise<void> {
  const ids = [...new Set([plan.leaves, ...tree.map((row) => row.from_person)])]
  const rows = new Map((await store.lockAttributes(tx, workspaceId, ids)).map((row) => [row.id, row]))
  const remaining = tree.filter((row) => row.from_person !== plan.person)
  const children = Map.groupBy(remaining, (row) => row.direct_into)
  const written = [plan.person, plan.leaves].map((id) => ({
    id,
    ...fold(id, rows, children),
    own: children.has(id) ? (rows.get(id)?.own ?? null) : null,
  }))
  await store.writeAttributes(tx, workspaceId, written, version)
}

/** In one transaction; `onSplit` is what other rooms do about it. */
export async function writeSplit(
  db: Db,
  workspaceId: number,
  mergeId: string,
  done: { at: Date; by: string; note: string; version: number; onSplit: (tx: Tx, plan: SplitPlan) => Promise<void> },
): Promise<SplitPlan> {
  return db.tx(async (tx) => {
    const plan = await planSplit(tx, workspaceId, mergeId)
    if (!(await splits.markUndone(tx, workspaceId, mergeId, done.at, done.by, done.note)))
      throw new AppError('conflict', 'The merge was undone before')
    const tree = await splits.findTree(tx, workspaceId, plan.leaves)
    const others = plan.numbers.filter((id) => id !== plan.person)
    await splitProfiles(tx, workspaceId, plan, tree, done.version)
    await splits.giveIdentities(tx, workspaceId, plan.leaves, plan.person, plan.numbers)
    await splits.detach(tx, workspaceId, plan.person, others, done.version)
    await splits.insertSeparation(tx, workspaceId, plan.person, plan.leaves)
    await done.onSplit(tx, plan)
    return plan
  })
}
