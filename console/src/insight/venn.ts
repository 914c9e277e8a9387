/** Circles of a diagram of two or three sets on a board from 0 to 1, and for each region the place for its number. */
export interface VennPlan {
  readonly circles: readonly { x: number; y: number; r: number }[]
  /** By membership, `true,false,true`. */
  readonly places: ReadonlyMap<string, { x: number; y: number }>
}

const two = [
  { x: 0.37, y: 0.5, r: 0.27 },
  { x: 0.63, y: 0.5, r: 0.27 },
]
const three = [
  { x: 0.38, y: 0.37, r: 0.26 },
  { x: 0.62, y: 0.37, r: 0.26 },
  { x: 0.5, y: 0.6, r: 0.26 },
]
const grid = 100

/** The place for a number is the point of its region that lies farthest from every circle's line. */
export function planVenn(sets: 2 | 3): VennPlan {
  const circles = sets === 2 ? two : three
  const best = new Map<string, { x: number; y: number; room: number }>()
  for (let i = 0; i <= grid; i++) {
    for (let j = 0; j <= grid; j++) {
      const [x, y] = [i / grid, j / grid]
      const depths = circles.map((circle) => circle.r - Math.hypot(x - circle.x, y - circle.y))
      const inside = String(depths.map((depth) => depth > 0))
      const room = Math.min(...depths.map(Math.abs))
      if (depths.some((depth) => depth > 0) && room > (best.get(inside)?.room ?? 0)) best.set(inside, { x, y, room })
    }
  }
  return { circles, places: new Map([...best].map(([inside, { x, y }]) => [inside, { x, y }])) }
}
