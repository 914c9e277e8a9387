import type { Tx } from '../platform/db/postgres.ts'
import * as store from './store.ts'
import { type Attributes, applySaying, mergeAttributes, noAttributes } from './traits.ts'
import type { Writes } from './walk.ts'
import type { WorkingGraph } from './working-graph.ts'

/** A person's row while it changes. `own` is what was said under its number alone, once others have brought theirs. */
interface State {
  view: Attributes
  own: store.OwnAttributes | null
  createdAt: Date
}

const stateOf = (row: store.AttributesRow): State => ({ view: store.attributesOf(row), own: row.own, createdAt: row.created_at })

/** Applies traits and merges to the locked rows; later statements of the batch see earlier ones. */
export async function writeProfiles(tx: Tx, workspaceId: number, writes: Writes, graph: WorkingGraph, version: number): Promise<void> {
  const ids = new Set<number>()
  for (const merge of writes.merges) ids.add(merge.from).add(graph.final(merge.into))
  for (const one of writes.sayings) ids.add(graph.final(one.personId)).add(one.origin)
  if (ids.size === 0) return
  const rows = new Map((await store.lockAttributes(tx, workspaceId, [...ids])).map((row) => [row.id, stateOf(row)]))
  const changed = new Set<number>()
  const change = (id: number): State => {
    const state = rows.get(id) ?? { view: noAttributes, own: null, createdAt: new Date(0) }
    rows.set(id, state)
    changed.add(id)
    return state
  }
  // A statement's own time orders it, so merges may be applied first.
  for (const merge of writes.merges) joinProfiles(change(graph.final(merge.into)), rows.get(merge.from))
  const sums = writes.sayings.filter((one) => one.saying.operation === 'increment').map((one) => one.messageId)
  // A sum is the one thing that must not be said twice: after a crash the same message may come again.
  const fresh = sums.length === 0 ? null : await store.markApplied(tx, workspaceId, sums)
  for (const one of writes.sayings) {
    if (one.saying.operation === 'increment' && !fresh?.has(one.messageId)) continue
    const id = graph.final(one.personId)
    const state = change(id)
    state.view = applySaying(state.view, one.saying, one)
    const own = id === one.origin ? state : change(one.origin)
    if (own.own !== null) own.own = { ...own.own, ...applySaying(own.own, one.saying, one) }
    else if (own !== state) own.view = applySaying(own.view, one.saying, one)
  }
  const written = [...changed].flatMap((id) => {
    const state = rows.get(id)
    return state === undefined ? [] : [{ id, ...state }]
  })
  if (written.length > 0) await store.writeAttributes(tx, workspaceId, written, version)
}

function joinProfiles(into: State, from: State | undefined): void {
  into.own ??= { ...into.view, createdAt: into.createdAt.getTime() }
  if (from === undefined) return
  into.view = mergeAttributes(into.view, from.view)
  if (from.createdAt < into.createdAt) into.createdAt = from.createdAt
}
