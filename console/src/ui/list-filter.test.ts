import { expect, test } from 'vitest'
import { countsOf, filterRows, foldersOf, namesIn, namesText } from './list-filter.ts'

const rows = [
  { name: '近7天浏览加购', key: 'interested_7d', layer: 'behaviour', scene: '催单' },
  { name: '下单未支付', key: 'unpaid', layer: 'behaviour', scene: '催付' },
  { name: '高客单价', key: 'high_value', layer: 'value', scene: '' },
  { name: '低频购买', key: 'low_frequency', layer: 'value', scene: '催单 ' },
]
type Row = (typeof rows)[number]
const layer = { name: 'layer', keep: (row: Row, value: string) => row.layer === value }
const wanted = (q: string, chosen: Record<string, string> = {}) => ({
  q,
  textOf: (row: Row) => `${row.name} ${row.key} ${row.scene}`,
  choices: [layer, { name: 'status' }],
  chosen,
})
const keys = (found: readonly Row[]) => found.map((row) => row.key)

test('every word of a search is found somewhere, in any case', () => {
  expect(keys(filterRows(rows, wanted('')))).toHaveLength(4)
  expect(keys(filterRows(rows, wanted(' 催单  LOW ')))).toEqual(['low_frequency'])
  expect(keys(filterRows(rows, wanted('催单 unpaid')))).toEqual([])
})

test('a choice counts what it would leave beside the others', () => {
  const given = wanted('购', { layer: 'value', status: 'archived' })
  expect(keys(filterRows(rows, given))).toEqual(['low_frequency'])
  expect([...countsOf(rows, given, layer, ['behaviour', 'value', 'scene'])]).toEqual([
    ['behaviour', 1],
    ['value', 1],
    ['scene', 0],
  ])
})

test('folders go by name, and what has none comes last', () => {
  const found = foldersOf(rows, (row) => row.scene).map(({ name, rows: own }) => [name, keys(own)])
  expect(found).toEqual([
    ['催单', ['interested_7d', 'low_frequency']],
    ['催付', ['unpaid']],
    ['', ['high_value']],
  ])
})

test('names of folders go through the address, whatever is in them', () => {
  const names = ['催付', '', 'a,b', '100%', '-x']
  expect([...namesIn(namesText(names))]).toEqual(names)
  expect([...namesIn(''), ...namesIn('%E5')]).toEqual(['%E5'])
})
