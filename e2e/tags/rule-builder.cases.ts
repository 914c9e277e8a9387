import { expect, test } from 'vitest'
import type { BuilderHand } from '../harness/builder.ts'
import { all, days, event } from '../harness/tag-drawer.ts'
import { desk, hand, tags } from './tag-desk.ts'

// Every tag of SPEC row T1 and the examples of T5 are built in the rule builder as an operator builds them, and what is
// stored is compared.

const ago = { kind: 'relative', from: 10, to: 3, unit: 'day' }

async function addEvent(path: string, name: string, group?: number): Promise<ReturnType<BuilderHand['row']>> {
  await hand.add('行为', group)
  const row = hand.row(path)
  await row.choose('选择行为', name, { typed: name })
  return row
}

export function ruleBuilderCases(): void {
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
        {
          kind: 'attribute',
          filter: { property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: 7 } },
        },
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
}
