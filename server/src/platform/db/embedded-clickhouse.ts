import { mkdirSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { type ClickHouse, wrapClickHouse } from './clickhouse.ts'
import { type Layout, packRows } from './row-binary.ts'

/** ClickHouse inside this process, over one data folder that belongs to this process alone. */
export function openEmbeddedClickHouse(folder: string): ClickHouse {
  mkdirSync(folder, { recursive: true })
  const spool = `${folder}-spool`
  rmSync(spool, { recursive: true, force: true })
  mkdirSync(spool, { recursive: true })
  const database = 'default'
  // chdb's types name an older package of the same interface, hence the one cast.
  const connection = createChdbConnection({ path: folder }) as never
  const client = createClient({ connection, log: { level: ClickHouseLogLevel.OFF } })

  const free: string[] = []
  let files = 0

  /** chdb takes bytes only from a file: rows in the statement's text are read twice and must be text. */
  async function insertRows(layout: Layout, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return
    const file = free.pop() ?? join(spool, `${files++}.bin`)
    try {
      await writeFile(file, packRows(layout, rows))
      const columns = Object.keys(layout.columns).join(', ')
      const from = file.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
      const settings = Object.entries(layout.settings ?? {}).map(([name, value]) => `${name} = ${value}`)
      const beside = settings.length === 0 ? '' : `settings ${settings.join(', ')}`
      await client.command({ query: `insert into ${layout.table} (${columns}) from infile '${from}' ${beside} format RowBinary` })
    } finally {
      free.push(file)
    }
  }

  const clickhouse = wrapClickHouse(client, database)
  return {
    ...clickhouse,
    insertRows,
    async close() {
      await clickhouse.close()
      rmSync(spool, { recursive: true, force: true })
    },
  }
}
