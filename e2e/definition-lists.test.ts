import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { choose, settled } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// The lists of tags and segments: found by typing, narrowed by choices, put into folders, and all of that in the address.

let app: TestApp
let desk: Desk
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    await app.call('playbookInstall', { params: { key: 'starter-tags' } })
    const rule = { kind: 'all' as const, rules: [] }
    await app.call('segmentCreate', { body: { key: 'all', name: '所有人', scene: '大促', mode: 'dynamic', rule } })
    await app.call('segmentCreate', { body: { key: 'staff', name: '员工', mode: 'static', rule: null } })
  })
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

const rows = () => desk.page.locator('tbody tr.row-open')
/** Until so many are listed; a page that is loaded anew takes its time on a busy machine. */
const shown = (count: number) => expect.poll(() => rows().count(), { timeout: 15_000 }).toBe(count)
const folder = (name: string) => desk.page.locator('tbody tr.row-folder').filter({ hasText: name })
const narrow = (label: string, option: string) => choose(desk.page.getByRole('combobox', { name: label, exact: true }), option)
/** Opens the list of tags and answers how many there are. */
async function openTags(): Promise<number> {
  await desk.page.goto(`${app.url}/tags`)
  await settled(desk.page)
  await rows().nth(29).waitFor()
  return rows().count()
}

test('tags are found by the keyboard, narrowed by counted choices, and lost ones have a way out', async () => {
  const { page } = desk
  const total = await openTags()
  await page.keyboard.press('/')
  await page.keyboard.type('生命 lifecycle')
  await shown(1)
  await page.getByText(`筛出 1 条，共 ${total} 条`).waitFor()
  await page.keyboard.press('Escape')
  await shown(total)
  await narrow('更新方式', '多值 7')
  await shown(7)
  await page.reload()
  await shown(7)
  await page.keyboard.press('/')
  await page.keyboard.type('没有这样的')
  await page.getByText('没有符合条件的记录').waitFor()
  await page.getByRole('button', { name: '清空条件' }).click()
  await shown(total)
  expect(new URL(page.url()).search).toBe('')
})

test('folders of one purpose open and close, by mouse and keyboard, and stay so in the address', async () => {
  const { page } = desk
  const total = await openTags()
  await narrow('分组', '按用途分组')
  const shoppers = folder('复购提醒')
  const held = Number(await shoppers.locator('.folder-name .num').textContent())
  expect(held).toBeGreaterThan(0)
  await shoppers.click()
  await shown(total - held)
  await page.reload()
  await shown(total - held)
  await shoppers.focus()
  await page.keyboard.press('Enter')
  await shown(total)
  await page.getByRole('button', { name: '全部收起' }).click()
  await shown(0)
  // Who searches sees into closed folders.
  await page.keyboard.press('/')
  await page.keyboard.type('lifecycle')
  await shown(1)
  await rows().first().getByRole('link').click()
  await page.getByRole('heading', { name: '生命周期' }).waitFor()
})

test('the tag table goes out as a file, is mended, and comes back with what it changes said first', async () => {
  const { page } = desk
  await openTags()
  const menu = async (item: string) => {
    await page.getByRole('button', { name: /^表格/ }).click()
    await page.getByText(item, { exact: true }).click()
  }
  const [download] = await Promise.all([page.waitForEvent('download'), menu('导出标签表 (CSV)')])
  const text = readFileSync(await download.path(), 'utf8')
  expect(text).toContain('层级,标签,键,方式,规则,应用场景,说明,负责人,人数')
  const [workbook] = await Promise.all([page.waitForEvent('download'), menu('导出标签表 (Excel)')])
  await menu('导入标签表…')
  const dialog = page.getByRole('dialog')
  const give = (content: string) =>
    dialog.locator('input[type=file]').setInputFiles({ name: 'mended.csv', mimeType: 'text/csv', buffer: Buffer.from(content) })
  await give(text)
  await dialog.getByText('没有要写入的').waitFor()
  const buffer = readFileSync(await workbook.path())
  await dialog.locator('input[type=file]').setInputFiles({ name: 'tags.xlsx', mimeType: '', buffer })
  await dialog.getByText('文件：tags.xlsx').waitFor()
  await dialog.getByText('没有要写入的').waitFor()
  await give(`${text}顶层,坏的,bad,静态,,,,,\r\n`)
  await dialog.getByText('有 1 处要改').waitFor()
  await dialog.getByText(/第 \d+ 行「层级」/).waitFor()
  await give(`${text.replace('生命周期', '生命周期阶段')}基础,注册渠道：抖音,channel_douyin,静态,,新客,,,\r\n`)
  await dialog.getByText(/将新建 1 个、更新 1 个/).waitFor()
  await dialog.getByRole('button', { name: '写入 2 个标签' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await rows().filter({ hasText: '生命周期阶段' }).waitFor()
  expect(await app.call('tag', { params: { key: 'channel_douyin' } })).toMatchObject({ layer: 'basic', mode: 'static', scene: '新客' })
  expect((await app.call('tag', { params: { key: 'lifecycle' } })).model).toMatchObject({ kind: 'lifecycle' })
})

test('segments have purposes too', async () => {
  const { page } = desk
  await page.goto(`${app.url}/segments?folders=on`)
  await folder('大促').waitFor()
  await folder('未填写').waitFor()
  await rows().filter({ hasText: '员工' }).click()
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('用途').fill('大')
  await page.locator('.ant-select-dropdown .ant-select-item-option').filter({ hasText: '大促' }).first().click()
  await page.locator('.drawer-foot .ant-btn-primary').click()
  await drawer.waitFor({ state: 'hidden' })
  expect(await app.call('segment', { params: { key: 'staff' } })).toMatchObject({ scene: '大促' })
  expect(desk.complaints).toEqual([])
})
