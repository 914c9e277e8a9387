import type { ClickHouse, Params, WorkClass } from '../../server/src/platform/db/clickhouse.ts'
import type { Db, Queryable, Sql, Tx } from '../../server/src/platform/db/postgres.ts'
import { round } from '../harness/result.ts'

// Counts and times what the program asks of its stores, as seen from the client. Times of statements that run side by side
// add up to more than passes by.

interface Cost {
  count: number
  ms: number
}

interface Asked {
  readonly text: string
  readonly params: Params
  count: number
}

const isSql = (value: unknown): value is Sql => typeof value === 'object' && value !== null && 'strings' in value && 'values' in value

/** A statement's text without its values. */
const textOf = ({ strings, values }: Sql): string =>
  strings.map((part, i) => `${part}${isSql(values[i]) ? textOf(values[i]) : ''}`).join('')

/** `insert memberships` */
function nameOf(statement: Sql): string {
  const text = textOf(statement).replace(/\s+/g, ' ').trim().toLowerCase()
  if (text.includes('advisory')) return 'lock'
  const written = /(insert into|delete from|update) (\w+)/.exec(text)
  if (written) return `${written[1]?.split(' ')[0]} ${written[2]}`
  return `${text.split(' ')[0]} ${/ from (\w+)/.exec(text)?.[1] ?? ''}`
}

export function createMeters() {
  const costs = new Map<string, Cost>()
  const asked = new Map<string, Asked>()

  function add(name: string, ms: number): void {
    const cost = costs.get(name) ?? { count: 0, ms: 0 }
    costs.set(name, cost)
    cost.count += 1
    cost.ms += ms
  }
  async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await work()
    } finally {
      add(name, performance.now() - start)
    }
  }
  function note(text: string, params: Params): void {
    const one = asked.get(text) ?? { text, params, count: 0 }
    one.count += 1
    asked.set(text, one)
  }

  const queryable = (inner: Queryable): Queryable => ({
    many: (statement) => timed(`postgres ${nameOf(statement)}`, () => inner.many(statement)),
    one: (statement) => timed(`postgres ${nameOf(statement)}`, () => inner.one(statement)),
    run: (statement) => timed(`postgres ${nameOf(statement)}`, () => inner.run(statement)),
  })

  return {
    db: (inner: Db): Db => ({
      ...inner,
      ...queryable(inner),
      async tx(work) {
        const start = performance.now()
        let inside = 0
        const result = await inner.tx(async (tx: Tx) => {
          const began = performance.now()
          const done = await work({ ...queryable(tx), transaction: true })
          inside = performance.now() - began
          return done
        })
        add('postgres begin, commit', performance.now() - start - inside)
        return result
      },
    }),
    clickhouse: (inner: ClickHouse): ClickHouse => ({
      ...inner,
      query<Row extends object>(work: WorkClass, text: string, params: Params = {}) {
        note(text, params)
        return timed(`clickhouse query ${work}`, () => inner.query<Row>(work, text, params))
      },
      column(work, text, params = {}) {
        note(text, params)
        return timed(`clickhouse column ${work}`, () => inner.column(work, text, params))
      },
      blocks(work, text, params = {}, bytesMax = 0) {
        note(text, params)
        return timed(`clickhouse blocks ${work}`, () => inner.blocks(work, text, params, bytesMax))
      },
      async stream<Row extends object>(work: WorkClass, text: string, params: Params, take: (rows: Row[]) => void) {
        note(text, params)
        const start = performance.now()
        let first = 0
        let taking = 0
        await inner.stream<Row>(work, text, params, (rows) => {
          const began = performance.now()
          if (first === 0) first = began - start
          take(rows)
          taking += performance.now() - began
        })
        const total = performance.now() - start
        if (first === 0) first = total
        add(`clickhouse stream ${work}: until the first rows`, first)
        add(`clickhouse stream ${work}: reading rows`, total - first - taking)
        add('rules put together from rows', taking)
      },
      insert: (table, rows) => timed(`clickhouse insert ${table}`, () => inner.insert(table, rows)),
      insertRows: (layout, rows) => timed(`clickhouse insert ${layout.table}`, () => inner.insertRows(layout, rows)),
      command: (text, params = {}) => timed('clickhouse command', () => inner.command(text, params)),
    }),
    /** Readings and commands so far. */
    clickhouseQueries: () =>
      [...costs]
        .filter(([name]) => /^clickhouse (query|column|command|stream .*first)/.test(name))
        .reduce((sum, [, cost]) => sum + cost.count, 0),
    /** What was asked of ClickHouse since the last call, texts that differ. */
    takeAsked(): Asked[] {
      const taken = [...asked.values()]
      asked.clear()
      return taken
    },
    /** Seconds by what they went to since the last call, largest first; what took less than 1 % of it all is left out. */
    takeBreakdown(): Record<string, { seconds: number; count: number }> {
      const sorted = [...costs].sort(([, a], [, b]) => b.ms - a.ms)
      const total = sorted.reduce((sum, [, cost]) => sum + cost.ms, 0)
      costs.clear()
      return Object.fromEntries(
        sorted.filter(([, cost]) => cost.ms >= total / 100).map(([name, { ms, count }]) => [name, { seconds: round(ms / 1000, 2), count }]),
      )
    },
  }
}
