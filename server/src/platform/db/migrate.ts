import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { ClickHouse } from './clickhouse.ts'
import { type Db, sql } from './postgres.ts'

export interface Migration {
  readonly name: string
  readonly text: string
  readonly checksum: string
}

/** Numbered, forward-only `.sql` files in order of their names. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8')
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') }
    })
}

function pendingOf(migrations: readonly Migration[], applied: readonly { name: string; checksum: string }[]): Migration[] {
  const checksums = new Map(applied.map((row) => [row.name, row.checksum]))
  for (const { name, checksum } of migrations) {
    const known = checksums.get(name)
    if (known !== undefined && known !== checksum) throw new Error(`migration ${name} was changed after it had run; add a new one instead`)
  }
  const names = new Set(migrations.map((migration) => migration.name))
  const unknown = applied.find((row) => !names.has(row.name))
  if (unknown) throw new Error(`this data was written by a newer version (migration ${unknown.name} is unknown here); upgrade the program`)
  return migrations.filter((migration) => !checksums.has(migration.name))
}

/** Applies what is missing, each file in one transaction, one program at a time. */
export async function migratePostgres(db: Db, clock: Clock, migrations: readonly Migration[]): Promise<void> {
  await db.tx(async (tx) => {
    await tx.run(sql`select pg_advisory_xact_lock(727001)`)
    await tx.run(
      sql`create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null)`,
    )
    const applied = await tx.many<{ name: string; checksum: string }>(sql`select name, checksum from migrations`)
    for (const migration of pendingOf(migrations, applied)) {
      await tx.run({ strings: [migration.text], values: [] })
      await tx.run(sql`insert into migrations values (${migration.name}, ${migration.checksum}, ${new Date(clock.now())})`)
    }
  })
}

/** ClickHouse has no transactions: statements run one by one, so each must be safe to meet again after a crash in the middle. */
export async function migrateClickHouse(
  clickhouse: ClickHouse,
  clock: Clock,
  migrations: readonly Migration[],
  credentials: { user: string; password: string } | null,
): Promise<void> {
  await clickhouse.command(
    `create table if not exists migrations (name String, checksum String, applied_at DateTime64(3, 'UTC')) engine = MergeTree order by name`,
  )
  const applied = await clickhouse.query<{ name: string; checksum: string }>('interactive', 'select name, checksum from migrations')
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const dictionary = credentials ? `user ${quote(credentials.user)} password ${quote(credentials.password)}` : ''
  for (const migration of pendingOf(migrations, applied)) {
    const text = migration.text.replaceAll('{database}', clickhouse.database).replaceAll('{dictionary_credentials}', dictionary)
    for (const statement of statementsOf(text)) await clickhouse.command(statement)
    await clickhouse.insert('migrations', [{ name: migration.name, checksum: migration.checksum, applied_at: clock.now() }])
  }
}

/** Splits at semicolons that end a line (none of our statements has one inside), after dropping comment lines. */
function statementsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .split(/;\s*(?:\n|$)/)
    .map((statement) =>
      statement.trim().replace(/^create (table|dictionary|materialized view) (?!if not exists)/, 'create $1 if not exists '),
    )
    .filter((statement) => statement !== '')
}
