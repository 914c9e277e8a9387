import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { leavePicture } from './harness/browser.ts'
import { openPlace } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// Three people walk through a welcome in minutes, and a colleague's phone gets what they would.

const name = '新客三步'

let app: TestApp
let desk: Desk
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    await app.events(
      ['安安', '贝贝', '晨晨'].map((traitName, i) => ({
        ...{ type: 'identify', userId: `u${i}`, messageId: `u${i}` },
        traits: { name: traitName, ...(i === 2 ? {} : { phone: `1380000000${i}` }) },
        context: { consent: { marketing: { sms: true, textVersion: '1' } } },
      })),
    )
    await app.settle()
    for (const [key, text] of [
      ['hi', '{{ customer.name }}，欢迎来到小店'],
      ['miss', '{{ customer.name }}，您的尺码 {{ customer.shoe }} 到货了'],
    ])
      await app.call('templateCreate', {
        body: { key, name: key ?? '', channel: 'sms', content: { kind: 'sms', text: text ?? '' }, linkUrl: '' },
      })
    await app.call('journeyCreate', {
      body: {
        name,
        definition: {
          trigger: { kind: 'event', event: 'Signed Up' },
          start: 'hi',
          nodes: [
            { id: 'hi', kind: 'send', name: '欢迎', channel: 'sms', template: 'hi', next: 'buys' },
            {
              id: 'buys',
              kind: 'wait_event',
              match: { event: 'Order Paid' },
              timeout: { amount: 2, unit: 'day' },
              next: 'end',
              onTimeout: 'miss',
            },
            { id: 'miss', kind: 'send', name: '催一下', channel: 'sms', template: 'miss', next: 'end' },
            { id: 'end', kind: 'exit', name: '走完' },
          ],
        },
      },
    })
    await app.settle()
  })
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await leavePicture('journey-trial', desk)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

/** Does something to the test run, and lets what follows happen. */
async function acts(press: () => Promise<void>): Promise<void> {
  await Promise.all([desk.page.waitForResponse((answer) => answer.url().endsWith('/act') && answer.ok()), press()])
  await app.settle()
}

test('a colleague is put in, people are chosen with a reason, and the test run goes on until all is told', async () => {
  const { page } = desk
  await openPlace(page, '自动化流程')
  await page.getByRole('link', { name }).click()
  await page.getByRole('tab', { name: '演练' }).click()
  await page.getByText('还没有试运行过').waitFor()

  await page.getByRole('button', { name: '管理测试接收人' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('称呼').fill('小李')
  await dialog.getByLabel('手机号 / 用户 ID').fill('13900000001')
  expect(await dialog.getByRole('button', { name: /添\s*加/ }).isDisabled()).toBe(true)
  await dialog.getByText('我确认这是本公司同事的').click()
  await dialog.getByRole('button', { name: /添\s*加/ }).click()
  await dialog.getByText('+86139').waitFor()
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: '看看会选谁' }).click()
  await page.locator('[data-chosen]').getByText('没有手机号').first().waitFor()
  await page.locator('.trial-start .ant-select').filter({ hasText: '不发送，只看内容' }).click()
  await page.getByTitle('小李 · 短信').click()
  await page.keyboard.press('Escape')
  await page.locator('[data-try]').click()
  await page.locator('[data-trial=running]').waitFor()
  await app.settle()
  await page.getByText('“欢迎”：没有可用的联系方式（1 次）').waitFor()
  expect(app.chaoxi.companions.standIn.inbox('+8613900000001').length).toBe(1)

  await page.locator('[data-happen=buys]').first().waitFor()
  await page.getByRole('row', { name: /安安/ }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('【潮汐小店】安安，欢迎来到小店回T退订').waitFor()
  await acts(() => drawer.getByRole('button', { name: /假设发生/ }).click())
  await drawer.getByText('走完').first().waitFor()
  await page.keyboard.press('Escape')

  await acts(() => page.locator('[data-skip]').click())
  app.clock.advance(2_000)
  await app.settle()
  await page.locator('[data-trial=done]').waitFor()
  await page.getByText('“催一下”缺变量').waitFor()
  expect((await app.call('messages')).items).toEqual([])
  for (const i of [0, 1]) expect(app.chaoxi.companions.standIn.inbox(`+861380000000${i}`)).toEqual([])
})
