import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestClickHouse } from '../../../test/harness/stores.ts'
import { type ClickHouse, TooLarge } from './clickhouse.ts'
import { readNative } from './native.ts'

let clickhouse: ClickHouse
beforeAll(async () => {
  clickhouse = await createTestClickHouse()
})
afterAll(() => clickhouse.close())

test('columns come as ClickHouse has them', async () => {
  const [block] = await clickhouse.blocks(
    'live',
    `select toUInt8(number) as a, toUInt16(number * 300) as b, toUInt32(number * 70000) as c, toUInt64(number * 4503599627370495) as d,
      toInt64(-number * 4503599627370495) as e, number / 4 as f, repeat('名', number * 50) as g,
      toLowCardinality(if(number = 1, '', concat('w', toString(number % 2)))) as h from numbers({n:UInt8})`,
    { n: 3 },
  )
  const number = (name: string) => [...(block?.numbers.get(name) ?? [])]
  expect(block?.rows).toBe(3)
  expect(number('a')).toEqual([0, 1, 2])
  expect(number('b')).toEqual([0, 300, 600])
  expect(number('c')).toEqual([0, 70_000, 140_000])
  expect(number('d')).toEqual([0, 4_503_599_627_370_495, 9_007_199_254_740_990])
  expect(number('e')).toEqual([0, -4_503_599_627_370_495, -9_007_199_254_740_990])
  expect(number('f')).toEqual([0, 0.25, 0.5])
  const texts = block?.texts.get('g')
  expect([0, 1, 2].map((i) => Buffer.from(texts?.bytes.subarray(texts.starts[i], texts.ends[i]) ?? []).toString())).toEqual(
    [0, 1, 2].map((n) => '名'.repeat(n * 50)),
  )
  const words = block?.words.get('h')
  expect([...(words?.places ?? [])].map((place) => words?.words[place])).toEqual(['w0', '', 'w0'])
})

test('many rows, none, and more than are wanted', async () => {
  const text = 'select number as n, toLowCardinality(toString(number % 1000)) as w from numbers({n:UInt32})'
  const blocks = await clickhouse.blocks('live', text, { n: 200_000 })
  let at = 0
  for (const { rows, numbers, words } of blocks)
    for (let i = 0; i < rows; i++, at++) {
      const word = words.get('w')
      if (numbers.get('n')?.[i] !== at || word?.words[word.places[i] ?? -1] !== `${at % 1000}`) throw new Error(`row ${at} is another`)
    }
  expect(at).toBe(200_000)
  expect(await clickhouse.blocks('live', text, { n: 0 })).toEqual([])
  await expect(clickhouse.blocks('live', text, { n: 200_000 }, 100_000)).rejects.toThrow(TooLarge)
})

test('what is cut off or of another type is told', async () => {
  expect(() => readNative(Uint8Array.of(1, 2, 1, 0x61))).toThrow('cut off')
  await expect(clickhouse.blocks('live', `select today() as day`)).rejects.toThrow('type Date')
})
