import { expect, test } from 'vitest'
import { changeOf, formatAgo, formatMoney, formatNumber, formatRate, formatTime } from './format.ts'

const now = Date.parse('2026-03-10T04:00:00Z')
const ago = (ms: number, language: 'zh' | 'en' = 'zh') => formatAgo(now - ms, now, 'Asia/Shanghai', language)

test('whole numbers have thousands separators in both languages', () => {
  expect(formatNumber(1_234_567, 'zh')).toBe('1,234,567')
  expect(formatNumber(1_234_567, 'en')).toBe('1,234,567')
})

test('short numbers are in 万 and 亿 in Chinese, K, M and B in English, from ten thousand on', () => {
  expect(formatNumber(9_999, 'zh', { short: true })).toBe('9,999')
  expect(formatNumber(12_345, 'zh', { short: true })).toBe('1.23万')
  expect(formatNumber(240_000, 'zh', { short: true })).toBe('24万')
  expect(formatNumber(1_230_000_000, 'zh', { short: true })).toBe('12.3亿')
  expect(formatNumber(12_345, 'en', { short: true })).toBe('12.35K')
  expect(formatNumber(1_230_000_000, 'en', { short: true })).toBe('1.23B')
})

test('a short number that rounds up to the next unit is written in that unit', () => {
  expect(formatNumber(99_999_999, 'zh', { short: true })).toBe('1亿')
  expect(formatNumber(999_999, 'en', { short: true })).toBe('1M')
})

test('money is fen written as yuan with two digits', () => {
  expect(formatMoney(0, 'zh')).toBe('¥0.00')
  expect(formatMoney(123_450, 'zh')).toBe('¥1,234.50')
  expect(formatMoney(-5, 'zh')).toBe('-¥0.05')
  expect(formatMoney(24_000_000, 'zh', { short: true })).toBe('¥24万')
})

test('rates have one digit, and nothing to divide by is a dash', () => {
  expect(formatRate(0.17)).toBe('17.0%')
  expect(formatRate(1_200 / 8_500)).toBe('14.1%')
  expect(formatRate(null)).toBe('–')
})

test('times are those of the workspace, wherever the browser is', () => {
  expect(formatTime('2026-03-09T16:00:05Z', 'Asia/Shanghai')).toBe('2026-03-10 00:00:05')
  expect(formatTime('2026-03-09T16:00:05Z', 'America/New_York', { seconds: false })).toBe('2026-03-09 12:00')
})

test('recent instants are told by their distance, older ones by their date', () => {
  expect(ago(3_000)).toBe('刚刚')
  expect(ago(45_000)).toBe('45 秒前')
  expect(ago(3 * 60_000)).toBe('3 分钟前')
  expect(ago(3 * 60_000, 'en')).toBe('3 minutes ago')
  expect(ago(-2 * 3_600_000)).toBe('2 小时后')
  expect(ago(26 * 3_600_000)).toBe('1 天前')
  expect(ago(8 * 86_400_000)).toBe('2026-03-02')
})

test('a change against nothing is unknown, not endless', () => {
  expect(changeOf(5, 0)).toBeNull()
  expect(changeOf(5, 4)).toBe(0.25)
})
