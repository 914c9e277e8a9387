import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { leavePicture } from './harness/browser.ts'
import { builderHand } from './harness/builder.ts'
import { type Desk, openTestApp } from './harness/desk.ts'
import { all, tagDrawer } from './harness/tag-drawer.ts'

// Rules of hundreds of conditions, which come out of other systems, are still edited by hand.

let app: TestApp
let desk: Desk
beforeAll(async () => {
  ;[app, desk] = await openTestApp()
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await leavePicture('long-rules', desk)
})

test('a rule with hundreds of conditions is lines that open one at a time, and says how full it is', async () => {
  const { page } = desk
  const [hand, tags] = [builderHand(page), tagDrawer(page)]
  const city = (value: string) => ({ kind: 'attribute', filter: { property: 'city', op: 'eq', value } })
  const group = (name: string) => ({ kind: 'any', rules: Array.from({ length: 80 }, (_, i) => city(`${name}${i}`)) })
  const groups = ['a', 'b', 'c', 'd', 'e'].map(group)
  const last = group('f')
  const long = all(...groups, last)
  const rule = await tags.build('很长', async () => {
    await page.getByText('JSON', { exact: true }).click()
    const text = page.getByRole('textbox', { name: 'JSON' })
    await text.fill(JSON.stringify(all(...long.rules, group('g'))))
    await page.getByText('条件（分组也算）最多 500 个，现在有 568 个').waitFor()
    await text.fill(JSON.stringify(long))
    await page.getByText('已生效').waitFor()
    await page.locator('.rule-toolbar').getByText('条件', { exact: true }).click()
    await page.getByText('条件 487 / 500').waitFor()
    await hand.row('5').place.and(page.locator('fieldset')).press('Control+d')
    await page.getByText('条件 568 / 500，多出 68 个').waitFor()
    await hand.row('6').place.and(page.locator('fieldset')).press('Delete')
    await page.getByText('条件 487 / 500').waitFor()
    await page.locator('[data-path="5.79"]').getByRole('button').click()
    await hand.row('5.79').text('值', '杭州')
    await hand.row('5.79').place.press('Control+d')
    await page.getByText('条件 488 / 500').waitFor()
    await hand.row('5.80').text('值', '宁波')
    // Only the open one has fields.
    expect(await page.locator('.rule-frame').getByLabel('值', { exact: true }).count()).toBe(1)
  })
  expect(rule).toEqual(all(...groups, { ...last, rules: [...last.rules.slice(0, 79), city('杭州'), city('宁波')] }))
  expect(desk.complaints).toEqual([])
})
