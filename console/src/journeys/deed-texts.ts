import { defineTexts } from '../i18n/index.ts'

export const deedTexts = defineTexts({
  coupon: { zh: '优惠券', en: 'Coupon' },
  couponHint: {
    zh: '每走到一次发一张。之后的消息里用 {{ coupon.code }} 写券码。库存发完、超过每人上限或券已归档时走“没发出”。',
    en: 'One for each visit. Later messages write its code as {{ coupon.code }}. When none is left, the customer has had as many as allowed or the coupon is archived, “not given” is taken.',
  },
  couponMissing: { zh: '选一张优惠券', en: 'Choose a coupon' },
  couponNone: { zh: '没有可发的优惠券', en: 'No coupon can be given' },
  couponLeft: { zh: '{name}（剩 {left} 张）', en: '{name} ({left} left)' },
  couponOpen: { zh: '管理优惠券', en: 'Open coupons' },
})
