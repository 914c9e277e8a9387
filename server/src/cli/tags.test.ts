import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelValues, type Rule, valueModelDefaults } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiKey, startTestApp, type TestApp } from '../../test/harness/app.ts'
import { readConfig } from '../platform/config.ts'
import { lineDiff } from './line-diff.ts'
import { runCommandLine } from './main.ts'

// Tags and segments leave a server as files and come back the same, into it or into another.

let app: TestApp
let folder: string
beforeAll(async () => {
  app = await startTestApp()
  folder = mkdtempSync(join(tmpdir(), 'chaoxi-tags-'))
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

async function chaoxi(...args: string[]) {
  let out = ''
  let error = ''
  const code = await runCommandLine(
    [
      'tags',
      ...args.map((arg) => arg.replace(/^\.\//, `${folder}/`)),
      ...(args[0] === 'validate' ? [] : ['--server', app.url, '--api-key', apiKey]),
    ],
    {
      out: (text) => {
        out += text
      },
      error: (text) => {
        error += text
      },
      terminal: { interactive: false, columns: 80 },
      config: () => readConfig({ CHAOXI_DATA_DIR: join(folder, 'data') }),
      now: () => 0,
      sleep: () => Promise.resolve(),
      signal: new AbortController().signal,
    },
  )
  return { code, out, error }
}

const did = (event: string): Rule => ({
  kind: 'event',
  event,
  filters: [],
  window: { kind: 'ever' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
})
const read = (file: string) => readFileSync(join(folder, file), 'utf8')
function write(file: string, value: unknown): void {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), typeof value === 'string' ? value : JSON.stringify(value))
}

describe('files', () => {
  test('what is exported is the same each time, and importing it changes nothing', async () => {
    await app.call('tagCreate', { body: { key: 'buyer', name: '买家', layer: 'behaviour', mode: 'dynamic', rule: did('Order Completed') } })
    await app.call('tagCreate', { body: { key: 'gender', name: '性别', layer: 'basic', mode: 'static', rule: null } })
    await app.call('segmentCreate', { body: { key: 'buyers', name: '买过的人', mode: 'dynamic', rule: { kind: 'tag', tag: 'buyer' } } })
    expect(await chaoxi('export', './one')).toMatchObject({ code: 0, out: expect.stringContaining('3 tags and segments') })
    const first = read('one/segments/buyers.json')
    expect(JSON.parse(first)).toEqual({
      kind: 'segment',
      key: 'buyers',
      name: '买过的人',
      description: '',
      scene: '',
      mode: 'dynamic',
      rule: { kind: 'tag', tag: 'buyer' },
    })
    await chaoxi('export', './one')
    expect(read('one/segments/buyers.json')).toBe(first)
    expect(await chaoxi('validate', './one')).toMatchObject({ code: 0 })
    expect(await chaoxi('diff', './one')).toEqual({ code: 0, out: 'The files and the server say the same\n', error: '' })
    expect((await chaoxi('import', './one')).out).toBe('0 created, 0 changed, 3 the same\n')
  })

  test('a change is shown line by line, tried without writing, and then written', async () => {
    write('one/tags/buyer.json', read('one/tags/buyer.json').replace('买家', '成交客户'))
    write('one/tags/new.json', {
      kind: 'tag',
      key: 'new',
      name: '新标签',
      layer: 'scene',
      mode: 'dynamic',
      rule: { kind: 'segment', segment: 'fresh' },
    })
    write('one/segments/fresh.json', { kind: 'segment', key: 'fresh', name: '新人群', mode: 'dynamic', rule: did('Signed Up') })
    const difference = await chaoxi('diff', './one')
    expect(difference.code).toBe(3)
    expect(difference.out).toContain('-   "name": "买家",\n+   "name": "成交客户",')
    expect(difference.out).toContain('tag:new: only in the files')
    expect((await chaoxi('import', './one', '--dry-run')).out).toContain('2 created, 1 changed, 2 the same (nothing was written)')
    expect((await app.call('tags')).items.map((tag) => tag.name)).not.toContain('成交客户')
    // The tag is created after the segment that it names, wherever the files stand.
    expect((await chaoxi('import', './one')).out).toContain('2 created, 1 changed, 2 the same\n')
    expect((await app.call('tags')).items.map((tag) => tag.name).sort()).toEqual(['性别', '成交客户', '新标签'])
    expect((await chaoxi('diff', './one')).code).toBe(0)
  })

  test('what is wrong is said with its place, and nothing is written', async () => {
    const before = await app.call('tags')
    const tag = { kind: 'tag', key: 'bad', name: '坏', layer: 'basic', mode: 'dynamic', rule: did('X') }
    for (const [value, message] of [
      ['{', 'is not JSON'],
      [{ ...tag, layer: 'top' }, 'layer'],
      [{ ...tag, rule: null }, 'rule: a dynamic definition needs a rule'],
      [{ ...tag, mode: 'static' }, 'rule: a static definition has no rule'],
      [{ ...tag, mode: 'valued', rule: null, values: [{ value: '一', rule: did('X') }] }, 'values: a tag with values has 2 to 50'],
      [{ ...tag, values: [{ value: '一', rule: did('X') }] }, 'values: only a tag of the mode "valued" has values'],
      [{ ...tag, colour: 'red' }, 'colour'],
      [{ ...tag, rule: { kind: 'tag', tag: 'nobody' } }, 'tag:nobody, which is neither in the files nor on the server'],
      [{ ...tag, rule: { kind: 'not', rule: { kind: 'tag', tag: 'bad' } } }, 'circle: tag:bad → tag:bad'],
      [{ ...tag, key: 'gender' }, 'is static on the server and dynamic in the file'],
    ] as const) {
      write('bad.json', value)
      const { code, error } = await chaoxi('import', './bad.json')
      expect({ value, failed: code !== 0, error }).toEqual({ value, failed: true, error: expect.stringContaining(message) })
    }
    expect(await app.call('tags')).toEqual(before)
  })
})

describe('the table', () => {
  test('goes out for a spreadsheet and comes back', async () => {
    await app.call('tagCreate', { body: { key: 'tricky', name: '=1+1,"引号"', layer: 'value', mode: 'static', rule: null, scene: '大促' } })
    expect((await chaoxi('export', './tags.csv')).code).toBe(0)
    const text = read('tags.csv')
    expect(text.startsWith('\ufeff层级,标签,键,方式,规则,应用场景')).toBe(true)
    expect(text).toContain(`价值,"'=1+1,""引号""",tricky,静态,,大促`)
    expect((await chaoxi('import', './tags.csv')).out).toBe('0 created, 0 changed, 4 the same\n')
    write('more.csv', 'layer,name,key,mode\nbasic,注册渠道,channel,static\n,,,\n')
    expect((await chaoxi('import', './more.csv')).out).toContain('created: tag:channel 注册渠道')
    write('more.csv', '层级,标签\n基础,性别\n')
    expect((await chaoxi('import', './more.csv')).error).toContain('lacks the column 键 (key), 方式 (mode)')
    write('more.csv', '层级,标签,键,方式,规则\n行为,甲,jia,动态,oops\n')
    expect((await chaoxi('import', './more.csv')).error).toContain('line 2: the rule is not JSON')
  })
})

test('a tag with values goes out and comes back as a file and in the table, its values in their order', async () => {
  const values = [
    { value: '活跃', rule: did('Order Paid') },
    { value: '观望', rule: did('Product Viewed') },
  ]
  await app.call('tagCreate', { body: { key: 'stage', name: '阶段', layer: 'value', mode: 'valued', rule: null, values } })
  await chaoxi('export', './valued')
  expect(JSON.parse(read('valued/tags/stage.json'))).toMatchObject({ mode: 'valued', rule: null, values })
  write('valued/tags/stage.json', { ...JSON.parse(read('valued/tags/stage.json')), values: values.toReversed() })
  expect((await chaoxi('import', './valued/tags/stage.json')).out).toContain('changed: tag:stage')
  expect((await app.call('tag', { params: { key: 'stage' } })).values.map((one) => one.value)).toEqual(['观望', '活跃'])
  await chaoxi('export', './valued.csv')
  expect(read('valued.csv')).toContain('价值,阶段,stage,多值,"[{""value"":""观望""')
  expect((await chaoxi('import', './valued.csv')).out).toMatch(/^0 created, 0 changed/)
})

test('a tag that a model wrote keeps it in files and in the table', async () => {
  const model = { kind: 'bands' as const, settings: valueModelDefaults.bands }
  const body = { key: 'bands', name: '价值分层', layer: 'value', mode: 'valued', rule: null, values: modelValues(model), model } as const
  await app.call('tagCreate', { body })
  await chaoxi('export', './modelled')
  expect(JSON.parse(read('modelled/tags/bands.json'))).toMatchObject({ model })
  write('modelled/tags/bands.json', { ...JSON.parse(read('modelled/tags/bands.json')), model: undefined })
  expect((await chaoxi('import', './modelled/tags/bands.json')).out).toContain('changed: tag:bands')
  expect((await app.call('tag', { params: { key: 'bands' } })).model).toBe(null)
  const other = { ...model, settings: { ...model.settings, high: 9_999 } }
  write('modelled/tags/bands.json', { ...JSON.parse(read('modelled/tags/bands.json')), model: other })
  expect((await chaoxi('import', './modelled/tags/bands.json')).error).toContain('model: the rules are not those that the model writes')
  write('modelled/tags/bands.json', { ...JSON.parse(read('modelled/tags/bands.json')), model: other, values: modelValues(other) })
  await chaoxi('import', './modelled/tags/bands.json')
  await chaoxi('export', './modelled.csv')
  expect((await chaoxi('import', './modelled.csv')).out).toMatch(/^0 created, 0 changed/)
  write('modelled.csv', read('modelled.csv').replace('价值分层', '分层'))
  await chaoxi('import', './modelled.csv')
  expect(await app.call('tag', { params: { key: 'bands' } })).toMatchObject({ name: '分层', model: other })
})

test('the table goes out as a workbook and comes back', async () => {
  const { items } = await app.call('tags')
  expect((await chaoxi('export', './tags.xlsx')).out).toContain(`${items.length} tags in`)
  expect((await chaoxi('import', './tags.xlsx')).out).toBe(`0 created, 0 changed, ${items.length} the same\n`)
  expect((await chaoxi('validate', './tags.xlsx')).out).toBe(`${items.length} valid tags and segments\n`)
  write('broken.xlsx', '层级,标签')
  expect(await chaoxi('import', './broken.xlsx')).toMatchObject({ code: 2, error: expect.stringContaining('is no workbook') })
})

test('a diff turns one text into the other', () => {
  const [before, after] = ['a\nb\nc\nd', 'a\nx\nc\nd\ne']
  const lines = lineDiff(before, after)
  expect(lines).toEqual(['  a', '- b', '+ x', '  c', '  d', '+ e'])
})
