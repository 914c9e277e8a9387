import type { Overlap, Portrait, TraitFigure } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { translator } from '../i18n/texts.ts'
import { refsOf } from './names.ts'
import { everyRegion, pairSize, regionRule, regionSearch } from './regions.ts'
import { insightTexts } from './texts.ts'
import { standouts, valueSearch, valueWords } from './trait-words.ts'
import { planVenn } from './venn.ts'

const zh = translator(insightTexts, 'zh')
const overlap: Overlap = {
  sets: [
    { kind: 'segment', key: 'a', name: 'A', size: 6 },
    { kind: 'tag', key: 'b', name: 'B', size: 5 },
    { kind: 'segment', key: 'c', name: 'C', size: 1 },
  ],
  total: 8,
  regions: [
    { inside: [true, true, false], size: 3 },
    { inside: [true, false, false], size: 3 },
    { inside: [false, true, false], size: 1 },
    { inside: [false, true, true], size: 1 },
  ],
}

test('every combination has a place in the diagram that lies in exactly these circles', () => {
  for (const sets of [2, 3] as const) {
    const { circles, places } = planVenn(sets)
    expect(places.size).toBe(2 ** sets - 1)
    for (const [inside, { x, y }] of places)
      expect(String(circles.map((circle) => Math.hypot(x - circle.x, y - circle.y) < circle.r))).toBe(inside)
  }
})

test('regions without anybody are there too, and pairs add up', () => {
  const regions = everyRegion(overlap)
  expect(regions).toHaveLength(7)
  expect(regions.reduce((sum, { size }) => sum + size, 0)).toBe(overlap.total)
  expect([pairSize(overlap, 0, 1), pairSize(overlap, 1, 2), pairSize(overlap, 0, 2), pairSize(overlap, 1, 1)]).toEqual([3, 1, 0, 5])
})

test('a region is a list of people and a rule', () => {
  const region = { inside: [true, true, false], size: 3 }
  expect(regionSearch(overlap.sets, region)).toEqual({ in: 'segment:a,tag:b', notIn: 'segment:c' })
  expect(regionRule(overlap.sets, region)).toEqual({
    kind: 'all',
    rules: [
      { kind: 'segment', segment: 'a' },
      { kind: 'tag', tag: 'b' },
      { kind: 'not', rule: { kind: 'segment', segment: 'c' } },
    ],
  })
})

test('what is no name of a definition is left out of the address', () => {
  expect(refsOf('segment:a,tag:b,segment:a,nonsense,tag:')).toEqual([
    { kind: 'segment', key: 'a' },
    { kind: 'tag', key: 'b' },
  ])
})

const figure = (index: number, low: number, high: number, weakness: TraitFigure['weakness'] = null): TraitFigure => ({
  count: 10,
  baseCount: 20,
  share: 0.1,
  baseShare: 0.05,
  index,
  low,
  high,
  weakness,
})
const plain = { from: null, to: null }

test('bands, dates and words of values', () => {
  const words = (type: Parameters<typeof valueWords>[0], part: object) =>
    valueWords(type, { ...figure(100, 90, 110), value: null, ...plain, ...part }, zh, 'zh')
  expect(words('number', { to: 1200 })).toBe('不到 1,200')
  expect(words('number', { from: 1200 })).toBe('1,200 及以上')
  expect(words('number', { from: 0.5, to: 2 })).toBe('0.50 – 2（不含）')
  expect(words('date', { value: '199' })).toBe('1990 年代')
  expect(words('date', { value: '2026-05' })).toBe('2026-05')
  expect(words('boolean', { value: true })).toBe('是')
  expect(words('text', { value: 'female' })).toBe('女')
})

test('a value leads to its people, whatever its type', () => {
  const trait = { name: 'age', type: 'number', known: 1, baseKnown: 1, values: [], others: null } as const
  const value = (part: object) => ({ ...figure(100, 90, 110), value: null, ...plain, ...part })
  expect(valueSearch('tag:b', { ...trait, values: [] }, value({ from: 20, to: 30 }))).toEqual({
    in: 'tag:b',
    attribute: 'age',
    min: '20',
    max: '30',
  })
  expect(valueSearch('tag:b', { ...trait, values: [], type: 'text' }, value({ value: '上海' }))).toMatchObject({ value: '"上海"' })
  expect(valueSearch('tag:b', { ...trait, values: [], type: 'date' }, value({ value: '199' }))).toMatchObject({ prefix: '199' })
})

test('what stands out has an interval without 100 and enough people, the farthest first', () => {
  const portrait: Portrait = {
    of: { kind: 'segment', key: 'a', name: 'A' },
    against: null,
    at: '',
    size: 100,
    baseSize: 1000,
    attributes: [
      {
        name: 'city',
        type: 'text',
        known: 100,
        baseKnown: 1000,
        others: null,
        values: [
          { ...figure(150, 120, 180), value: '上海', ...plain },
          { ...figure(300, 200, 400), value: '杭州', ...plain },
          { ...figure(500, 200, 900, 'few_expected'), value: '三亚', ...plain },
          { ...figure(40, 20, 80), value: '北京', ...plain },
          { ...figure(130, 95, 160), value: '深圳', ...plain },
        ],
      },
    ],
    tags: [{ ...figure(200, 150, 260), key: 'vip', name: '会员', layer: 'value', value: '' }],
    leftOut: [],
  }
  const { over, under } = standouts(portrait, zh, 'zh')
  expect(over.map(({ words }) => words)).toEqual(['城市 · 杭州', '标签 · 会员', '城市 · 上海'])
  expect(under.map(({ words }) => words)).toEqual(['城市 · 北京'])
  expect(over[1]?.search).toEqual({ in: 'segment:a,tag:vip' })
})
