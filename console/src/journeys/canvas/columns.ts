import type { Layers, Segment, Slot } from './layers.ts'

// Where in its row each card stands: as straight below and above what it is connected to as there is room.

const rounds = 24

export interface Sizes {
  readonly widthOf: (slot: Slot) => number
  /** Between neighbours of one row. */
  readonly gap: number
}

/** Middles of all slots from left to right. */
export function columnsOf({ rows, segments }: Layers, { widthOf, gap }: Sizes): Map<string, number> {
  const middles = new Map<string, number>()
  const apart = (a: Slot, b: Slot) => (widthOf(a) + widthOf(b)) / 2 + gap
  for (const row of rows) {
    let x = 0
    for (const [i, slot] of row.entries()) {
      const before = row[i - 1]
      x = before === undefined ? 0 : x + apart(before, slot)
      middles.set(slot.id, x)
    }
  }
  const middle = (slot: Slot) => middles.get(slot.id) ?? 0
  /** Where the segment's end at the card is, away from the card's middle. */
  const shift = ({ upper, port }: Segment) => (port - 0.5) * widthOf(upper)
  for (let round = 0; round < rounds; round++) {
    // Down, up, and in the end both together, so that neither side wins.
    const [above, below] = round >= rounds - 4 ? [true, true] : [round % 2 === 0, round % 2 === 1]
    const order = above && !below ? [...rows.keys()] : [...rows.keys()].reverse()
    for (const r of order) {
      const row = rows[r] ?? []
      const wishes = row.map((slot) => {
        const up = above ? (segments[r - 1] ?? []).filter(({ lower }) => lower.id === slot.id) : []
        const down = below ? (segments[r] ?? []).filter(({ upper }) => upper.id === slot.id) : []
        const all = [
          ...up.map((segment) => ({ x: middle(segment.upper) + shift(segment), weight: weightOf(segment) })),
          ...down.map((segment) => ({ x: middle(segment.lower) - shift(segment), weight: weightOf(segment) })),
        ]
        const weight = all.reduce((sum, one) => sum + one.weight, 0)
        if (weight === 0) return { x: middle(slot), weight: 0.1 }
        return { x: all.reduce((sum, one) => sum + one.x * one.weight, 0) / weight, weight }
      })
      const xs = spread(wishes, (i) => apart(row[i - 1] ?? slotless, row[i] ?? slotless))
      for (const [i, slot] of row.entries()) middles.set(slot.id, xs[i] ?? 0)
    }
  }
  return middles
}

const slotless: Slot = { id: '', passes: true }

/** Long ways are straight before anything else. */
const weightOf = ({ upper, lower }: Segment): number => (upper.passes && lower.passes ? 8 : upper.passes || lower.passes ? 2 : 1)

interface Wish {
  readonly x: number
  readonly weight: number
}

/** As near to the wishes as the distances allow, by least squares: neighbours that press on each other stand as a block. */
export function spread(wishes: readonly Wish[], distance: (index: number) => number): number[] {
  const blocks: { from: number; sum: number; weight: number }[] = []
  const offsets: number[] = []
  for (const [i, { x, weight }] of wishes.entries()) {
    offsets.push(i === 0 ? 0 : (offsets[i - 1] ?? 0) + distance(i))
    blocks.push({ from: i, sum: (x - (offsets[i] ?? 0)) * weight, weight })
    for (;;) {
      const [before, last] = [blocks.at(-2), blocks.at(-1)]
      if (before === undefined || last === undefined || before.sum / before.weight <= last.sum / last.weight) break
      blocks.splice(-2, 2, { from: before.from, sum: before.sum + last.sum, weight: before.weight + last.weight })
    }
  }
  return wishes.map((_, i) => {
    const block = blocks.findLast(({ from }) => from <= i)
    return (block === undefined ? 0 : block.sum / block.weight) + (offsets[i] ?? 0)
  })
}
