import { type JourneyDefinition, nodeExits } from '@chaoxi/contract'

// Which row each card stands in, and in which order from left to right (layered drawing after Sugiyama, Tagawa and Toda, 1981).

/** A card, or the place that a way keeps free in a row which it only passes. */
export interface Slot {
  readonly id: string
  readonly passes: boolean
}
/** A way, or the piece of it, between neighbouring rows; `port`: where it leaves its card, 0 to 1 from left to right. */
export interface Segment {
  readonly upper: Slot
  readonly lower: Slot
  readonly port: number
}
export interface Layers {
  readonly rows: readonly (readonly Slot[])[]
  /** From row `i` to row `i + 1`. */
  readonly segments: readonly (readonly Segment[])[]
}

/** More bring nothing. */
const sweeps = 12

export function layersOf(definition: JourneyDefinition): Layers {
  const { rows, segments } = drawn(definition, rowsOf(definition))
  let best: Rows = rows
  let fewest = crossings(rows, segments)
  let order: Rows = rows
  for (let i = 0; i < sweeps && fewest > 0; i++) {
    order = i % 2 === 0 ? sweptDown(order, segments) : sweptUp(order, segments)
    const count = crossings(order, segments)
    if (count < fewest) [best, fewest] = [order, count]
  }
  return { rows: best, segments }
}

/** Longest way from the start, in steps; an edge back to a node on the current path does not count. */
function rowsOf(definition: JourneyDefinition): Map<string, number> {
  const exits = new Map(definition.nodes.map((node) => [node.id, nodeExits(node).map((exit) => exit.to)]))
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const back = new Set<string>()
  const walk = (id: string): void => {
    state.set(id, 'open')
    for (const to of exits.get(id) ?? []) {
      if (!exits.has(to)) continue
      if (state.get(to) === 'open') back.add(`${id}>${to}`)
      else if (!state.has(to)) walk(to)
    }
    state.set(id, 'done')
    order.unshift(id)
  }
  for (const id of [definition.start, ...exits.keys()]) if (exits.has(id) && !state.has(id)) walk(id)
  const rows = new Map<string, number>()
  for (const id of order) {
    const row = rows.get(id) ?? 0
    rows.set(id, row)
    for (const to of exits.get(id) ?? []) if (!back.has(`${id}>${to}`)) rows.set(to, Math.max(rows.get(to) ?? 0, row + 1))
  }
  return rows
}

/** Slots in the order in which people come to them, way by way. */
function drawn(definition: JourneyDefinition, rowOf: ReadonlyMap<string, number>): { rows: Slot[][]; segments: Segment[][] } {
  const height = Math.max(0, ...rowOf.values()) + 1
  const rows: Slot[][] = Array.from({ length: height }, () => [])
  const segments: Segment[][] = Array.from({ length: height }, () => [])
  const nodes = new Map(definition.nodes.map((node) => [node.id, node]))
  const slots = new Map<string, Slot>()
  const visit = (id: string): Slot => {
    const known = slots.get(id)
    if (known !== undefined) return known
    const slot: Slot = { id, passes: false }
    slots.set(id, slot)
    const row = rowOf.get(id) ?? 0
    rows[row]?.push(slot)
    const node = nodes.get(id)
    const exits = node === undefined ? [] : nodeExits(node)
    for (const [i, { field, to }] of exits.entries()) {
      const goal = rowOf.get(to)
      if (goal === undefined || goal <= row) continue
      let upper = slot
      let port = (i + 0.5) / exits.length
      for (let at = row + 1; at < goal; at++) {
        const pass: Slot = { id: `${id} ${field} ${at}`, passes: true }
        rows[at]?.push(pass)
        segments[at - 1]?.push({ upper, lower: pass, port })
        ;[upper, port] = [pass, 0.5]
      }
      segments[goal - 1]?.push({ upper, lower: visit(to), port })
    }
    return slot
  }
  for (const id of [definition.start, ...nodes.keys()]) if (nodes.has(id)) visit(id)
  return { rows, segments }
}

type Rows = readonly (readonly Slot[])[]
type Segments = readonly (readonly Segment[])[]

const placesIn = (row: readonly Slot[]) => new Map(row.map((slot, i) => [slot.id, i]))

function sweptDown(rows: Rows, segments: Segments): Rows {
  const next = [...rows]
  for (let i = 1; i < next.length; i++) {
    const above = placesIn(next[i - 1] ?? [])
    next[i] = sorted(next[i] ?? [], segments[i - 1] ?? [], 'lower', ({ upper, port }) => (above.get(upper.id) ?? 0) + port)
  }
  return next
}

function sweptUp(rows: Rows, segments: Segments): Rows {
  const next = [...rows]
  for (let i = next.length - 2; i >= 0; i--) {
    const below = placesIn(next[i + 1] ?? [])
    next[i] = sorted(next[i] ?? [], segments[i] ?? [], 'upper', ({ lower, port }) => (below.get(lower.id) ?? 0) + 0.5 + (0.5 - port))
  }
  return next
}

/** By the middle of what each is connected to; what is not connected keeps its place. */
function sorted(
  row: readonly Slot[],
  segments: readonly Segment[],
  side: 'upper' | 'lower',
  placeOf: (segment: Segment) => number,
): Slot[] {
  const middles = row.map((slot, i) => {
    const own = segments.filter((segment) => segment[side].id === slot.id).map(placeOf)
    return { slot, middle: own.length === 0 ? i : own.reduce((sum, place) => sum + place, 0) / own.length }
  })
  return middles.sort((a, b) => a.middle - b.middle).map(({ slot }) => slot)
}

function crossings(rows: Rows, segments: Segments): number {
  return rows.slice(0, -1).reduce((sum, row, i) => {
    const [above, below] = [placesIn(row), placesIn(rows[i + 1] ?? [])]
    const lines = (segments[i] ?? []).map(
      ({ upper, lower, port }) => [(above.get(upper.id) ?? 0) + port, below.get(lower.id) ?? 0] as const,
    )
    let count = 0
    for (const [a, one] of lines.entries())
      for (const other of lines.slice(a + 1)) if ((one[0] - other[0]) * (one[1] - other[1]) < 0) count += 1
    return sum + count
  }, 0)
}
