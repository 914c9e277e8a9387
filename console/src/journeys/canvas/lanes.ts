import type { Point } from './layout.ts'
import { turnAbove, turnBelow } from './route.ts'

export interface Box extends Point {
  readonly id: string
  readonly width: number
  readonly height: number
}
export interface Run {
  readonly key: string
  readonly source: string
  readonly target: string
  readonly from: Point
  readonly to: Point
}

/** Between a card and a way that runs beside it, and between two such ways. */
const clearance = 20
const spacing = 10
/** So near a way is not told from another. */
const apart = 6
const lanesTried = 6

/**
 * Where ways run that would lie on cards, or that lead back up: the free column with the shortest way around. Ways to the same card may
 * share one. Those that are not in the answer run straight down.
 */
export function lanesOf(boxes: readonly Box[], runs: readonly Run[]): Map<string, number> {
  const lanes = new Map<string, number>()
  const taken: { x: number; top: number; bottom: number; target: string }[] = []
  for (const run of runs) {
    const [low, high] = [run.from.y + turnBelow, run.to.y - turnAbove]
    const isBack = run.to.y <= run.from.y
    if (!isBack && !boxes.some((box) => box.id !== run.source && box.id !== run.target && cuts(box, run.from.x, run.from.y, high))) continue
    const [top, bottom] = [Math.min(low, high), Math.max(low, high)]
    const beside = boxes.filter((box) => box.y < bottom && box.y + box.height > top)
    const offsets = Array.from({ length: lanesTried }, (_, i) => clearance + i * spacing)
    const columns = [
      ...(isBack ? [] : [run.to.x]),
      ...beside.flatMap((box) => offsets.flatMap((offset) => [box.x - offset, box.x + box.width + offset])),
    ]
    const around = (x: number) => Math.abs(x - run.from.x) + Math.abs(x - run.to.x)
    const free = columns
      .filter((x) => !beside.some((box) => cuts(box, x, top, bottom)))
      .filter((x) => !taken.some((one) => one.target !== run.target && Math.abs(one.x - x) < apart && one.top < bottom && one.bottom > top))
      .sort((a, b) => around(a) - around(b))
    const [x] = free
    if (x === undefined) continue
    lanes.set(run.key, x)
    taken.push({ x, top, bottom, target: run.target })
  }
  return lanes
}

/** Does a line down at `x` lie on the card, or so close that it looks as if? */
const cuts = (box: Box, x: number, top: number, bottom: number): boolean =>
  x > box.x - spacing && x < box.x + box.width + spacing && box.y < bottom && box.y + box.height > top
