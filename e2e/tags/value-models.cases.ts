import { type ValueModel, valueModelSchema } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { all, days, event } from '../harness/tag-drawer.ts'
import { desk, hand, server, tags } from './tag-desk.ts'

// The models that write the rules of a tag's values: filled in by clicks, stored, and there again as their form.

/** The model of a tag as it is stored, which has to be a preference. */
function modelOf(model: unknown): Extract<ValueModel, { kind: 'preference' }> {
  const parsed = valueModelSchema.parse(model)
  if (parsed.kind !== 'preference') throw new Error(`a model of the kind ${parsed.kind}`)
  return parsed
}

export function valueModelCases(): void {
  test('生命周期: a model writes the values, arrows order them, and a rule asks for some of them', async () => {
    const { page } = desk
    const { key, values } = await tags.create('阶段', async () => {
      const drawer = page.getByRole('dialog', { name: '新建标签' })
      await drawer.getByText('多值', { exact: true }).click()
      await drawer.getByRole('button', { name: '生命周期' }).click()
      const form = page.getByRole('dialog', { name: '生命周期' })
      await form.getByLabel('流失：几天没买').fill('50')
      await form.getByText('要大于活跃的天数').waitFor()
      await form.getByLabel('活跃：几天内买过').fill('20')
      await form.getByRole('button', { name: '生成这些值' }).click()
      await drawer.getByText('由模型「生命周期」生成').waitFor()
      await drawer.getByRole('button', { name: '改为手动编辑规则' }).click()
      await page.locator('.ant-modal-confirm').getByRole('button', { name: '改为手动编辑规则' }).click()
      await drawer.getByRole('button', { name: '下移' }).nth(0).click()
      await drawer.getByRole('button', { name: '加一个值' }).click()
      await drawer.getByRole('textbox', { name: '值，例如 活跃 6' }).fill('潜在')
      await hand.add('行为')
      await hand.row('0').choose('选择行为', '浏览商品', { typed: '浏览商品' })
    })
    expect(values.map((one) => one.value)).toEqual(['回流', '新客', '活跃', '沉睡风险', '流失', '潜在'])
    expect(values[3]?.rule).toEqual(event('Order Paid', { window: days(50) }))
    expect(values[5]?.rule).toEqual(all(event('Product Viewed')))
    const rule = await tags.build('要唤醒', async () => {
      await hand.add('标签')
      const row = hand.row('0')
      await row.choose('选择标签', '阶段', { typed: key })
      await row.place.getByRole('combobox', { name: '标签值' }).click({ force: true })
      for (const value of ['沉睡风险', '流失']) await page.locator(`.ant-select-dropdown .ant-select-item-option[title="${value}"]`).click()
      await row.place.locator('.rule-kind').first().click()
    })
    expect(rule).toEqual(all({ kind: 'tag', tag: key, values: ['沉睡风险', '流失'] }))
  })

  test('偏好类目: the model takes values that have come, a person has several of them, and the form is there again', async () => {
    const { page } = desk
    const stored = await tags.create('偏好类目', async () => {
      const drawer = page.getByRole('dialog', { name: '新建标签' })
      await drawer.getByText('多值', { exact: true }).click()
      await drawer.getByRole('button', { name: '偏好', exact: true }).click()
      const form = page.getByRole('dialog', { name: '偏好', exact: true })
      await form.getByRole('button', { name: /加上近期见过的 \d+ 个值/ }).click()
      await form.getByLabel('每人取前几个').fill('2')
      await form.getByRole('button', { name: '生成这些值' }).click()
      await drawer.getByText('由模型「偏好」生成').waitFor()
      await drawer.getByRole('textbox', { name: '值，例如 活跃 1' }).fill('最爱的类目')
    })
    const { settings } = modelOf(stored.model)
    expect(settings).toMatchObject({ event: 'Product Viewed', property: 'category', days: 30, rank: 2, least: 3 })
    expect([...settings.values].sort()).toEqual(['家居', '数码', '服饰', '美妆', '食品'])
    expect(stored.values.map((one) => one.value)).toEqual(['最爱的类目', ...settings.values.slice(1)])
    expect(stored.values[1]?.rule).toMatchObject({ kind: 'preference', rank: 2, least: 3, values: [settings.values[1]] })
    await page.goto(`${server.url}/tags/${stored.key}`)
    await page
      .getByText(/^偏好 · /)
      .first()
      .waitFor()
    await page.getByRole('button', { name: '编辑', exact: true }).click()
    const drawer = page.getByRole('dialog', { name: /编辑标签/ })
    await drawer.getByText('由模型「偏好」生成').waitFor()
    await drawer.getByLabel('每人取前几个').fill('1')
    await page.locator('.drawer-foot .ant-btn-primary').click()
    await drawer.waitFor({ state: 'hidden' })
    const hours = await tags.create('常活跃时段', async () => {
      const fresh = page.getByRole('dialog', { name: '新建标签' })
      await fresh.getByText('多值', { exact: true }).click()
      await fresh.getByRole('button', { name: '偏好', exact: true }).click()
      const form = page.getByRole('dialog', { name: '偏好', exact: true })
      await form.getByText('一天里的时段', { exact: true }).click()
      await form.getByRole('button', { name: '生成这些值' }).click()
    })
    expect(modelOf(hours.model).settings).toMatchObject({ by: 'hour', values: [6, 10, 14, 18, 23] })
    expect(hours.values.map((one) => one.value)).toEqual(['6–10 点', '10–14 点', '14–18 点', '18–23 点', '23–6 点'])
    const again = await tags.stored(stored.key)
    expect(again).toMatchObject({ several: false, model: { settings: { rank: 1 } } })
    expect(again.values[0]?.value).toBe('最爱的类目')
  })

  test('RFM: boundaries from the shop’s distribution are shown and stored, and the form is there again', async () => {
    const { page } = desk
    const stored = await tags.create('RFM 分布', async () => {
      const drawer = page.getByRole('dialog', { name: '新建标签' })
      await drawer.getByText('多值', { exact: true }).click()
      await drawer.getByRole('button', { name: 'RFM' }).click()
      const form = page.getByRole('dialog', { name: 'RFM', exact: true })
      await form.getByText('按本店分布').click()
      await form.getByText(/取自 \d{4}-\d\d-\d\d 的数据/).waitFor()
      await form.getByRole('table', { name: '现在各类人数' }).waitFor()
      await form.getByRole('button', { name: '生成这些值' }).click()
      await drawer.getByRole('textbox', { name: '值，例如 活跃 1' }).fill('最好的客户')
    })
    expect(stored.model).toMatchObject({ kind: 'rfm', settings: { quantiles: { recent: 50, again: 'month' } } })
    expect(stored.values.map((one) => one.value).slice(0, 2)).toEqual(['最好的客户', '重要发展'])
    await page.goto(`${server.url}/tags/${stored.key}`)
    await page
      .getByText(/^RFM · /)
      .first()
      .waitFor()
    await page.getByRole('button', { name: '编辑', exact: true }).click()
    const drawer = page.getByRole('dialog', { name: /编辑标签/ })
    await drawer.getByText('由模型「RFM」生成').waitFor()
    await drawer.getByRole('combobox', { name: 'F 高：买得最勤的' }).click({ force: true })
    await page.locator('.ant-select-dropdown .ant-select-item-option[title="前 20%"]').click()
    await drawer.getByText(/取自/).waitFor()
    await page.locator('.drawer-foot .ant-btn-primary').click()
    await drawer.waitFor({ state: 'hidden' })
    const again = await tags.stored(stored.key)
    expect(again.model).toMatchObject({ settings: { quantiles: { recent: 50, frequent: 20 } } })
    expect(again.values[0]?.value).toBe('最好的客户')
    expect(desk.complaints).toEqual([])
  })
}
