import { type Bits, bitsAt, bothOf, emptyBits, forEachPlace, hasAny, hasBit, setBit } from '../platform/bits.ts'
import type { Rows } from './membership-store.ts'

/** What is to be so, of some people by rising number. Bits and instants stand in their order. */
export interface Judgement {
  readonly people: readonly number[]
  readonly columns: readonly Column[]
  /** When each is to be looked at again (ms); infinity: not without an event. */
  readonly due: Float64Array
  /** Of whom everything was worked out: `due` is all that there is. Of the others it only comes sooner. */
  readonly whole: Bits
}

/** The part of a judgement of so many people that says nothing of when to look again. */
export const unchecked = (count: number): Pick<Judgement, 'due' | 'whole'> => ({
  due: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
  whole: emptyBits(count),
})

/** Who is to be in a definition, by its slot. */
export interface Column {
  readonly slot: number
  readonly held: Bits
  /** Of whom it was asked; the others stay as they are. Null: of all. */
  readonly asked: Bits | null
}

export interface Moved {
  readonly slot: number
  readonly entered: Bits
  readonly left: Bits
}

export interface Difference {
  /** What is to be stored, of everyone. */
  readonly rows: Rows
  readonly moved: readonly Moved[]
  /** Places whose rows are not what they were. */
  readonly changed: readonly number[]
}

/** The same of some of the people, by their places in rising order. */
export function judgementOf({ people, columns, due, whole }: Judgement, places: readonly number[]): Judgement {
  return {
    people: places.map((place) => people[place] ?? 0),
    columns: columns.map(({ slot, held, asked }) => ({
      slot,
      held: bitsAt(held, places),
      asked: asked === null ? null : bitsAt(asked, places),
    })),
    due: Float64Array.from(places, (place) => due[place] ?? 0),
    whole: bitsAt(whole, places),
  }
}

/** Who has the bit. */
export function columnOf({ people, width, held }: Rows, slot: number): Bits {
  const bits = emptyBits(people.length)
  const [byte, bit] = [slot >> 3, slot & 7]
  if (byte >= width) return bits
  // Word by word: a computation for everyone reads two hundred million of them.
  for (let word = 0, at = byte; word < bits.length; word++) {
    const count = Math.min(32, people.length - word * 32)
    let found = 0
    for (let i = 0; i < count; i++, at += width) found |= (((held[at] ?? 0) >> bit) & 1) << i
    bits[word] = found
  }
  return bits
}

/** What has to be written so that the rows hold what was judged. Of `rows`, whose bits change in place, everyone's must be there. */
export function difference(rows: Rows, judgement: Judgement, retired: readonly number[]): Difference {
  const { people, width, held, versions } = rows
  const empty = versions.every((version) => version === 0)
  const changed = emptyBits(people.length)
  const moved: Moved[] = []
  for (const { slot, held: wanted, asked } of judgement.columns) {
    const stored = empty ? null : columnOf(rows, slot)
    const entered = bothOf(stored === null ? wanted : wanted.map((word, i) => word & ~(stored[i] ?? 0)), asked)
    const left =
      stored === null
        ? emptyBits(people.length)
        : bothOf(
            stored.map((word, i) => word & ~(wanted[i] ?? 0)),
            asked,
          )
    const [some, others] = [hasAny(entered), hasAny(left)]
    if (!some && !others) continue
    const [byte, mask] = [slot >> 3, 1 << (slot & 7)]
    const turn = (place: number) => {
      const at = place * width + byte
      held[at] = (held[at] ?? 0) ^ mask
      setBit(changed, place)
    }
    if (some) forEachPlace(entered, turn)
    if (others) forEachPlace(left, turn)
    moved.push({ slot, entered, left })
  }
  const due = nextChecks(rows, judgement, changed)
  const places: number[] = []
  forEachPlace(changed, (place) => places.push(place))
  for (const place of places) clear(rows, place, retired)
  return { rows: { ...rows, due }, moved, changed: places }
}

function nextChecks({ due: stored }: Rows, { due, whole }: Judgement, changed: Bits): Float64Array {
  const next = stored.slice()
  for (let place = 0; place < next.length; place++) {
    const [before, found] = [stored[place] ?? 0, due[place] ?? 0]
    if (hasBit(whole, place) ? found === before : found >= before) continue
    next[place] = found
    setBit(changed, place)
  }
  return next
}

function clear({ width, held }: Rows, place: number, slots: readonly number[]): void {
  for (const slot of slots) {
    if (slot >> 3 >= width) continue
    const at = place * width + (slot >> 3)
    held[at] = (held[at] ?? 0) & ~(1 << (slot & 7))
  }
}
