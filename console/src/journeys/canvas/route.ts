import type { Point } from './layout.ts'

// How a way is drawn: down from its card, across in the gaps between rows, and down into the next card.

/** From a card down to where its word has ended, and the plus beneath it. */
const wordRoom = 35
const plusRoom = 24
/** Where a way may turn: below its own plus, and above the card that it leads to. */
export const turnBelow = 50
export const turnAbove = 15
const corner = 8

export interface WayEnds {
  readonly from: Point
  readonly to: Point
  /** Has it a word under its card? */
  readonly word: boolean
  /** Where it runs between rows when the direct way is not free. */
  readonly lane: number | null
}

/** The path, and where its plus stands: on the way's own piece under its card, so that nothing lies on it and it is nobody else's. */
export function routeWay({ from, to, word, lane }: WayEnds): { path: string; plus: Point } {
  const room = to.y - from.y
  const near = room > 0 && room < turnBelow + turnAbove
  const below = near ? from.y + room / 2 : from.y + turnBelow
  const above = near ? below : to.y - turnAbove
  const across =
    lane === null
      ? []
      : [
          { x: from.x, y: below },
          { x: lane, y: below },
          { x: lane, y: above },
        ]
  const turn = lane === null ? [{ x: from.x, y: above }] : []
  const points = [from, ...across, ...turn, { x: to.x, y: above }, to]
  const plusY = from.y + (word ? wordRoom : plusRoom)
  return { path: rounded(points), plus: { x: from.x, y: near ? Math.min(plusY, from.y + room / 2) : plusY } }
}

function rounded(points: readonly Point[]): string {
  const turns = points.filter((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]]
    return (
      before === undefined || after === undefined || !(isStraight(before.x, point.x, after.x) || isStraight(before.y, point.y, after.y))
    )
  })
  return turns
    .map((point, i) => {
      const [before, after] = [turns[i - 1], turns[i + 1]]
      if (before === undefined) return `M ${at(point)}`
      if (after === undefined) return `L ${at(point)}`
      const [into, out] = [toward(point, before), toward(point, after)]
      return `L ${at(into)} Q ${at(point)} ${at(out)}`
    })
    .join(' ')
}

const isStraight = (a: number, b: number, c: number): boolean => Math.abs(a - b) < 1 && Math.abs(b - c) < 1
const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`
const round = (value: number): number => Math.round(value * 10) / 10

/** A corner's length from the point on, or half the way if that is shorter. */
function toward(point: Point, other: Point): Point {
  const [dx, dy] = [other.x - point.x, other.y - point.y]
  const length = Math.hypot(dx, dy)
  const share = length === 0 ? 0 : Math.min(corner, length / 2) / length
  return { x: point.x + dx * share, y: point.y + dy * share }
}
