import type { Needs } from './needs.ts'
import type { FactRows, FactsReader } from './people-facts.ts'
import type { Whom } from './print-source.ts'

/** What is read of some of the people at a time; or of one who has too much, nothing. */
export type Piece = { readonly whom: Whom; readonly rows: FactRows } | { readonly tooLarge: number }

export interface PiecesInput {
  readonly workspaceId: number
  readonly needs: Needs
  /** Ascending. */
  readonly people: readonly number[]
  /** They are all the living of their range of numbers. */
  readonly dense: boolean
}

export interface PieceLimits {
  /** What a piece should be: large enough that the statements cost little, small enough that two of them are little memory. */
  readonly bytesWanted: number
  /** What it may be; a person who alone has more is asked in SQL. */
  readonly bytesMax: number
}

export const pieceLimits: PieceLimits = { bytesWanted: 24 << 20, bytesMax: 96 << 20 }

/** Before anything is known of how much they have, and how many at most: their list travels with the statement, their range does not. */
const people = { first: 4_096, listed: 20_000, dense: 65_536 } as const

/** The people in pieces that are about equally large. */
export async function* piecesOf(reader: FactsReader, input: PiecesInput, limits: PieceLimits): AsyncGenerator<Piece> {
  const most = input.dense ? people.dense : people.listed
  let size: number = people.first
  for (let at = 0; at < input.people.length; ) {
    const some = input.people.slice(at, at + size)
    at += some.length
    const whom = whomOf(some, input.dense)
    const rows = await reader.read({ ...input, people: whom }, limits.bytesMax)
    if (rows === null) {
      yield* cutPieces(reader, input, some, limits)
      continue
    }
    yield { whom, rows }
    size = Math.min(most, Math.max(1, Math.ceil((some.length * limits.bytesWanted) / Math.max(1, rows.bytes))))
  }
}

function whomOf(some: readonly number[], dense: boolean): Whom {
  return dense ? { first: some[0] ?? 0, last: some.at(-1) ?? 0 } : some
}

/** Somebody among them has very much. */
async function* cutPieces(reader: FactsReader, input: PiecesInput, some: readonly number[], limits: PieceLimits): AsyncGenerator<Piece> {
  const sizes = await reader.sizes({ ...input, people: whomOf(some, input.dense) })
  let [part, bytes]: [number[], number] = [[], 0]
  async function* takePart(): AsyncGenerator<Piece> {
    const whom = whomOf(part, input.dense)
    const rows = part.length === 0 ? null : await reader.read({ ...input, people: whom }, limits.bytesMax)
    if (rows !== null) yield { whom, rows }
    else for (const person of part) yield { tooLarge: person }
    ;[part, bytes] = [[], 0]
  }
  for (const person of some) {
    const own = sizes.get(person) ?? 0
    if (bytes + own > limits.bytesWanted) yield* takePart()
    if (own > limits.bytesMax) yield { tooLarge: person }
    else {
      part.push(person)
      bytes += own
    }
  }
  yield* takePart()
}

/** The next one is made while the last is used. */
export async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let coming = source.next()
  try {
    for (;;) {
      const one = await coming
      if (one.done === true) return
      coming = source.next()
      // It is heard of when it is its turn.
      coming.catch(() => undefined)
      yield one.value
    }
  } finally {
    await coming.catch(() => undefined)
    await source.return(undefined)
  }
}
