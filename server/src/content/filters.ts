import { Temporal } from 'temporal-polyfill'

/**
 * The filters that templates may use. All are our own: the library's have had holes in their limits, and `date` must
 * speak the workspace's zone, not the machine's. Each is a pure function of plain values, with bounded output.
 */
export type Filter = (value: unknown, ...args: unknown[]) => unknown

/** No filter makes a longer text than this; a template's whole output is capped lower. */
const textMax = 2_000

export function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(toText).join('')
  return ''
}

const cut = (text: string) => text.slice(0, textMax)

function toNumber(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(toText(value).trim() || Number.NaN)
  return Number.isFinite(number) ? number : 0
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === false || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Decimal rounding half away from zero, without 1.005 becoming 1.00. */
function round(value: number, digits: number): number {
  const places = Math.min(Math.max(Math.trunc(digits), 0), 8)
  return Number(`${Math.sign(value) * Math.round(Number(`${Math.abs(value)}e${places}`))}e-${places}`)
}

function toInstant(value: unknown): Temporal.Instant | null {
  try {
    if (typeof value === 'number') return Temporal.Instant.fromEpochMilliseconds(Math.trunc(value))
    const text = toText(value).trim()
    return text === '' ? null : Temporal.Instant.from(text)
  } catch {
    return null
  }
}

function toZoned(value: unknown, zone: string): Temporal.ZonedDateTime | null {
  const instant = toInstant(value)
  if (instant) return instant.toZonedDateTimeISO(zone)
  try {
    // A date or a local time without a zone is meant in the workspace's.
    return Temporal.PlainDateTime.from(toText(value).trim()).toZonedDateTime(zone)
  } catch {
    return null
  }
}

const two = (value: number) => String(value).padStart(2, '0')

/** The part of strftime that shops use: %Y %y %m %d %H %M %S, %-m %-d %-H without a leading zero, %%. */
export function formatDate(value: unknown, format: string, zone: string): string {
  const time = toZoned(value, zone)
  if (!time) return ''
  return cut(format).replace(/%(-?)([a-zA-Z%])/g, (whole, plain: string, letter: string) => {
    const number = (n: number) => (plain ? String(n) : two(n))
    switch (letter) {
      case 'Y':
        return String(time.year)
      case 'y':
        return two(time.year % 100)
      case 'm':
        return number(time.month)
      case 'd':
        return number(time.day)
      case 'H':
        return number(time.hour)
      case 'M':
        return number(time.minute)
      case 'S':
        return number(time.second)
      case '%':
        return '%'
      default:
        return whole
    }
  })
}

/** Fen as yuan: 9900 → 99, 9950 → 99.50. */
function money(value: unknown): string {
  const fen = Math.round(toNumber(value))
  const sign = fen < 0 ? '-' : ''
  const yuan = Math.floor(Math.abs(fen) / 100)
  const rest = Math.abs(fen) % 100
  return rest === 0 ? `${sign}${yuan}` : `${sign}${yuan}.${two(rest)}`
}

export const filters: Record<string, Filter> = {
  default: (value, fallback) => (isBlank(value) ? fallback : value),
  upcase: (value) => cut(toText(value).toUpperCase()),
  downcase: (value) => cut(toText(value).toLowerCase()),
  capitalize: (value) => cut(toText(value)).replace(/^./u, (first) => first.toUpperCase()),
  strip: (value) => cut(toText(value)).trim(),
  truncate: (value, length = 50, end = '…') => {
    const text = [...cut(toText(value))]
    const max = Math.max(0, Math.trunc(toNumber(length)))
    return text.length <= max ? text.join('') : text.slice(0, Math.max(0, max - [...toText(end)].length)).join('') + toText(end)
  },
  append: (value, other) => cut(toText(value) + toText(other)),
  prepend: (value, other) => cut(toText(other) + toText(value)),
  replace: (value, from, to) =>
    toText(from) === '' ? toText(value) : cut(cut(toText(value)).replaceAll(toText(from), () => toText(to).slice(0, 100))),
  remove: (value, what) => (toText(what) === '' ? toText(value) : cut(toText(value)).replaceAll(toText(what), '')),
  plus: (value, other) => toNumber(value) + toNumber(other),
  minus: (value, other) => toNumber(value) - toNumber(other),
  times: (value, other) => toNumber(value) * toNumber(other),
  divided_by: (value, other) => (toNumber(other) === 0 ? null : toNumber(value) / toNumber(other)),
  round: (value, digits = 0) => round(toNumber(value), toNumber(digits)),
  floor: (value) => Math.floor(toNumber(value)),
  ceil: (value) => Math.ceil(toNumber(value)),
  money,
  size: (value) => (Array.isArray(value) ? value.length : [...toText(value)].length),
  first: (value) => (Array.isArray(value) ? value[0] : null),
  last: (value) => (Array.isArray(value) ? value.at(-1) : null),
  join: (value, separator = '、') =>
    cut(Array.isArray(value) ? value.slice(0, 100).map(toText).join(toText(separator).slice(0, 10)) : toText(value)),
}
