import { describe } from 'vitest'
import { any, at, attribute, did, ever, is, openExamples, paid } from './examples.test-kit.ts'

// Attributes and dates.

const { examples } = openExamples()

describe('T1 标签', () => {
  examples({
    性别: {
      rule: is('gender', '女'),
      people: { 是她: { attributes: { gender: '女' } }, 他: { attributes: { gender: '男' } }, 未知: {} },
    },
  })
})

describe('T5 人群', () => {
  examples({
    会员等级是金卡或钻石: {
      rule: any(attribute({ property: 'tier', op: 'in', value: ['金卡', '钻石'] }), { kind: 'tag', tag: 'tier', values: ['金卡', '钻石'] }),
      people: {
        是金卡: { attributes: { tier: '金卡' } },
        是钻石标签: { tags: { tier: '钻石' } },
        银卡: { attributes: { tier: '银卡' }, tags: { tier: '银卡' } },
      },
    },
    '7 天内过生日': {
      rule: attribute({ property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: 7 } }),
      people: {
        是今天: { attributes: { birthday: '1990-11-22' } },
        是第七天: { attributes: { birthday: '11-29' } },
        昨天: { attributes: { birthday: '1990-11-21' } },
        第八天: { attributes: { birthday: '1990-11-30' } },
        没填: {},
      },
    },
    '生日在 2 月底': {
      rule: attribute({ property: 'birthday', op: 'month_day', from: '02-28', to: '02-29' }),
      people: { 是闰日: { attributes: { birthday: '2000-02-29' } }, 三月一日: { attributes: { birthday: '1999-03-01' } } },
    },
    '注册后 7 天内购买': {
      rule: did(paid, { kind: 'since', attribute: 'registered_at', within: { amount: 7, unit: 'day' } }),
      people: {
        是: { attributes: { registered_at: '2026-05-01 12:00:00' }, events: [at('2026-05-08 11:59:59', paid)] },
        满七天: { attributes: { registered_at: '2026-05-01 12:00:00' }, events: [at('2026-05-08 12:00:00', paid)] },
        不知何时注册: { events: [at('2026-05-08 11:59:59', paid)] },
      },
    },
    '优惠券 3 天内到期': {
      rule: did('Coupon Claimed', ever, [
        { property: 'expires_at', op: 'date_in', window: { kind: 'calendar', unit: 'day', from: 0, to: 3 } },
      ]),
      people: {
        是: { events: [at(9, 'Coupon Claimed', { expires_at: '2026-11-25 23:59:59' })] },
        第四天: { events: [at(9, 'Coupon Claimed', { expires_at: '2026-11-26' })] },
      },
    },
  })
})
