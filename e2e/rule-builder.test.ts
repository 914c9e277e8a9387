import { type ValueModel, valueModelSchema } from '@chaoxi/contract'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { leavePicture } from './harness/browser.ts'
import { type BuilderHand, builderHand } from './harness/builder.ts'
import { logIn } from './harness/console.ts'
import { type Desk, openDemo } from './harness/desk.ts'
import type { RunningServer } from './harness/server.ts'
import { all, type TagDrawer, tagDrawer } from './harness/tag-drawer.ts'

// Every tag of SPEC row T1 and the examples of T5 are built in the rule builder as an operator builds them, and what is
// stored is compared.

let server: RunningServer
let desk: Desk
let hand: BuilderHand
let tags: TagDrawer

beforeAll(async () => {
  ;[server, desk] = await openDemo()
  hand = builderHand(desk.page)
  tags = tagDrawer(desk.page)
  await logIn(desk.page, server)
}, 240_000)
afterAll(async () => {
  await desk?.close()
  await server?.close()
}, 60_000)
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  await leavePicture('rule-builder', desk)
  await desk.page.goto(server.url)
})

const days = (amount: number) => ({ kind: 'rolling' as const, amount, unit: 'day' as const })
const event = (name: string, patch: object = {}) => ({
  kind: 'event',
  event: name,
  filters: [],
  window: days(7),
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
  ...patch,
})
const ago = { kind: 'relative', from: 10, to: 3, unit: 'day' }

/** The model of a tag as it is stored, which has to be a preference. */
function modelOf(model: unknown): Extract<ValueModel, { kind: 'preference' }> {
  const parsed = valueModelSchema.parse(model)
  if (parsed.kind !== 'preference') throw new Error(`a model of the kind ${parsed.kind}`)
  return parsed
}

async function addEvent(path: string, name: string, group?: number): Promise<ReturnType<BuilderHand['row']>> {
  await hand.add('行为', group)
  const row = hand.row(path)
  await row.choose('选择行为', name, { typed: name })
  return row
}

test('性别', async () => {
  const rule = await tags.build('性别', async () => {
    await hand.add('用户属性')
    const row = hand.row('0')
    await row.choose('选择属性', '性别', { typed: 'gender' })
    await row.text('值', '女')
  })
  expect(rule).toEqual(all({ kind: 'attribute', filter: { property: 'gender', op: 'eq', value: '女' } }))
})

test('注册渠道', async () => {
  const rule = await tags.build('注册渠道', async () => {
    await hand.add('用户属性')
    const row = hand.row('0')
    await row.choose('选择属性', '注册渠道', { typed: 'register_channel' })
    await row.choose('比较方式', '属于')
    await row.values('输入值后回车', ['抖音', '小红书'])
  })
  expect(rule).toEqual(all({ kind: 'attribute', filter: { property: 'register_channel', op: 'in', value: ['抖音', '小红书'] } }))
})

test('近7天浏览加购', async () => {
  const rule = await tags.build('近7天浏览加购', async () => {
    const viewed = await addEvent('0', '浏览商品')
    await viewed.number('值', 3)
    await addEvent('1', '加购')
  })
  expect(rule).toEqual(all(event('Product Viewed', { value: 3 }), event('Product Added')))
})

test('未使用优惠券', async () => {
  const rule = await tags.build('未使用优惠券', async () => {
    await hand.add('行为序列')
    const row = hand.row('0')
    await row.press('删除这一步', 1)
    await row.choose('选择行为', '领券', { typed: '领券' })
    await row.place.getByRole('checkbox', { name: '同一' }).check()
    await row.choose('选择属性', '优惠券 ID', { typed: 'coupon_id' })
    await row.choose('时间范围', '距今')
    await row.place.getByRole('spinbutton', { name: '从', exact: true }).fill('')
    await row.number('到', 7)
    await row.press('之后没有')
    await row.choose('选择行为', '核销优惠券', { nth: 1, typed: '核销优惠券' })
  })
  expect(rule).toEqual(
    all({
      kind: 'sequence',
      steps: [{ event: 'Coupon Claimed', filters: [], link: 'coupon_id' }],
      window: { kind: 'relative', to: 7, unit: 'day' },
      noneAfter: [{ event: 'Coupon Used', filters: [], link: 'coupon_id' }],
    }),
  )
})

