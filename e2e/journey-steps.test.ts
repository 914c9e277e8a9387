import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { leavePicture } from './harness/browser.ts'
import { choose, newJourney } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// A journey built by clicks from the steps that wait for a date, branch and split; then walked, and watched by way.

let app: TestApp
let desk: Desk
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    await app.events([{ type: 'identify', userId: 'somebody', traits: { birthday: '1990-06-01' } }])
  })
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await leavePicture('journey-steps', desk)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

const side = () => desk.page.locator('.journey-side')
const way = (id: string) => side().locator(`[data-way="${id}"]`)
/** Puts a step behind the one whose form is open, and waits for its own. */
async function addAfter(kind: string): Promise<void> {
  await side()
    .getByRole('button', { name: /在后面添加/ })
    .click()
  await pick(kind)
}
async function pick(kind: string): Promise<void> {
  const item = desk.page.locator('.ant-dropdown:not(.ant-dropdown-hidden) .rule-add-item')
  await item.filter({ has: desk.page.getByText(kind, { exact: true }) }).click()
  await side().getByRole('heading', { name: kind }).waitFor()
}
async function askTrigger(id: string, value: string): Promise<void> {
  await way(id)
    .getByRole('button', { name: /按触发行为的属性/ })
    .click()
  await choose(way(id).getByRole('combobox', { name: '选择属性' }), '使用「plan」', 'plan')
  await way(id).getByLabel('值', { exact: true }).fill(value)
}

test('a journey of a date, a branch and a split is drawn by clicks', async () => {
  const { page } = desk
  await newJourney(page, '生日前问候')

  await page.getByRole('button', { name: '在这里添加一步' }).first().click()
  await pick('等到某时')
  await side().getByText('日期', { exact: true }).click()
  await choose(side().getByRole('combobox', { name: '选择属性' }), '生日')
  await choose(side().getByRole('combobox', { name: '前后' }), '提前')
  await side().getByRole('spinbutton', { name: '天数' }).fill('3')

  await addAfter('多路分支')
  await way('a').getByLabel('A 的名称').fill('金卡')
  await askTrigger('a', 'gold')
  await side()
    .getByRole('button', { name: /加一路/ })
    .click()
  await askTrigger('b', 'silver')

  await addAfter('A/B 分流')
  await way('b').getByRole('spinbutton', { name: '比例' }).fill('30')
  await way('b').getByRole('checkbox', { name: '对照组' }).check()

  await page.getByText('没有问题').waitFor()
  await page.getByText('草稿已保存').waitFor()
  const { items } = await app.call('journeys')
  const { draft } = await app.call('journey', { params: { id: items[0]?.id ?? '' } })
  const plan = (value: string) => [{ property: 'plan', op: 'eq', value }]
  expect(draft.start).toBe('wait_until_1')
  expect(draft.nodes.filter((node) => node.kind !== 'exit')).toMatchObject([
    {
      kind: 'wait_until',
      until: { kind: 'date', attribute: 'birthday', yearly: true, days: -3, at: '10:00' },
      next: 'branch_1',
    },
    {
      kind: 'branch',
      ways: [
        { id: 'a', name: '金卡', triggerFilters: plan('gold'), next: 'split_1' },
        { id: 'b', triggerFilters: plan('silver') },
      ],
    },
    {
      kind: 'split',
      ways: [
        { id: 'a', share: 70 },
        { id: 'b', share: 30, control: true },
      ],
    },
  ])
})

test('live, each way has its number, and the number opens its people', async () => {
  const { page } = desk
  await page.getByRole('button', { name: '发布', exact: true }).click()
  await page.getByRole('button', { name: '发布并开始运行' }).click()
  await page.getByText('已发布，开始运行').waitFor()
  const people = Array.from({ length: 30 }, (_, i) => ({ userId: `member${i}`, plan: i < 20 ? 'gold' : 'silver' }))
  await app.events([
    ...people.map(({ userId }) => ({ type: 'identify', userId, traits: { name: userId, birthday: '1990-03-10' } })),
    ...people.map(({ userId, plan }) => ({ type: 'track', userId, event: 'Signed Up', properties: { plan }, messageId: userId })),
    { type: 'track', userId: 'nobody', event: 'Signed Up', messageId: 'nobody' },
  ])
  await app.settle()
  app.clock.set('2026-03-07T10:00:00+08:00')
  await app.settle()
  const [journey] = (await app.call('journeys')).items
  const { nodes } = await app.call('journeyCounters', { params: { id: journey?.id ?? '' } })
  const control = nodes.find(({ nodeId }) => nodeId === 'split_1')?.ways.find((one) => one.way === 'b')?.passed ?? 0
  expect(control).toBeGreaterThan(0)

  await page.getByRole('tab', { name: '实时' }).click()
  const word = (text: string) => page.locator('.flow-word').filter({ hasText: text })
  await word('金卡').getByText('20', { exact: true }).waitFor()
  await word('没有日期').getByText('1', { exact: true }).waitFor()
  await word('对照组 30%').getByRole('link').click()
  await page.getByText(/生日前问候.*对照组 30%/).waitFor()
  await expect.poll(() => page.getByRole('link', { name: /^member/ }).count()).toBe(control)
})

test('the numbers of one version open the people of that version', async () => {
  const { page } = desk
  const [journey] = (await app.call('journeys')).items
  await app.call('journeyPublish', { params: { id: journey?.id ?? '' } })
  await app.events([{ type: 'track', userId: 'later', event: 'Signed Up', messageId: 'later' }])
  await app.settle()
  await page.goBack()
  const arrived = (count: string) => page.locator('.flow-count-entered').filter({ hasText: count }).first()
  await arrived('32').waitFor()
  await choose(page.getByRole('combobox', { name: '看哪个版本' }), '第 2 版')
  await arrived('1').click()
  await page.getByText(/生日前问候.*第 2 版/).waitFor()
  await expect.poll(() => page.locator('tbody tr.ant-table-row').count()).toBe(1)
})

test('the same is said in English', async () => {
  const { page } = desk
  await page.goBack()
  await page.getByRole('button', { name: 'English' }).click()
  for (const text of ['Until 10:00, 3 days before “birthday”, each year', 'A 70% · control 30%'])
    await page.locator('.flow-summary').filter({ hasText: text }).waitFor()
  expect(desk.complaints).toEqual([])
})
