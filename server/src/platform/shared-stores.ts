import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type ClickHouse, openClickHouseServer } from './db/clickhouse.ts'
import { type Db, openPostgres } from './db/postgres.ts'
import { openSharedClickHouse, shareClickHouse } from './db/shared-clickhouse.ts'
import type { Logger } from './log.ts'
import { writeWholeFile } from './whole-file.ts'

// How other processes of ours find the stores of the one that has them: a file in the data folder, which only its owner may read.

const schema = z.object({
  /** Another one with each start. */
  id: z.string(),
  postgresUrl: z.string(),
  clickhouse: z.union([z.object({ url: z.string(), secret: z.string() }), z.object({ server: z.string() })]),
  publicUrl: z.string(),
})
export type StoresFile = z.infer<typeof schema>

const fileOf = (folder: string) => join(folder, 'stores.json')

/** Null: nobody shares stores there, or it is just being written. */
export function readStoresFile(folder: string): StoresFile | null {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(folder), 'utf8')))
  } catch {
    return null
  }
}

/** Lets workers use the stores, until the returned function is called. */
export async function shareStores(
  folder: string,
  {
    clickhouse,
    postgresUrl,
    clickhouseUrl,
    publicUrl,
  }: { clickhouse: ClickHouse; postgresUrl: string; clickhouseUrl: string | null; publicUrl: string },
): Promise<() => Promise<void>> {
  const shared = clickhouseUrl === null ? await shareClickHouse(clickhouse) : null
  const file = fileOf(folder)
  const content: StoresFile = {
    id: randomUUID(),
    postgresUrl,
    clickhouse: shared === null ? { server: clickhouseUrl ?? '' } : { url: shared.url, secret: shared.secret },
    publicUrl,
  }
  writeWholeFile(file, JSON.stringify(content), 0o600)
  return async () => {
    rmSync(file, { force: true })
    await shared?.close()
  }
}

export async function openSharedStores(
  found: StoresFile,
  log: Logger,
): Promise<{ db: Db; clickhouse: ClickHouse; close(): Promise<void> }> {
  const db = openPostgres(found.postgresUrl, log)
  const clickhouse = 'server' in found.clickhouse ? openClickHouseServer(found.clickhouse.server) : openSharedClickHouse(found.clickhouse)
  return {
    db,
    clickhouse,
    async close() {
      await clickhouse.close()
      await db.close()
    },
  }
}
