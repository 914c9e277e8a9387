import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// A colleague joins two customers by mistake and parts them again, on the pages of the people.

let app: TestApp
let desk: Desk
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    await app.events([
      { type: 'identify', userId: 'anna', traits: { name: '安娜', phone: '13800000001' } },
      { type: 'track', userId: 'anna', event: 'Product Viewed', properties: { product_id: 'a' } },
      { type: 'identify', userId: 'bella', traits: { name: '贝拉', phone: '13800000002' } },
      { type: 'track', userId: 'bella', event: 'Order Paid', properties: { order_id: 'b-1', total: 50 } },
    ])
  })
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

const idOf = async (userId: string) => (await app.call('people', { query: { q: userId } })).items[0]?.id ?? 0

/** The value beside a name in one half of the question. */
const share = (page: Page, side: string, name: string) =>
  page
    .locator('.split-shares section')
    .filter({ has: page.getByRole('heading', { name: new RegExp(side) }) })
    .locator('dt', { hasText: name })
    .locator('xpath=following-sibling::dd[1]')
    .textContent()

test('two are merged by hand, and Split says who gets what before it makes two of them again', async () => {
  const { page } = desk
  const [anna, bella] = [await idOf('anna'), await idOf('bella')]
  await page.goto(`${app.url}/people/${anna}?tab=identity`)
  await page.getByText('没有合并过').waitFor()
  await page.getByRole('button', { name: '合并到此人' }).click()
  const merging = page.getByRole('dialog')
  await merging.getByRole('combobox').fill('13800000002')
  await page.locator('.ant-select-dropdown .ant-select-item-option').filter({ hasText: '贝拉' }).click()
  await merging.getByRole('button', { name: '合并', exact: true }).click()
  await merging.waitFor({ state: 'hidden' })
  await app.settle()
  expect((await app.call('person', { params: { id: anna } })).stats.orders).toBe(1)

  await page.reload()
  await page.getByRole('button', { name: '拆开', exact: true }).click()
  const question = page.getByRole('dialog')
  await question.getByText(`拆出：用户 #${bella}`).waitFor()
  expect([await share(page, '拆出', '订单'), await share(page, '留下', '订单')]).toEqual(['1', '0'])
  const doIt = question.getByRole('button', { name: '拆成两个人' })
  // Nobody parts people without saying why.
  expect(await doIt.isDisabled()).toBe(true)
  await question.getByRole('textbox').fill('门店共用平板')
  await doIt.click()
  await question.waitFor({ state: 'hidden' })
  await page.getByText('门店共用平板').waitFor()
  expect(await page.getByRole('button', { name: '拆开', exact: true }).count()).toBe(0)
  await app.settle()

  await page.getByRole('link', { name: /贝拉/ }).first().click()
  await page.getByRole('heading', { name: /贝拉/ }).waitFor()
  expect(page.url()).toContain(`/people/${bella}`)
  const [one, other] = [await app.call('person', { params: { id: anna } }), await app.call('person', { params: { id: bella } })]
  expect([one.stats.orders, other.stats.orders]).toEqual([0, 1])
  expect(desk.complaints).toEqual([])
})
