import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../src/platform/db/postgres.ts'
import { createTestStores, type TestStores } from './harness/stores.ts'

// The schema that the migrations add up to, as one readable file: a change of the schema is seen in a review, and a
// migration that does something else than its author thought is too. CHAOXI_UPDATE_GOLDEN=1 writes it anew.

const golden = join(import.meta.dirname, '../schema.sql')

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

interface TableRow {
  name: string
  columns: string[]
  constraints: string[]
  indexes: string[]
}

/** From the catalogue: pg_dump is not part of the embedded server. */
async function postgresSchema(): Promise<string> {
  const tables = await stores.db.many<TableRow>(sql`
    select c.relname as name,
      (select array_agg(
          quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attidentity = 'a' then ' generated always as identity' else '' end
          || case when a.attnotnull then ' not null' else '' end
          || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
          order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select coalesce(array_agg('constraint ' || quote_ident(o.conname) || ' ' || pg_get_constraintdef(o.oid) order by o.conname), '{}')
        from pg_constraint o where o.conrelid = c.oid and o.contype <> 'n') as constraints,
      (select coalesce(array_agg(pg_get_indexdef(i.indexrelid) order by i.indexrelid::regclass::text), '{}')
        from pg_index i
        where i.indrelid = c.oid and not exists (select from pg_constraint o where o.conindid = i.indexrelid)) as indexes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
    order by c.relname`)
  const sequences = await stores.db.many<{ text: string }>(sql`
    select format('create sequence %I cache %s;', s.sequencename, s.cache_size) as text
    from pg_sequences s
    where s.schemaname = 'public' and not exists (
      select from pg_depend d
      where d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass and d.deptype in ('a', 'i') and d.classid = 'pg_class'::regclass)
    order by s.sequencename`)
  const others = await stores.db.many<{ text: string }>(sql`
    select p.oid::regprocedure::text as text from pg_proc p where p.pronamespace = 'public'::regnamespace
    union all select 'view ' || c.oid::regclass::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
    union all select 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass::text from pg_trigger t where not t.tgisinternal
    order by 1`)
  const texts = tables.map((table) => {
    const lines = [...table.columns, ...table.constraints].map((line) => `  ${line}`).join(',\n')
    return [`create table ${table.name} (\n${lines}\n);`, ...table.indexes.map((index) => `${index};`)].join('\n')
  })
  return [...sequences.map((row) => row.text), ...texts, ...others.map((row) => `-- ${row.text}`)].join('\n\n')
}

async function clickhouseSchema(): Promise<string> {
  const tables = await stores.clickhouse.query<{ name: string; engine: string }>(
    'interactive',
    `select name, engine from system.tables where database = {database:String} and name not like '.inner%' order by name`,
    { database: stores.clickhouse.database },
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const [row] = await stores.clickhouse.query<{ statement: string }>('interactive', `show create table ${name}`)
    texts.push(`${(row?.statement ?? '').replaceAll(`${stores.clickhouse.database}.`, '')};`)
  }
  return texts.join('\n\n')
}

test('the migrations add up to schema.sql', async () => {
  const header = '-- What the migrations add up to. Written by server/test/schema.test.ts; not run by anything.'
  const text = `${header}\n\n-- PostgreSQL\n\n${await postgresSchema()}\n\n-- ClickHouse\n\n${await clickhouseSchema()}\n`
  if (process.env.CHAOXI_UPDATE_GOLDEN === '1') writeFileSync(golden, text)
  expect(text, 'CHAOXI_UPDATE_GOLDEN=1 npm test -- server/test/schema writes it anew').toBe(readFileSync(golden, 'utf8'))
})

test('every table of customers’ data begins with its workspace', async () => {
  // Accounts are people who log in; a session or a link is found by its own secret, queue rows by arrival; one intake runs at a time.
  const foundOtherwise = [
    'accounts',
    'workspaces',
    'migrations',
    'sessions',
    'links',
    'touched_people',
    'journey_inbox',
    'membership_outbox',
    'message_events',
    'ingest_checkpoint',
  ]
  const rows = await stores.db.many<{ name: string; first: string }>(sql`
    select c.relname as name, a.attname as first
    from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where c.relnamespace = 'public'::regnamespace`)
  expect(rows.filter((row) => row.first !== 'workspace_id' && !foundOtherwise.includes(row.name))).toEqual([])
  const sorted = await stores.clickhouse.query<{ name: string; sorting_key: string }>(
    'interactive',
    `select name, sorting_key from system.tables where database = currentDatabase() and engine like '%MergeTree' and name <> 'migrations'`,
  )
  expect(sorted.filter((row) => !row.sorting_key.startsWith('workspace_id'))).toEqual([])
})
