import type { Db, Queryable, Tx } from '../../src/platform/db/postgres.ts'

/** What a killed process throws: it does nothing more, whatever it catches. */
export class Killed extends Error {}

/**
 * Lets several pieces of work run against one real database a statement at a time, in an order that a seed decides. At
 * most one of them runs at any moment; the others stand before their next statement, in the middle of a transaction if
 * that is where they are. A transaction's last statement and its commit are one turn, because what it locks last (the
 * counters) would block the others for good.
 */
export interface Turns {
  /** A database whose statements wait for their turn; `life` says after how many of them its process is killed. */
  process(db: Db, life: number): Db
  /** Runs all of it to the end; killed ones end too. Other errors are thrown. */
  run(works: readonly { work: () => Promise<unknown> }[]): Promise<void>
}

export function createTurns(random: () => number): Turns {
  const standing: (() => void)[] = []
  let changed = () => {}

  /** Stands until chosen. Whoever gets here or ends hands the turn back. */
  const turn = () =>
    new Promise<void>((resolve) => {
      standing.push(resolve)
      changed()
    })

  return {
    process(db, life) {
      let left = life
      const step = async () => {
        if (left <= 0) throw new Killed()
        await turn()
        left -= 1
        if (left <= 0) throw new Killed()
      }
      const gated = (query: Queryable): Queryable => ({
        many: (statement) => step().then(() => query.many(statement)),
        one: (statement) => step().then(() => query.one(statement)),
        run: (statement) => step().then(() => query.run(statement)),
      })
      return {
        ...gated(db),
        hold: () => db.hold(),
        close: async () => {},
        async tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
          await step()
          const result = await db.tx(async (tx) => {
            const done = await work({ ...gated(tx), transaction: true })
            // Killed when all is written and nothing committed.
            if (--left <= 0) throw new Killed()
            return done
          })
          // Killed when all is committed and nobody was told.
          if (--left <= 0) throw new Killed()
          return result
        },
      }
    },

    async run(works) {
      let running = works.length
      const failures: unknown[] = []
      for (const { work } of works) {
        // Each goes to its first statement before the next one starts.
        await new Promise<void>((resolve) => {
          changed = resolve
          work()
            .catch((error: unknown) => {
              if (!(error instanceof Killed)) failures.push(error)
            })
            .finally(() => {
              running -= 1
              changed()
            })
        })
      }
      while (running > 0) {
        const [chosen] = standing.splice(Math.floor(random() * standing.length), 1)
        if (!chosen) throw new Error('work is going on that no turn was given to')
        await new Promise<void>((resolve) => {
          changed = resolve
          chosen()
        })
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
