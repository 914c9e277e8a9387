import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { openReceiver, type Receiver } from '../server/test/harness/receiver.ts'
import { leavePicture } from './harness/browser.ts'
import { openPlace, settled } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// An endpoint added in the settings, tried in a step whose answer is kept by a click, and what was posted to it.

let app: TestApp
let desk: Desk
let crm: Receiver
beforeAll(async () => {
  crm = await openReceiver()
  ;[app, desk] = await openTestApp(async () => {}, { CHAOXI_OUTBOUND_ALLOW: '127.0.0.1' })
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await leavePicture('journey-webhooks', desk)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
  await crm?.close()
})

const picture = async (name: string) => {
  const folder = process.env.CHAOXI_PICTURES
  if (folder === undefined) return
  await settled(desk.page)
  await desk.page.screenshot({ path: `${folder}/${name}.png` })
}

test('an endpoint is added, a step tries it and keeps a value of its answer, and what was posted is read there', async () => {
  const { page } = desk
  await openPlace(page, '外部系统')
  await page.getByText('还没有外部系统').waitFor()
  await picture('endpoints-empty')
  await page
    .getByRole('button', { name: /新建外部系统/ })
    .first()
    .click()
  await page.getByLabel('名称', { exact: true }).fill('会员中台')
  await page.getByLabel('编号', { exact: true }).fill('crm')
  await page.getByLabel('接收地址').fill(crm.url)
  await picture('endpoint-form')
  await page.getByRole('button', { name: /^新\s*建$/ }).click()
  const secret = (await page.locator('.key-once').textContent()) ?? ''
  crm.secrets.push(secret.trim())
  await picture('endpoint-secret')
  await page
    .locator('.ant-modal-footer')
    .getByRole('button', { name: /^关\s*闭$/ })
    .click()
  await page.getByRole('button', { name: '发一次测试' }).click()
  await page.getByText(/答复 200/).waitFor()
  expect(crm.receipts[0]?.signed).toEqual([true])

  const nodes = [
    {
      ...{ id: 'ask', kind: 'webhook' as const, endpoint: 'crm', next: 'gold', onFailure: 'end' },
      body: [{ name: 'order_id', value: { kind: 'trigger' as const, property: 'order_id' } }],
    },
    { id: 'gold', kind: 'condition' as const, rule: { kind: 'all' as const, rules: [] }, next: 'end', otherwise: 'end' },
    { id: 'end', kind: 'exit' as const },
  ]
  const trigger = { kind: 'event' as const, event: 'Order Paid' }
  const { id } = await app.call('journeyCreate', { body: { name: '付款后问等级', definition: { trigger, start: 'ask', nodes } } })
  await page.goto(`${app.url}/journeys/${id}?tab=design`)
  await page.locator('.flow-webhook').click()
  const side = page.locator('.journey-side')
  crm.script.push({ body: { data: { level: 'gold', points: 120 } } })
  await side.getByRole('button', { name: /^推\s*送$/ }).click()
  await side.getByRole('button', { name: /data\.level/ }).click()
  await expect.poll(() => side.getByLabel('在答复 JSON 里的位置，例如 data.level').inputValue()).toBe('data.level')
  await picture('webhook-form')
  await page.locator('.flow-condition').click()
  await side.getByRole('button', { name: /外部系统答复的条件/ }).click()
  await picture('run-filter')

  const definition = { ...(await app.call('journey', { params: { id } })).draft }
  const kept = definition.nodes.map((node) =>
    node.id === 'gold' && node.kind === 'condition'
      ? { ...node, runFilters: [{ property: 'webhook.ask.level', op: 'eq' as const, value: 'gold' }] }
      : node.kind === 'webhook'
        ? { ...node, answers: [{ name: 'level', path: 'data.level', type: 'text' as const, sample: 'gold' }] }
        : node,
  )
  const other = await app.call('journeyCreate', { body: { name: '付款后问等级（上线）', definition: { ...definition, nodes: kept } } })
  await app.call('journeyPublish', { params: { id: other.id } })
  crm.script.push({ status: 503, body: '{"error":"busy"}' }, { status: 422, body: '{"error":"no such order"}' })
  await app.events(
    ['王芳', '李明', '张伟'].map((userId) => ({ type: 'track', userId, event: 'Order Paid', properties: { order_id: `A-${userId}` } })),
  )
  await app.settle()
  app.clock.advance(10_000)
  await app.settle()
  await page.goto(`${app.url}/settings/endpoints/crm`)
  await page.getByText('它答复 422').first().waitFor()
  await picture('endpoint-page')
  await page.goto(`${app.url}/journeys/${other.id}?tab=design`)
  await picture('webhook-canvas')
})
