import type { CouponView } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'
import { translator } from '../i18n/texts.ts'
import { formatNumber } from '../ui/format.ts'
import { texts } from './texts.ts'

/** 满 100 元减 20 元, 八五折: what a coupon gives, as customers say it. */
export function offerText(coupon: Pick<CouponView, 'kind' | 'value' | 'thresholdFen'>, language: Language): string {
  const t = translator(texts, language)
  const yuan = (fen: number) => `¥${formatNumber(fen / 100, language, { digits: fen % 100 === 0 ? 0 : 2 })}`
  const threshold = yuan(coupon.thresholdFen)
  const over = coupon.thresholdFen > 0
  if (coupon.kind === 'amount_off') return t(over ? 'amountOffOver' : 'amountOff', { amount: yuan(coupon.value), threshold })
  // 20 % off is what remains of ten parts: 8 折.
  const folds = String((100 - coupon.value) / 10)
  return t(over ? 'percentOffOver' : 'percentOff', { folds, percent: coupon.value, threshold })
}
