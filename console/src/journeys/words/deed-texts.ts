import { defineTexts } from '../../i18n/index.ts'

export const deedTexts = defineTexts({
  waitRuleHint: {
    zh: '行为、标签、人群、资料一有变化就会再看，时间窗到期也会；来的时候已经满足的马上继续。',
    en: 'Asked again whenever an event, tag, segment or attribute of it changes, and when a window of it closes. Who fits on arrival goes on at once.',
  },
  repeatHint: { zh: '来的时候先看一次，之后按间隔再看，中间不看。', en: 'Once on arrival, then at each interval, and not in between.' },
  every: { zh: '间隔', en: 'Every' },
  times: { zh: '最多看几次', en: 'Looks at most' },
  coupon: { zh: '优惠券', en: 'Coupon' },
  couponHint: {
    zh: '每走到一次发一张。之后的消息里用 {{ coupon.code }} 写券码。库存发完、超过每人上限或券已归档时走“没发出”。',
    en: 'One for each visit. Later messages write its code as {{ coupon.code }}. When none is left, the customer has had as many as allowed or the coupon is archived, “not given” is taken.',
  },
  couponMissing: { zh: '选一张优惠券', en: 'Choose a coupon' },
  couponNone: { zh: '没有可发的优惠券', en: 'No coupon can be given' },
  couponLeft: { zh: '{name}（剩 {left} 张）', en: '{name} ({left} left)' },
  tagChange: { zh: '怎么改', en: 'Change' },
  tagChange_give: { zh: '打上', en: 'Give' },
  tagChange_take: { zh: '去掉', en: 'Take away' },
  tag: { zh: '标签', en: 'Tag' },
  tagHint: {
    zh: '只能选手工标签；已经有（或没有）的用户不变。用户页上会写明是哪个流程打上的。',
    en: 'Only tags that are given by hand; who has it already, or not, stays as is. The customer’s page names the journey.',
  },
  tagMissing: { zh: '选一个标签', en: 'Choose a tag' },
  tagNone: { zh: '没有手工标签', en: 'No tag is given by hand' },
  attribute: { zh: '属性', en: 'Attribute' },
  attributeHint: {
    zh: '和接入数据里的名称一致，例如 level。手机号和邮箱不能这样写。',
    en: 'As in the data that comes in, such as level. Not phone or email.',
  },
  attributePlaceholder: { zh: '例如 level', en: 'Such as level' },
  value: { zh: '写成', en: 'Value' },
  value_text: { zh: '文字', en: 'Text' },
  value_number: { zh: '数字', en: 'Number' },
  value_boolean: { zh: '是/否', en: 'Yes/no' },
  value_trigger: { zh: '触发时的属性', en: 'From the trigger' },
  triggerValueHint: { zh: '触发事件没有这个属性时不写，继续下一步。', en: 'Where the trigger has none, nothing is written.' },
  triggerValuePlaceholder: { zh: '例如 plan', en: 'Such as plan' },
  couponOpen: { zh: '管理优惠券', en: 'Open coupons' },
})
