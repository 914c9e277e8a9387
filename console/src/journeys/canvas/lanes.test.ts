import fc from 'fast-check'
import { expect, it } from 'vitest'
import { spread } from './columns.ts'
import { lanesOf } from './lanes.ts'
import { routeWay, turnAbove, turnBelow } from './route.ts'

const box = (id: string, x: number, y: number) => ({ id, x, y, width: 232, height: 84 })
const bottom = ({ x, y }: { x: number; y: number }) => ({ x: x + 116, y: y + 84 })
const top = ({ x, y }: { x: number; y: number }) => ({ x: x + 116, y })

it('a way that would lie on a card runs beside it, and one that is free runs straight down', () => {
  const [a, between, b] = [box('a', 0, 0), box('between', 0, 150), box('b', 0, 300)]
  const run = { key: 'way', source: 'a', target: 'b', from: bottom(a), to: top(b) }
  const x = lanesOf([a, between, b], [run]).get('way') ?? 0
  expect(x < 0 || x > 232).toBe(true)
  expect(lanesOf([a, b], [run]).size).toBe(0)
})

it('ways back up run around the cards, each in a lane of its own unless they lead to the same card', () => {
  const cards = [box('a', 0, 0), box('b', 0, 150), box('c', 0, 300)]
  const [a, b, c] = cards
  if (a === undefined || b === undefined || c === undefined) return
  const back = (key: string, source: typeof a, target: typeof a) => ({
    key,
    source: source.id,
    target: target.id,
    from: bottom(source),
    to: top(target),
  })
  const lanes = lanesOf(cards, [back('c a', c, a), back('b a', b, a), back('c b', c, b)])
  for (const x of lanes.values()) expect(x < 0 || x > 232).toBe(true)
  expect(Math.abs((lanes.get('c a') ?? 0) - (lanes.get('c b') ?? 0))).toBeGreaterThan(5)
})

it('the plus of a way stands under its own word, wherever the way goes', () => {
  const from = { x: 100, y: 84 }
  for (const to of [
    { x: 100, y: 150 },
    { x: 40, y: 150 },
    { x: 400, y: 600 },
    { x: 100, y: -100 },
  ]) {
    const { path, plus } = routeWay({ from, to, word: true, lane: to.y < from.y ? 300 : null })
    expect(plus.x).toBe(100)
    // Words end 22 pixels under the card, and the plus is 20 high.
    expect(plus.y - 10).toBeGreaterThanOrEqual(from.y + 22)
    expect(plus.y).toBeLessThan(from.y + turnBelow)
    expect(path.startsWith('M 100 84')).toBe(true)
    expect(path.endsWith(`L ${to.x} ${to.y}`)).toBe(true)
  }
  expect(routeWay({ from, to: { x: 300, y: 600 }, word: false, lane: null }).path).toContain(`${600 - turnAbove}`)
})

it('neighbours stand as near to their wishes as the distances allow, in their order', () => {
  const wish = fc.record({ x: fc.integer({ min: -500, max: 500 }), weight: fc.integer({ min: 1, max: 8 }) })
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 200 }), (wishes, distance) => {
      const xs = spread(wishes, () => distance)
      for (let i = 1; i < xs.length; i++) expect((xs[i] ?? 0) - (xs[i - 1] ?? 0)).toBeGreaterThanOrEqual(distance - 1e-6)
      const free = wishes.every((one, i) => i === 0 || one.x - (wishes[i - 1]?.x ?? 0) >= distance)
      if (free) for (const [i, one] of wishes.entries()) expect(xs[i]).toBeCloseTo(one.x)
    }),
  )
})
