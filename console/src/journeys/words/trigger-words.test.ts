import type { Trigger } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import type { Language } from '../../i18n/language.ts'
import type { Naming } from '../../rules/rule-sentence.ts'
import { enteredBecause, triggerSentence } from './trigger-words.ts'

const naming = (language: Language): Naming & { journey: (name: string) => string } => ({
  language,
  timeZone: 'Asia/Shanghai',
  tag: () => '生命周期',
  segment: () => '新客',
  journey: String,
})
const both = (trigger: Trigger) => [triggerSentence(trigger, naming('zh')), triggerSentence(trigger, naming('en'))]

it('says what brings people in', () => {
  expect(both({ kind: 'segment_entry', segment: 'new' })).toEqual(['进入人群「新客」时', 'when a customer enters “新客”'])
  expect(both({ kind: 'segment_exit', segment: 'new' })).toEqual(['离开人群「新客」时', 'when a customer leaves “新客”'])
  expect(both({ kind: 'tag_entry', tag: 'stage', value: '流失' })).toEqual([
    '打上标签「生命周期：流失」时',
    'when a customer is given the tag “生命周期: 流失”',
  ])
  expect(both({ kind: 'tag_exit', tag: 'stage' })).toEqual(['失去标签「生命周期」时', 'when a customer loses the tag “生命周期”'])
})

it('says what a reply must say', () => {
  expect(both({ kind: 'inbound_message', match: 'contains', words: ['要', '预约'] })).toEqual([
    '用户回复里有「要」或「预约」时',
    'when a customer’s answer has “要” or “预约” in it',
  ])
  expect(both({ kind: 'inbound_message', match: 'equals', words: ['Y'] })).toEqual(['用户回复「Y」时', 'when a customer answers “Y”'])
  expect(both({ kind: 'inbound_message', match: 'any', words: [] })[0]).toBe('用户回复短信时')
})

it('says which items, and what happens to them', () => {
  const trigger: Trigger = {
    kind: 'item_change',
    change: 'price_drop',
    interest: ['carted', 'favourited'],
    days: 30,
    minimum: { unit: 'percent', value: 10 },
    unlessBought: true,
  }
  expect(both(trigger)).toEqual([
    '30 天内加购或收藏过的商品降价至少 10% 时',
    'when an item carted or favourited within 30 days becomes cheaper by 10% or more',
  ])
  const { minimum: _, ...rest } = trigger
  expect(both({ ...rest, change: 'back_in_stock', interest: ['viewed'] })[0]).toBe('30 天内浏览过的商品重新到货时')
})

it('says what must not follow, and for how long', () => {
  const trigger: Trigger = {
    kind: 'event_absence',
    event: 'Product Viewed',
    filters: [],
    none: [{ event: 'Order Completed', filters: [] }],
    within: { amount: 10, unit: 'minute' },
  }
  expect(both(trigger)).toEqual([
    '用户浏览商品后 10 分钟内没有下单时',
    'when a customer does “Product Viewed” and within 10 minutes not “Order Completed”',
  ])
  expect(both({ ...trigger, same: { first: 'product_id', none: 'products[].product_id' } })[1]).toMatch(
    /not “Order Completed” of the same .+$/,
  )
})

it('says what brought a customer in', () => {
  const told = (trigger: object) => [enteredBecause(trigger, naming('zh')), enteredBecause(trigger, naming('en'))]
  expect(told({ name: 'Signed Up', sourceKey: 'event:m' })).toEqual(['因「注册」进入流程。', 'Entered because of “Signed Up”. '])
  expect(told({ kind: 'segment_exit', name: 'new' })).toEqual(['因离开人群「新客」进入流程。', 'Entered: leaves “新客”. '])
  expect(told({ kind: 'tag_exit', name: 'stage', value: '流失' })).toEqual([
    '因失去标签「生命周期：流失」进入流程。',
    'Entered: loses the tag “生命周期: 流失”. ',
  ])
})
