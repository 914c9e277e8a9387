import type { Language } from '../i18n/language.ts'

const localeOf = { zh: 'zh-CN', en: 'en-GB' } as const

/** 1,234,567; with `short`: 123.5万 / 12.3亿, or 1.23M in English. Never a fraction unless asked for. */
export function formatNumber(value: number, language: Language, options: { short?: boolean; digits?: number } = {}): string {
  const digits = options.digits ?? 0
  if (options.short && Math.abs(value) >= 10_000) return shortNumber(value, language)
  return new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
}

function shortNumber(value: number, language: Language): string {
  const units =
    language === 'zh'
      ? ([
          [1e8, '亿'],
          [1e4, '万'],
        ] as const)
      : ([
          [1e9, 'B'],
          [1e6, 'M'],
          [1e3, 'K'],
        ] as const)
  for (const [size, unit] of units) {
    // 0.9995 of the next unit would round up to "10,000万": it belongs to that unit.
    if (Math.abs(value) >= size * 0.99995) {
      return new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 }).format(value / size) + unit
    }
  }
  return formatNumber(value, language)
}

/** Fen as ¥1,234.50; with `short`: ¥12.35万. */
export function formatMoney(fen: number, language: Language, options: { short?: boolean } = {}): string {
  const sign = fen < 0 ? '-' : ''
  const yuan = Math.abs(fen) / 100
  if (options.short && yuan >= 10_000) return `${sign}¥${shortNumber(yuan, language)}`
  return `${sign}¥${formatNumber(yuan, language, { digits: 2 })}`
}

/** A fraction of 1 as 17.0%; null (nothing to divide by) as a dash. */
export function formatRate(rate: number | null): string {
  return rate === null
    ? '–'
    : `${new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(rate * 100)}%`
}

/** +8613812345678 as 13812345678: who works in China reads and dials numbers without the country. Masked ones too. */
export function formatPhone(phone: string): string {
  return phone.replace(/^\+86(?=[\d*]{11}$)/, '')
}

const parts = (instant: number, timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
}

/** 2026-11-22 */
export function formatDate(at: string | number, timeZone: string): string {
  const { year, month, day } = parts(new Date(at).getTime(), timeZone)
  return `${year}-${month}-${day}`
}

/** 14:05:09, or 14:05 */
export function formatClock(at: string | number, timeZone: string, options: { seconds?: boolean } = {}): string {
  const { hour, minute, second } = parts(new Date(at).getTime(), timeZone)
  return options.seconds === false ? `${hour}:${minute}` : `${hour}:${minute}:${second}`
}

/** 2026-11-22 14:05:09 in the zone given. */
export function formatTime(at: string | number, timeZone: string, options: { seconds?: boolean } = {}): string {
  return `${formatDate(at, timeZone)} ${formatClock(at, timeZone, options)}`
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** "3 分钟前", "in 2 hours"; beyond a week the date, because "23 days ago" sends everyone to a calendar. */
export function formatAgo(at: string | number, now: number, timeZone: string, language: Language): string {
  const instant = new Date(at).getTime()
  const distance = instant - now
  const size = Math.abs(distance)
  if (size < 10_000) return language === 'zh' ? (distance > 0 ? '马上' : '刚刚') : distance > 0 ? 'in a moment' : 'just now'
  if (size >= 7 * dayMs) return formatDate(instant, timeZone)
  const format = new Intl.RelativeTimeFormat(localeOf[language], { numeric: 'always' })
  // Intl writes "3分钟前" and "45秒钟前"; Chinese on screens is shorter, with air around digits.
  const text = (value: number, unit: Intl.RelativeTimeFormatUnit) =>
    format
      .format(Math.trunc(value), unit)
      .replace('秒钟', '秒')
      .replace(/(\d)(?=[一-鿿])/g, '$1 ')
  if (size < minuteMs) return text(distance / 1_000, 'second')
  if (size < hourMs) return text(distance / minuteMs, 'minute')
  if (size < dayMs) return text(distance / hourMs, 'hour')
  return text(distance / dayMs, 'day')
}

/** Change against a base as a fraction; null where there was nothing to compare with. */
export function changeOf(value: number, base: number): number | null {
  return base === 0 ? null : (value - base) / base
}
