import { type JourneyDefinition, type JourneyNode, nodeExits } from '@chaoxi/contract'
import { columnsOf } from './columns.ts'
import { layersOf } from './layers.ts'

/** Sizes on the canvas in pixels; the card of a node is drawn to fit. */
export const nodeWidth = 232
export const nodeHeight = 84
const columnGap = 36
export const rowGap = 66

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where a way out leaves its card, as a share of its width. */
export const wayShare = (index: number, count: number): number => (index + 0.5) / count
/** A way's word needs about so much. */
const wayWidth = 110
/** What a way takes of a row that it only passes. */
const passWidth = 8

/** Cards with many ways out are wider. */
export const cardWidth = (node: JourneyNode): number => Math.max(nodeWidth, nodeExits(node).length * wayWidth)

/**
 * Places the nodes in rows from the top: a node stands below everything that leads to it (ways back up are left out), as straight below as
 * there is room, and ways that jump over rows have room there. Nodes with a `place` stay where the operator put them.
 */
export function layoutJourney(definition: JourneyDefinition): Map<string, Point> {
  const layers = layersOf(definition)
  const widths = new Map(definition.nodes.map((node) => [node.id, cardWidth(node)]))
  const widthOf = ({ id, passes }: { id: string; passes: boolean }) => (passes ? passWidth : (widths.get(id) ?? nodeWidth))
  const middles = columnsOf(layers, { widthOf, gap: columnGap })
  const lefts = layers.rows.flatMap((row) =>
    row.filter((slot) => !slot.passes).map((slot) => (middles.get(slot.id) ?? 0) - widthOf(slot) / 2),
  )
  const left = Math.min(...lefts)
  const points = new Map<string, Point>()
  for (const [i, row] of layers.rows.entries())
    for (const slot of row)
      if (!slot.passes)
        points.set(slot.id, { x: Math.round((middles.get(slot.id) ?? 0) - widthOf(slot) / 2 - left), y: i * (nodeHeight + rowGap) })
  for (const node of definition.nodes) if (node.place !== undefined) points.set(node.id, node.place)
  return points
}
