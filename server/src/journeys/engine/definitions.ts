import type { JourneyDefinition } from '@chaoxi/contract'
import type { Queryable } from '../../platform/db/postgres.ts'
import type { Run } from '../core/run.ts'
import { findVersion } from '../store.ts'

type Whose = Pick<Run, 'workspaceId' | 'journeyId' | 'version'>

export interface Definitions {
  /** The published definition of that version. */
  of(query: Queryable, whose: Whose): Promise<JourneyDefinition>
}

/** Versions kept in memory; they never change, so they may be kept for ever. */
const keptMax = 1_000

export function createDefinitions(): Definitions {
  const kept = new Map<string, JourneyDefinition>()
  return {
    async of(query, { workspaceId, journeyId, version }) {
      const key = `${workspaceId}:${journeyId}:${version}`
      const found = kept.get(key)
      if (found) return found
      const row = await findVersion(query, workspaceId, journeyId, version)
      if (!row) throw new Error(`journey ${journeyId} has no version ${version}`)
      const oldest = kept.keys().next()
      if (kept.size >= keptMax && !oldest.done) kept.delete(oldest.value)
      kept.set(key, row.definition)
      return row.definition
    },
  }
}

/** The definitions of each of the runs, by `run.version` within its journey. */
export async function definitionsOf(
  definitions: Definitions,
  query: Queryable,
  whose: readonly Whose[],
): Promise<(one: Whose) => JourneyDefinition> {
  const found = new Map<string, JourneyDefinition>()
  const name = (one: Whose) => `${one.journeyId}:${one.version}`
  for (const one of whose) if (!found.has(name(one))) found.set(name(one), await definitions.of(query, one))
  return (one) => {
    const definition = found.get(name(one))
    if (!definition) throw new Error(`the definition of ${name(one)} was not loaded`)
    return definition
  }
}
