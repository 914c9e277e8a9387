import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Layout } from '../platform/db/row-binary.ts'
import { jsonText } from '../platform/json-text.ts'
import * as store from './store.ts'

/**
 * People whose ClickHouse profile must be written again, by workspace: with the row where it is known, as for somebody
 * new of whom nothing is known yet, or null where it must be read.
 */
export type Changed = ReadonlyMap<number, ReadonlyMap<number, store.ProfileRow | null>>

const profilesLayout: Layout = {
  table: 'profiles',
  columns: {
    workspace_id: 'UInt32',
    person_id: 'UInt64',
    attributes: 'String',
    merged: 'UInt8',
    created_at: 'DateTime64(3)',
    version: 'UInt64',
  },
}

/** Rows of new people wait this long for company: an insert costs the same for one row as for a thousand. */
const companyMs = 250

/**
 * The copies of people's rows, and of merges, that queries in ClickHouse read. What is owed is written before any query is
 * answered (`beforeRead`), so nobody can see that it was late; what a crash cuts off is found in PostgreSQL by its version.
 */
export function createProfileCopies({ db, clickhouse }: { db: Db; clickhouse: ClickHouse }) {
  type Owed = Map<number, Map<number, store.ProfileRow | null>>
  let owed: Owed = new Map()
  // The version that the oldest owed change has; null when nothing is owed.
  let owedFrom: number | null = null
  let writingFrom: number | null = null
  let writing: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  async function insertProfiles(rows: readonly store.ProfileRow[]): Promise<void> {
    await clickhouse.insertRows(
      profilesLayout,
      rows.map((row) => ({
        workspace_id: row.workspace_id,
        person_id: row.id,
        attributes: jsonText(row.attributes),
        merged: row.merged_into === null ? 0 : 1,
        created_at: row.created_at.getTime(),
        version: row.version,
      })),
    )
  }

  async function insertOverrides(rows: readonly store.OverrideRow[]): Promise<void> {
    if (rows.length === 0) return
    await clickhouse.insert(
      'person_overrides',
      rows.map((row) => ({
        workspace_id: row.workspace_id,
        old_person_id: row.from_person,
        person_id: row.into_person,
        version: row.version,
      })),
    )
    await clickhouse.command('system reload dictionary person_override_map')
  }

  // Numbers that were split off and stand for themselves again.
  let regained: { workspaceId: number; ids: readonly number[] }[] = []

  async function writeRegained(): Promise<void> {
    for (const one of regained) await insertOverrides(await store.findOverridesOf(db, one.workspaceId, one.ids))
    await dropOldOverrides()
  }

  /** Queries ask this table without `final`: after a split the rows that no longer hold must be gone. */
  const dropOldOverrides = () => clickhouse.command('optimize table person_overrides final')

  async function write(changed: Changed): Promise<void> {
    for (const [workspaceId, people] of changed) {
      const known = [...people.values()].filter((row) => row !== null)
      const unknown = [...people].flatMap(([id, row]) => (row === null ? [id] : []))
      const read = unknown.length === 0 ? [] : await store.findProfiles(db, workspaceId, unknown)
      await insertProfiles([...known, ...read])
      const merged = read.filter((row) => row.merged_into !== null).map((row) => row.id)
      if (merged.length > 0) await insertOverrides(await store.findOverridesOf(db, workspaceId, merged))
    }
    if (regained.length === 0) return
    await writeRegained()
    regained = []
  }

  function owe(changed: Changed, version: number): void {
    for (const [workspaceId, people] of changed) {
      if (people.size === 0) continue
      const own = owed.get(workspaceId) ?? new Map()
      for (const [person, row] of people) own.set(person, own.has(person) ? null : row)
      owed.set(workspaceId, own)
      owedFrom = Math.min(owedFrom ?? version, version)
    }
    // Whoever asks next tries again, and hears of it, should this fail.
    if (owedFrom !== null) timer ??= setTimeout(() => settle().catch(() => {}), companyMs).unref()
  }

  async function settle(): Promise<void> {
    // One at a time: an older row must never be written after a newer one of the same version.
    while (writing) await writing.catch(() => {})
    if (owedFrom === null) return
    if (timer) clearTimeout(timer)
    timer = null
    const taken = owed
    writingFrom = owedFrom
    owed = new Map()
    owedFrom = null
    writing = write(taken)
    try {
      await writing
    } catch (error) {
      owe(taken, writingFrom)
      throw error
    } finally {
      writing = null
      writingFrom = null
    }
  }
  clickhouse.beforeRead(settle)

  return {
    /** To be written soon: with company, or before the next query. */
    owe,
    /** The same of people who were split; `ids` are all numbers that went with the one who left. */
    oweSplit(workspaceId: number, ids: readonly number[], into: number, version: number): void {
      regained.push({ workspaceId, ids })
      owe(new Map([[workspaceId, new Map([...ids, into].map((id) => [id, null]))]]), version)
    },
    /** Resolves when nothing is owed that was owed at the call. */
    settle,
    /** The highest version through which ClickHouse has everything, given that `version` was the last one used. */
    through: (version: number): number => Math.min(version, (owedFrom ?? Infinity) - 1, (writingFrom ?? Infinity) - 1),
    /** Every change after `version`, from PostgreSQL. */
    async since(version: number): Promise<void> {
      await insertProfiles(await store.findProfilesSince(db, version))
      const overrides = await store.findOverridesSince(db, version)
      await insertOverrides(overrides)
      if (overrides.some((row) => row.from_person === row.into_person)) await dropOldOverrides()
    },
  }
}
