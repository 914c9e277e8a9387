import { expect, test } from 'vitest'
import { type DefinitionFile, importPlan, storedFiles } from './definition-file.ts'
import { AppError } from './errors.ts'
import type { Rule } from './rule.ts'
import { csvTableRecords, tagCsv, tagRows, tagsOfRecords } from './tag-table.ts'
import { modelValues, type ValueModel, valueModelDefaults } from './value-models.ts'
import type { TagView } from './views.ts'

const did = (event: string): Rule => ({
  ...{ kind: 'event', event, filters: [], window: { kind: 'ever' }, measure: { fn: 'count' }, op: 'gte', value: 1 },
})
const at = '2026-03-02T02:00:00.000Z'
const model: ValueModel = { kind: 'lifecycle', settings: valueModelDefaults.lifecycle }
const brands: ValueModel = {
  kind: 'preference',
  settings: { ...valueModelDefaults.preference, property: 'brand', rank: 3, values: ['听潮', '小屿'] },
}
const base: TagView = {
  ...{ key: 'buyer', name: '买家', description: '', scene: '复购', mode: 'dynamic', rule: did('Order Paid'), values: [], model: null },
  several: false,
  ...{ status: 'active', owner: 'acc_1', revision: 3, createdAt: at, updatedAt: at, size: 7, computedAt: at, layer: 'behaviour' },
}
const tags: readonly TagView[] = [
  base,
  { ...base, key: 'gender', name: '=性别,"引号"\n二行', description: "'真撇号", layer: 'basic', mode: 'static', rule: null },
  {
    ...base,
    key: 'stage',
    mode: 'valued',
    layer: 'value',
    rule: null,
    model,
    values: modelValues(model).map((one) => ({ ...one, size: 1 })),
  },
  {
    ...base,
    ...{ key: 'categories', name: '偏好类目', mode: 'valued', layer: 'preference', rule: null, several: true },
    values: ['美妆', '母婴'].map((value) => ({ value, rule: did(value), size: 1 })),
  },
  {
    ...base,
    ...{ key: 'brands', name: '偏好品牌', mode: 'valued', layer: 'preference', rule: null, several: true, model: brands },
    values: modelValues(brands).map((one) => ({ ...one, size: 1 })),
  },
  { ...base, key: 'likes_beauty', rule: { kind: 'tag', tag: 'categories', values: ['美妆'] } },
]
const stored = storedFiles(tags, [])
const read = (text: string) => tagsOfRecords(csvTableRecords(text), 'tags.csv')
const problemsOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error.problems.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
  return []
}

test('the table has a row for each tag and the columns that an operator knows, and comes back as it went', () => {
  const [head, buyer] = tagRows(tags, (owner) => (owner === 'acc_1' ? '王店长' : owner))
  expect(head).toEqual(['层级', '标签', '键', '方式', '规则', '应用场景', '说明', '负责人', '人数'])
  expect(buyer).toEqual(['行为', '买家', 'buyer', '动态', JSON.stringify(did('Order Paid')), '复购', '', '王店长', 7])
  const plan = importPlan(read(tagCsv(tags)), stored)
  expect(plan.map(({ file, what, revision }) => [file.key, what, revision])).toEqual([
    ['buyer', 'same', 3],
    ['gender', 'same', 3],
    ['stage', 'same', 3],
    ['categories', 'same', 3],
    ['brands', 'same', 3],
    ['likes_beauty', 'same', 3],
  ])
})

test('everything that is wrong is told with its line', () => {
  expect(problemsOf(() => read('层级,标签,键,方式\n顶层,甲,a,'))).toEqual([
    'line 2, layer: "顶层" is none of 基础、行为、价值、偏好、场景',
    'line 2, mode: "" is none of 静态、动态、多值',
  ])
  expect(problemsOf(() => read('层级,标签\n基础,性别'))).toEqual(['line 1: lacks the column 键 (key), 方式 (mode)'])
  const text = [
    'layer,name,key,mode,rule',
    'basic,甲,a,static,',
    'top,乙,b,static,',
    ',,,,',
    'basic,丙,c,dynamic,oops',
    'basic,丁,a,static,',
    'basic,戊,d,dynamic,',
  ].join('\n')
  const problems = problemsOf(() => read(text))
  expect(problems).toHaveLength(4)
  expect(problems[0]).toBe('line 3, layer: "top" is none of basic, behaviour, value, preference, scene')
  expect(problems[1]).toMatch(/^line 5: the rule is not JSON/)
  expect(problems[2]).toBe('line 6: the key "a" stands in line 2 too')
  expect(problems[3]).toBe('line 7, rule: a dynamic definition needs a rule')
})

test('a plan has what is named first, and none where something is named that nobody knows or keeps another mode', () => {
  const file = (key: string, rule: Rule): DefinitionFile => ({
    ...{ kind: 'tag', key, name: key, description: '', layer: 'scene', scene: '', mode: 'dynamic', rule },
  })
  const [second, first] = [file('second', { kind: 'tag', tag: 'first' }), file('first', { kind: 'tag', tag: 'buyer' })]
  expect(importPlan([second, first], stored).map((step) => [step.file.key, step.what])).toEqual([
    ['first', 'created'],
    ['second', 'created'],
  ])
  expect(problemsOf(() => importPlan([file('x', { kind: 'segment', segment: 'gone' }), file('gender', did('X'))], stored))).toEqual([
    'tags/x.json: names segment:gone, which is neither in the files nor on the server',
    'tags/gender.json: is static on the server and dynamic in the file; give the new one another key',
  ])
  expect(problemsOf(() => importPlan([file('x', { kind: 'tag', tag: 'y' }), file('y', { kind: 'tag', tag: 'x' })], stored))).toEqual([
    'tags/x.json: definitions name each other in a circle: tag:x → tag:y → tag:x',
  ])
})