test('高客单价', async () => {
  const rule = await tags.build('高客单价', async () => {
    const row = await addEvent('0', '支付订单')
    await row.number('时长', 30)
    await row.choose('统计什么', '合计')
    await row.choose('选择属性', '订单金额', { typed: 'total' })
    await row.number('值', 500)
  })
  expect(rule).toEqual(all(event('Order Paid', { window: days(30), measure: { fn: 'sum', property: 'total' }, value: 500 })))
})

test('低频', async () => {
  const rule = await tags.build('低频', async () => {
    const ever = await addEvent('0', '支付订单')
    await ever.choose('时间范围', '历史上')
    const quarter = await addEvent('1', '支付订单')
    await quarter.choose('时间范围', '自然周期')
    await quarter.choose('时间单位', '季度')
    await quarter.choose('比较方式', '至多')
  })
  const quarter = { kind: 'calendar', unit: 'quarter', from: 0, to: 0 }
  expect(rule).toEqual(all(event('Order Paid', { window: { kind: 'ever' } }), event('Order Paid', { window: quarter, op: 'lte' })))
})

test('浏览过 500 元以上商品且未购买', async () => {
  const rule = await tags.build('浏览未购买', async () => {
    const viewed = await addEvent('0', '浏览商品')
    await viewed.choose('时间范围', '历史上')
    await viewed.press('限定属性')
    await viewed.choose('选择属性', '价格', { typed: 'price' })
    await viewed.choose('比较方式', '大于', { nth: 1 })
    await viewed.number('值', 500, 1)
    const bought = await addEvent('1', '支付订单')
    await bought.choose('时间范围', '历史上')
    await bought.choose('做过还是没做', '没做过')
  })
  const ever = { kind: 'ever' }
  expect(rule).toEqual(
    all(
      event('Product Viewed', { window: ever, filters: [{ property: 'price', op: 'gt', value: 500 }] }),
      event('Order Paid', { window: ever, op: 'eq', value: 0 }),
    ),
  )
})

test('连续 3 天未访问', async () => {
  const rule = await tags.build('连续未访问', async () => {
    const row = await addEvent('0', '访问页面')
    await row.choose('时间范围', '历史上')
    await row.choose('统计什么', '至今未发生天数')
    await row.number('值', 3)
  })
  expect(rule).toEqual(all(event('$page', { window: { kind: 'ever' }, measure: { fn: 'days_absent' }, value: 3 })))
})

test('3-10 天前加购或收藏且 10 天内未购买', async () => {
  const rule = await tags.build('加购收藏未购买', async () => {
    const never = await addEvent('0', '支付订单')
    await never.number('时长', 10)
    await never.choose('做过还是没做', '没做过')
    const added = await addEvent('1', '加购')
    await added.choose('时间范围', '距今')
    const liked = await addEvent('2', '收藏商品')
    await liked.choose('时间范围', '距今')
    // One dropped on the other makes a group; the keyboard then brings it to the top.
    await liked.place.locator('.drag-grip').dragTo(added.place)
    await hand.row('1').place.and(desk.page.locator('fieldset')).press('Alt+ArrowUp')
  })
  expect(rule).toEqual(
    all(
      { kind: 'any', rules: [event('Product Added', { window: ago }), event('Product Added to Wishlist', { window: ago })] },
      event('Order Paid', { window: days(10), op: 'eq', value: 0 }),
    ),
  )
})

