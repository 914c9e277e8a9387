import { mkdirSync } from 'node:fs'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { type ClickHouse, wrapClickHouse } from './clickhouse.ts'

/** ClickHouse inside this process, over one data folder that belongs to this process alone. */
export function openEmbeddedClickHouse(folder: string): ClickHouse {
  mkdirSync(folder, { recursive: true })
  const database = 'default'
  // chdb's types name an older package of the same interface, hence the one cast.
  const connection = createChdbConnection({ path: folder }) as never
  return wrapClickHouse(createClient({ connection, log: { level: ClickHouseLogLevel.OFF } }), database)
}
