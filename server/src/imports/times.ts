import { Temporal } from 'temporal-polyfill'

/** Reads the time of a row: epoch milliseconds, or null when the text is not a time of any of the formats. */
export type TimeReader = (text: string) => number | null

// Converting local time is slow, and rows of a file cluster in time: remember what each minute came to.
const minutesMax = 50_000

function localMinutes(timeZone: string): (year: number, month: number, day: number, hour: number, minute: number) => number | null {
  const known = new Map<number, number | null>()
  return (year, month, day, hour, minute) => {
    const key = (((year * 16 + month) * 32 + day) * 32 + hour) * 64 + minute
    const cached = known.get(key)
    if (cached !== undefined) return cached
    let instant: number | null = null
    try {
      const local = Temporal.PlainDateTime.from({ year, month, day, hour, minute }, { overflow: 'reject' })
      instant = local.toZonedDateTime(timeZone).epochMilliseconds
    } catch {
      // Not a date: 30 February, month 13.
    }
    if (known.size >= minutesMax) known.clear()
    known.set(key, instant)
    return instant
  }
}

const fields: Record<string, string> = {
  y: '(?<year>\\d{4})',
  M: '(?<month>\\d{1,2})',
  d: '(?<day>\\d{1,2})',
  H: '(?<hour>\\d{1,2})',
  m: '(?<minute>\\d{1,2})',
  s: '(?<second>\\d{1,2})',
}

/** `yyyy/MM/dd HH:mm` as a pattern; numbers may lack their leading zero, as spreadsheets write them. */
function compile(format: string): RegExp {
  const source = format.replace(/([yMdHms])\1*|[^yMdHms]+/g, (part, letter: string | undefined) =>
    letter === undefined ? part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&') : (fields[letter] ?? part),
  )
  return new RegExp(`^${source}$`)
}

function epoch(unitMs: number): TimeReader {
  return (text) => {
    if (!/^-?\d{1,16}(\.\d+)?$/.test(text)) return null
    return inRange(Math.round(Number(text) * unitMs))
  }
}

/** What the stores can hold as a time: 1900 to 2299. */
function inRange(ms: number): number | null {
  return Number.isFinite(ms) && ms >= Date.UTC(1900, 0, 1) && ms < Date.UTC(2299, 0, 1) ? ms : null
}

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/

function reader(format: string, minutes: ReturnType<typeof localMinutes>): TimeReader {
  if (format === 'unix') return epoch(1000)
  if (format === 'unix_ms') return epoch(1)
  if (format === 'iso') return (text) => (isoInstant.test(text) ? inRange(Date.parse(text)) : null)
  const pattern = compile(format)
  return (text) => {
    const found = pattern.exec(text)?.groups
    if (!found) return null
    const number = (name: string) => Number(found[name] ?? 0)
    const second = number('second')
    if (second > 59) return null
    const start = minutes(number('year'), number('month'), number('day'), number('hour'), number('minute'))
    return start === null ? null : inRange(start + second * 1000)
  }
}

/** A reader that tries the formats in order; local times are of `timeZone`. */
export function timeReader(formats: readonly string[], timeZone: string): TimeReader {
  const minutes = localMinutes(timeZone)
  const readers = formats.map((format) => reader(format, minutes))
  return (text) => {
    for (const read of readers) {
      const instant = read(text)
      if (instant !== null) return instant
    }
    return null
  }
}
