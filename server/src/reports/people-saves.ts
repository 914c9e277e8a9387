import { AppError, type Input, type Output, type PeopleSave } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import type { DefinitionKind } from '../tags/index.ts'
import * as store from './people-save-store.ts'
import { type createPeopleSets, namedIn } from './people-sets.ts'

/** People who go in by one transaction: few enough that whoever else changes memberships does not wait long. */
const peopleAtOnce = 10_000
const everyMs = 5_000
const shownMax = 20
const keptMax = 50

export interface PeopleSavesDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly sets: ReturnType<typeof createPeopleSets>
  readonly createSegment: (
    caller: Caller,
    segment: { key?: string | undefined; name: string; description: string },
  ) => Promise<{ readonly key: string }>
  /** The active ones among the keys. */
  readonly active: (workspaceId: number, kind: DefinitionKind, keys: readonly string[]) => Promise<ReadonlySet<string>>
  /** False: the segment is no more. */
  readonly putIn: (tx: Tx, workspaceId: number, segmentKey: string, people: readonly number[]) => Promise<boolean>
  /** Called after a commit that put people in. */
  readonly settled: () => void
  readonly audit: (
    tx: Queryable,
    actor: Pick<Caller, 'workspaceId' | 'actor'>,
    action: string,
    subject: string,
    details: object,
  ) => Promise<void>
  readonly wake: (loop: string) => void
  /** Fewer at once, for tests. */
  readonly pageSize?: number
}

const loopName = 'people_saves'

export interface PeopleSaves {
  begin(caller: Caller, input: Input<'peopleSave'>['body']): Promise<PeopleSave>
  view(workspaceId: number, id: string): Promise<PeopleSave>
  list(workspaceId: number): Promise<Output<'peopleSaves'>>
  readonly loop: Loop
}

/**
 * Lists of people become segments, a page of the list after the other: each goes in with the note of how far that is, so a stop
 * anywhere leaves nobody out. Whoever comes into the list or leaves it meanwhile is taken as of their page.
 */
export function createPeopleSaves(deps: PeopleSavesDeps): PeopleSaves {
  const { db, clock, ids, sets, pageSize = peopleAtOnce } = deps
  const now = () => new Date(clock.now())

  async function turn(tx: Tx, row: store.SaveRow): Promise<void> {
    const { workspace_id: workspaceId, segment_key: key } = row
    const fail = (problem: PeopleSave['problem']) => store.updateSave(tx, { ...row, state: 'failed', problem, ended_at: now() })
    for (const [kind, names] of Map.groupBy(namedIn(row.filter), (one) => one.kind)) {
      const keys = names.map((one) => one.key)
      const active = await deps.active(workspaceId, kind, keys)
      if (keys.some((one) => !active.has(one))) return fail('filter_gone')
    }
    const set = await sets(workspaceId, row.filter)
    const about = row.about ?? (await set.count())
    const found = await set.page(row.saved_to, pageSize)
    const people = await store.shareLiving(tx, workspaceId, found)
    if (people.length > 0 && !(await deps.putIn(tx, workspaceId, key, people))) return fail('segment_gone')
    const done = found.length < pageSize
    const saved = row.saved + people.length
    await store.updateSave(tx, {
      ...row,
      ...{ saved, about, saved_to: found.at(-1) ?? row.saved_to },
      ...(done ? { state: 'done', ended_at: now() } : {}),
    })
    if (done) await deps.audit(tx, { workspaceId, actor: row.started_by }, 'segment.members', key, { added: saved, removed: 0 })
  }

  return {
    async begin(caller, { filter, ...segment }) {
      const { workspaceId } = caller
      // What is wrong with it is said before there is a segment.
      await sets(workspaceId, filter)
      const { key } = await deps.createSegment(caller, segment)
      const id = ids.next('sav')
      await store.insertSave(db, workspaceId, { id, segmentKey: key, filter, by: caller.actor }, now())
      await store.deleteOldSaves(db, workspaceId, keptMax)
      deps.wake(loopName)
      return this.view(workspaceId, id)
    },
    async view(workspaceId, id) {
      const row = await store.findSave(db, workspaceId, id)
      if (!row) throw new AppError('not_found', `There is no list ${id} that is being saved`)
      return saveView(row)
    },
    async list(workspaceId) {
      return { items: (await store.listSaves(db, workspaceId, shownMax)).map(saveView) }
    },
    loop: {
      name: loopName,
      everyMs,
      async run() {
        const worked = await db.tx(async (tx) => {
          const row = await store.claimSave(tx)
          if (row) await turn(tx, row)
          return row !== null
        })
        if (worked) deps.settled()
        return worked
      },
    },
  }
}

const saveView = (row: store.SaveRow): PeopleSave => ({
  id: row.id,
  segmentKey: row.segment_key,
  state: row.state,
  saved: row.saved,
  about: row.about,
  problem: row.problem,
  startedAt: row.started_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
})