test('去年双 11 购买过；7 天内过生日；首次购买在本月', async () => {
  const rule = await tags.build('日期', async () => {
    const bought = await addEvent('0', '支付订单')
    await bought.choose('时间范围', '某年的日期')
    await hand.add('用户属性')
    const birthday = hand.row('1')
    await birthday.choose('选择属性', '生日', { typed: 'birthday' })
    await birthday.choose('比较方式', '周年在')
    await hand.add('首次/最近')
    const first = hand.row('2')
    await first.choose('选择行为', '支付订单', { typed: '支付订单' })
    await first.press('不限时间')
  })
  expect(rule).toEqual(
    all(
      event('Order Paid', { window: { kind: 'annual', from: '11-01', to: '11-11', year: -1 } }),
      { kind: 'attribute', filter: { property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: 7 } } },
      {
        kind: 'occurrence',
        which: 'first',
        event: 'Order Paid',
        filters: [],
        window: { kind: 'ever' },
        when: { kind: 'calendar', unit: 'month', from: 0, to: 0 },
        where: [],
      },
    ),
  )
})

test('浏览后 30 分钟内加购同一商品，其间没有付款', async () => {
  const rule = await tags.build('浏览后加购', async () => {
    await hand.add('行为序列')
    const row = hand.row('0')
    await row.choose('选择行为', '浏览商品', { typed: '浏览商品' })
    await row.choose('选择行为', '加购', { nth: 1, typed: '加购' })
    await row.place.getByRole('checkbox', { name: '同一' }).check()
    await row.choose('选择属性', '商品 ID', { typed: 'product_id' })
    await row.press('限时')
    await row.number('限时', 30)
    await row.choose('时间单位', '分钟', { nth: 1 })
    await row.press('其间没有')
    await row.choose('选择行为', '支付订单', { nth: 2, typed: '支付订单' })
    await row.place.getByRole('checkbox', { name: '同一' }).last().uncheck()
  })
  const link = 'product_id'
  expect(rule).toEqual(
    all({
      kind: 'sequence',
      steps: [
        { event: 'Product Viewed', filters: [], link },
        {
          event: 'Product Added',
          filters: [],
          link,
          within: { amount: 30, unit: 'minute' },
          without: [{ event: 'Order Paid', filters: [] }],
        },
      ],
      window: days(7),
    }),
  )
})

test('回流：距上次访问至少 30 天后再次访问，在近 7 天', async () => {
  const rule = await tags.build('回流', async () => {
    await hand.add('行为序列')
    const row = hand.row('0')
    await row.choose('时间范围', '历史上')
    await row.choose('选择行为', '浏览商品', { typed: '浏览商品' })
    await row.choose('选择行为', '浏览商品', { nth: 1, typed: '浏览商品' })
    await row.press('间隔至少')
    await row.number('间隔至少', 30)
    await row.press('这一步发生在', 1)
    await row.press('其间没有')
    await row.choose('选择行为', '浏览商品', { nth: 2, typed: '浏览商品' })
  })
  const viewed = { event: 'Product Viewed', filters: [] }
  expect(rule).toEqual(
    all({
      kind: 'sequence',
      steps: [viewed, { ...viewed, when: days(7), after: { amount: 30, unit: 'day' }, without: [viewed] }],
      window: { kind: 'ever' },
    }),
  )
})

test('常活跃时段 晚间；周末购买', async () => {
  const { page } = desk
  const rule = await tags.build('常活跃时段', async () => {
    const viewed = await addEvent('0', '浏览商品')
    await viewed.number('时长', 30)
    await viewed.number('值', 3)
    await viewed.press('限定时段')
    await viewed.place.getByLabel('几点起').fill('21:00')
    const paid = await addEvent('1', '支付订单')
    await paid.press('限定时段')
    await paid.place.getByRole('combobox', { name: '星期几' }).click({ force: true })
    for (const day of ['周六', '周日']) await page.locator(`.ant-select-dropdown .ant-select-item-option[title="${day}"]`).click()
    await paid.place.locator('.rule-kind').first().click()
    await paid.choose('钟点', '全天')
  })
  expect(rule).toEqual(
    all(
      event('Product Viewed', { window: days(30), value: 3, clock: { hours: { from: '21:00', to: '23:00' } } }),
      event('Order Paid', { clock: { weekdays: [6, 7] } }),
    ),
  )
})

