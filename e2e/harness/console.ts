import type { Locator, Page } from 'playwright-core'
import type { RunningServer } from './server.ts'

/** Logs in at the console's first page, in Chinese, and waits until the overview stands there. */
export async function logIn(page: Page, { url, email, password }: Pick<RunningServer, 'url' | 'email' | 'password'>): Promise<void> {
  await page.goto(`${url}/`)
  await page.getByLabel('邮箱').fill(email)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: /登\s*录/ }).click()
  await page.getByRole('navigation', { name: '主菜单' }).waitFor()
}

/** Opens a page by its place in the menu and waits until it has said what it has to say. */
export async function openPlace(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await settled(page)
}

/** Creates an empty journey by its dialog, and opens the canvas. */
export async function newJourney(page: Page, name: string): Promise<void> {
  await openPlace(page, '自动化流程')
  await page
    .getByRole('button', { name: /新建流程/ })
    .first()
    .click()
  await page.getByLabel('流程名称', { exact: true }).fill(name)
  await page.getByRole('button', { name: '创建并开始设计' }).click()
  await page.getByRole('tab', { name: '设计' }).click()
}

/** Until nothing is loading any more. The overview asks again and again, so silence on the network is not waited for. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.ant-skeleton, .ant-spin-spinning').first().waitFor({ state: 'hidden' })
}

const openList = '.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option'

/** Chooses one from a list; `typed` is what is searched for, and taken as it is where nothing is called so. */
export async function choose(box: Locator, option: string, typed?: string): Promise<void> {
  const page = box.page()
  // What is chosen already lies over the field.
  await box.click({ force: true })
  if (typed !== undefined) await box.fill(typed)
  const used = typed === undefined ? '' : `, ${openList}[title="使用「${typed}」"]`
  await page.locator(`${openList}[title="${option}"]${used}`).last().click()
  await page.locator(openList).first().waitFor({ state: 'hidden' })
}
