import type { Clock } from '../../server/src/platform/clock.ts'
import type { ClickHouse } from '../../server/src/platform/db/clickhouse.ts'
import type { Db } from '../../server/src/platform/db/postgres.ts'
import { type Meters, openProgram } from '../harness/program.ts'
import type { BenchDefinition } from './definitions.ts'

// All that the benchmark touches of the program from inside: what the rooms export, with the loops in our hand and a clock
// that stands where we put it. Storage behind it may change without a word here.

export interface Product {
  readonly workspaceId: number
  readonly url: string
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock & { set(now: number): void }
  define(definitions: readonly BenchDefinition[]): Promise<void>
  /** Each runs until nothing is left to do. */
  readonly drain: { compute(): Promise<void>; evaluate(): Promise<void>; flush(): Promise<void> }
  /** One turn of every loop of the room; whether any found work. */
  tick(): Promise<boolean>
  /** Names `kind:key`, by person. */
  memberships(people: readonly number[]): Promise<Map<number, Set<string>>>
  /** Through the intake, as what the house itself records. */
  record(events: readonly { personId: number; event: string; properties: Record<string, unknown> }[]): Promise<void>
  close(): Promise<void>
}

async function untilIdle(work: () => Promise<boolean>): Promise<void> {
  while (await work());
}

export async function openProduct(folder: string, now: number, meters: Meters): Promise<Product> {
  const program = await openProgram(folder, now, meters)
  const { chaoxi, clock } = program
  const { tags, ingest } = chaoxi.house
  const { workspaceId } = chaoxi.first
  const actor = { workspaceId, actor: 'bench' }
  let recorded = 0
  return {
    workspaceId,
    url: chaoxi.url,
    db: program.db,
    clickhouse: program.clickhouse,
    clock,
    async define(definitions) {
      for (const { kind, key, rule } of definitions)
        await tags.definitions.create(actor, kind, {
          key,
          name: key,
          description: '',
          layer: kind === 'tag' ? 'behaviour' : null,
          scene: '',
          mode: 'dynamic',
          rule,
        })
    },
    drain: {
      compute: () => untilIdle(tags.work.compute),
      evaluate: () => untilIdle(tags.work.evaluate),
      flush: () => untilIdle(tags.work.flush),
    },
    async tick() {
      const worked = [await tags.work.evaluate(), await tags.work.compute(), await tags.work.flush()]
      return worked.includes(true)
    },
    async memberships(people) {
      const found = await tags.memberships(workspaceId, people)
      return new Map(
        [...found].map(([id, held]) => [
          id,
          new Set([...[...held.tags].map((key) => `tag:${key}`), ...[...held.segments].map((key) => `segment:${key}`)]),
        ]),
      )
    },
    record: (events) =>
      ingest.record(
        workspaceId,
        events.map((event) => ({ ...event, messageId: `bench-${now}-${recorded++}`, time: clock.now() })),
      ),
    close: program.close,
  }
}
