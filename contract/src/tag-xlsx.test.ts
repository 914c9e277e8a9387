import { expect, test } from 'vitest'
import { AppError } from './errors.ts'
import type { Rule } from './rule.ts'
import { tagRows, tagsOfRecords } from './tag-table.ts'
import { tagXlsx, xlsxRecords } from './tag-xlsx.ts'
import type { TagView } from './views.ts'

const rule: Rule = { kind: 'attribute', filter: { property: 'gender', op: 'eq', value: '女' } }
const at = '2026-03-02T02:00:00.000Z'
const tag: TagView = {
  ...{
    key: 'female',
    name: '女性',
    description: '',
    scene: '',
    mode: 'dynamic',
    rule,
    values: [],
    several: false,
    model: null,
    status: 'active',
  },
  ...{ owner: 'acc_1', revision: 1, createdAt: at, updatedAt: at, size: 7, computedAt: at, layer: 'basic' },
}
const odd: TagView = { ...tag, key: '123', name: '=1+1', description: '<a & "b">\n二行', mode: 'static', rule: null }

test('a workbook has the rows of the table, and gives the same tags back', async () => {
  const records = await xlsxRecords(await tagXlsx([tag, odd]), 'tags.xlsx')
  expect(records.map(({ line, fields }) => [line, ...fields])).toEqual(tagRows([tag, odd]).map((row, i) => [i + 1, ...row.map(String)]))
  expect(tagsOfRecords(records, 'tags.xlsx')).toMatchObject([
    { key: 'female', name: '女性', layer: 'basic', mode: 'dynamic', rule },
    { key: '123', name: '=1+1', description: '<a & "b">\n二行', mode: 'static', rule: null },
  ])
})

test('what is no workbook, and rules that no cell takes, are refused', async () => {
  await expect(xlsxRecords(new Blob(['层级,标签']), 'tags.xlsx')).rejects.toThrow('tags.xlsx is no workbook')
  const long: Rule = { kind: 'any', rules: Array.from({ length: 100 }, (_, i) => ({ kind: 'tag', tag: `${i}${'x'.repeat(400)}` })) }
  const refused = await tagXlsx([tag, { ...tag, name: '很长', rule: long }]).catch((error: unknown) => error)
  expect(refused instanceof AppError && refused.problems.map((one) => one.path)).toEqual(['line 3'])
})
