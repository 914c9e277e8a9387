import { expect, test } from 'vitest'
import { offerText } from './offer.ts'

const offer = (kind: 'amount_off' | 'percent_off', value: number, thresholdFen: number, language: 'zh' | 'en' = 'zh') =>
  offerText({ kind, value, thresholdFen }, language)

test('an amount off is named with its threshold', () => {
  expect(offer('amount_off', 2000, 10_000)).toBe('满 ¥100 减 ¥20')
  expect(offer('amount_off', 2050, 0)).toBe('减 ¥20.50')
  expect(offer('amount_off', 2000, 10_000, 'en')).toBe('¥20 off orders from ¥100')
})

test('percent off is what remains of ten parts in Chinese', () => {
  expect(offer('percent_off', 20, 0)).toBe('8 折')
  expect(offer('percent_off', 15, 10_000)).toBe('满 ¥100 打 8.5 折')
  expect(offer('percent_off', 15, 0, 'en')).toBe('15% off')
})
