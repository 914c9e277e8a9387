import type { JourneyDefinition, JourneyNode } from '@chaoxi/contract'
import { nodeExits } from '@chaoxi/contract'

/** Sizes on the canvas in pixels; the card of a node is drawn to fit. */
export const nodeWidth = 232
export const nodeHeight = 84
const columnGap = 40
export const rowGap = 54

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where a way out leaves its card, as a share of its width. */
export const wayShare = (index: number, count: number): number => (index + 0.5) / count
/** A way's word needs about so much. */
const wayWidth = 110

/** Cards with many ways out are wider. */
export const cardWidth = (node: JourneyNode): number => Math.max(nodeWidth, nodeExits(node).length * wayWidth)
/** Between a card and a way that runs down beside it. */
const laneGap = 24

/**
 * Places the nodes in rows from the top: a node stands below everything that leads to it (ways back up are left out),
 * and under the lowest node that leads to it. Each subtree has columns of its own, so nothing overlaps; a branch whose
 * first or last way jumps over rows stands beside the other ways' subtrees, so that the jump runs down free of cards. Nodes with
 * a `place` stay where the operator put them.
 */
export function layoutJourney(definition: JourneyDefinition): Map<string, Point> {
  const rows = rowsOf(definition)
  const points = new Map<string, Point>()
  const placed = new Set<string>()
  const children = childrenOf(definition, rows)
  const exits = new Map(definition.nodes.map((node) => [node.id, nodeExits(node).map((exit) => exit.to)]))
  const widths = new Map(definition.nodes.map((node) => [node.id, cardWidth(node)]))

  /** Places the node and all that hangs under it from `left` on; answers where the next column may begin. */
  function put(id: string, left: number): number {
    placed.add(id)
    const own = (children.get(id) ?? []).filter((child) => !placed.has(child))
    const width = widths.get(id) ?? nodeWidth
    const ways = exits.get(id) ?? []
    const [first, last] = [ways[0], ways.at(-1)]
    const beside = own.length > 0 && last !== first
    const jumpsLeft = beside && first !== undefined && !own.includes(first)
    const jumpsRight = beside && last !== undefined && !own.includes(last)
    const inner = jumpsLeft ? left + width * wayShare(0, ways.length) + laneGap : left
    let right = inner
    const middles: number[] = []
    for (const child of own) {
      right = put(child, right)
      middles.push((points.get(child)?.x ?? inner) + (widths.get(child) ?? nodeWidth) / 2)
    }
    const leftmost = middles[0]
    const rightmost = middles.at(-1)
    let x = leftmost === undefined || rightmost === undefined ? left : Math.max(left, (leftmost + rightmost - width) / 2)
    if (jumpsLeft) x = left
    if (jumpsRight) x = right - columnGap + laneGap - width * wayShare(ways.length - 1, ways.length)
    points.set(id, { x, y: (rows.get(id) ?? 0) * (nodeHeight + rowGap) })
    return Math.max(right, x + width + columnGap)
  }

  let right = put(definition.start, 0)
  for (const node of definition.nodes) if (!placed.has(node.id)) right = put(node.id, right)
  for (const node of definition.nodes) if (node.place !== undefined) points.set(node.id, node.place)
  return points
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

/** A node hangs under its lowest predecessor, so that the way to it is short; among equals, under the first. */
function childrenOf(definition: JourneyDefinition, rows: ReadonlyMap<string, number>): Map<string, string[]> {
  const parent = new Map<string, string>()
  for (const node of definition.nodes) {
    const row = rows.get(node.id) ?? 0
    for (const { to } of nodeExits(node)) {
      if (row >= (rows.get(to) ?? 0)) continue
      const known = parent.get(to)
      if (known === undefined || (rows.get(known) ?? 0) < row) parent.set(to, node.id)
    }
  }
  const children = new Map<string, string[]>()
  for (const node of definition.nodes) {
    const mine = nodeExits(node)
      .map((exit) => exit.to)
      .filter((to, index, all) => parent.get(to) === node.id && all.indexOf(to) === index)
    children.set(node.id, mine)
  }
  return children
}
