import { type JourneyDefinition, nodeExits } from '@chaoxi/contract'
import { edgesTo, nodeOf } from './graph-basics.ts'
import { nodeHeight, type Point } from './layout.ts'
import { mainExit } from './node-edits.ts'

export type Direction = 'up' | 'down' | 'left' | 'right'

/**
 * Which node an arrow key leads to: down by the way that most people go, up to where they come from (`entrance` when that is nowhere
 * else), sideways to the next card of the same height. Null: there is none.
 */
export function walkTo(
  definition: JourneyDefinition,
  points: ReadonlyMap<string, Point>,
  { from, direction, entrance }: { from: string | null; direction: Direction; entrance: string },
): string | null {
  if (from === null || from === entrance) return direction === 'down' ? definition.start : from === null ? entrance : null
  const node = nodeOf(definition, from)
  if (node === undefined) return null
  if (direction === 'down') {
    const field = mainExit(node)
    return nodeExits(node).find((exit) => exit.field === field)?.to ?? null
  }
  if (direction === 'up') {
    const sources = edgesTo(definition, from).filter((edge) => edge.from !== from)
    // Ways back up come last.
    const above = sources.find((edge) => edge.from === null || heightOf(points, edge.from) < heightOf(points, from)) ?? sources[0]
    return above === undefined ? null : (above.from ?? entrance)
  }
  return beside(points, from, direction)
}

const heightOf = (points: ReadonlyMap<string, Point>, id: string): number => points.get(id)?.y ?? 0

function beside(points: ReadonlyMap<string, Point>, from: string, direction: 'left' | 'right'): string | null {
  const here = points.get(from)
  if (here === undefined) return null
  const away = (x: number) => (direction === 'left' ? here.x - x : x - here.x)
  const near = [...points].filter(([id, { x, y }]) => id !== from && Math.abs(y - here.y) < nodeHeight && away(x) > 0)
  return near.sort(([, a], [, b]) => away(a.x) - away(b.x))[0]?.[0] ?? null
}
