import { useSyncExternalStore } from 'react'
import { useLanguage } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatAgo, formatMoney, formatNumber, formatPhone, formatRate, formatTime } from './format.ts'

/** 12,345 people; `short` writes 1.23万 with the whole number on hover. */
export function Num({ value, short = false }: { value: number | null | undefined; short?: boolean }) {
  const language = useLanguage()
  if (value === null || value === undefined) return <span className="muted">–</span>
  const whole = formatNumber(value, language)
  const text = formatNumber(value, language, { short })
  return (
    <span className="num" title={text === whole ? undefined : whole}>
      {text}
    </span>
  )
}

/** Integer fen as ¥12.34. */
export function Money({ fen, short = false }: { fen: number | null | undefined; short?: boolean }) {
  const language = useLanguage()
  if (fen === null || fen === undefined) return <span className="muted">–</span>
  const whole = formatMoney(fen, language)
  const text = formatMoney(fen, language, { short })
  return (
    <span className="num" title={text === whole ? undefined : whole}>
      {text}
    </span>
  )
}

/** A fraction of 1 as 14.1%. */
export function Rate({ value }: { value: number | null }) {
  return <span className={value === null ? 'muted' : 'num'}>{formatRate(value)}</span>
}

/** A telephone number as it is dialled here, in full on hover. */
export function Phone({ value }: { value: string | null }) {
  if (value === null) return <span className="muted">–</span>
  return (
    <span className="num" title={value}>
      {formatPhone(value)}
    </span>
  )
}

// One clock for every "3 minutes ago" on the page: they turn together, and no component owns a timer.
const tickMs = 10_000
let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null

function listen(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer) {
      clearInterval(timer)
      timer = null
    }
  }
}

/** "3 分钟前", with the full time and the zone on hover. */
export function TimeAgo({ at }: { at: string | null | undefined }) {
  const language = useLanguage()
  const timeZone = useTimeZone()
  const shared = useSyncExternalStore(listen, () => now)
  if (!at) return <span className="muted">–</span>
  // Something newer than the last tick happened just now, not in the future.
  const reference = Math.max(shared, Math.min(new Date(at).getTime(), Date.now()))
  return (
    <time dateTime={at} className="num" title={`${formatTime(at, timeZone)} (${timeZone})`}>
      {formatAgo(at, reference, timeZone, language)}
    </time>
  )
}

/** 2026-11-22 14:05:09 in the workspace's zone, which is on hover. */
export function Time({ at, seconds = true }: { at: string | null | undefined; seconds?: boolean }) {
  const timeZone = useTimeZone()
  if (!at) return <span className="muted">–</span>
  return (
    <time dateTime={at} className="num" title={`${formatTime(at, timeZone)} (${timeZone})`}>
      {formatTime(at, timeZone, { seconds })}
    </time>
  )
}