test('偏好类目；偏好价格带；常活跃时段', async () => {
  const { page } = desk
  const rule = await tags.build('偏好', async () => {
    await hand.add('偏好')
    const category = hand.row('0')
    await category.choose('选择行为', '浏览商品', { typed: '浏览商品' })
    await category.choose('选择属性', '类目', { typed: 'category' })
    await category.number('排在前', 2)
    await category.values('输入值后回车', ['美妆', '母婴'])
    await hand.add('偏好')
    const price = hand.row('1')
    await price.choose('选择行为', '支付订单', { typed: '支付订单' })
    await price.choose('按什么排名', '数值分段')
    await price.choose('选择属性', '订单金额', { typed: 'total' })
    await price.choose('排名依据', '按合计')
    await price.choose('选择属性', '订单金额', { nth: 1, typed: 'total' })
    await price.place.getByRole('combobox', { name: '选择分段' }).click({ force: true })
    await page.locator('.ant-select-dropdown .ant-select-item-option[title="100–300"]').click()
    await price.place.locator('.rule-kind').first().click()
    await hand.add('偏好')
    const hours = hand.row('2')
    await hours.choose('选择行为', '浏览商品', { typed: '浏览商品' })
    await hours.choose('按什么排名', '时段')
    await hours.number('且至少', 5)
    await hours.place.getByRole('combobox', { name: '选择分段' }).click({ force: true })
    await page.locator('.ant-select-dropdown .ant-select-item-option[title="18–23 点"]').click()
    await hours.place.locator('.rule-kind').first().click()
  })
  const prefers = { kind: 'preference', event: 'Product Viewed', filters: [], window: days(30), rank: 1, least: 3 }
  expect(rule).toEqual(
    all(
      { ...prefers, of: { kind: 'property', property: 'category' }, rank: 2, values: ['美妆', '母婴'] },
      {
        ...prefers,
        event: 'Order Paid',
        of: { kind: 'bands', property: 'total', edges: [0, 100, 300, 1000] },
        sum: 'total',
        values: [100],
      },
      { ...prefers, of: { kind: 'hours', edges: [6, 10, 14, 18, 23] }, least: 5, values: [18] },
    ),
  )
})

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
})

test('undo, redo, duplicate, remove and the JSON view', async () => {
  const { page } = desk
  const rule = await tags.build('撤销', async () => {
    const row = await addEvent('0', '加购')
    await row.place.press('Control+d')
    await hand.row('1').number('值', 5)
    await hand.row('1').place.press('Control+z')
    expect(await hand.row('1').place.getByRole('spinbutton', { name: '值', exact: true }).inputValue()).toBe('1')
    await hand.row('1').place.press('Delete')
    await hand.row('1').place.waitFor({ state: 'detached' })
    await page.keyboard.press('Control+z')
    await hand.row('1').place.waitFor()
    await page.getByText('JSON', { exact: true }).click()
    const text = page.getByRole('textbox', { name: 'JSON' })
    const json = await text.inputValue()
    await text.fill(json.replace('"value": 1', '"value": "x"'))
    await page
      .getByRole('button', { name: /^第 \d+ 行$/ })
      .first()
      .waitFor()
    await text.fill(json.replace('"value": 1', '"value": 2'))
    await page.getByText('已生效').waitFor()
  })
  expect(rule).toEqual(all(event('Product Added', { value: 2 }), event('Product Added')))
  expect(desk.complaints).toEqual([])
})
