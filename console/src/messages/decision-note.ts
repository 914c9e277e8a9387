import type { Translate } from '../i18n/texts.ts'
import type { texts } from './texts.ts'

export interface Words {
  t: Translate<keyof typeof texts>
  time: (at: string | number) => string
  reason: (code: string) => string
}

type Details = Readonly<Record<string, unknown>>

/** What the gate knew when it answered, as far as it can be said in a line; the rest stays in the technical details. */
export function decisionNote(reason: string, details: Details, words: Words): string | null {
  const notes = [
    quietSpan(details, words),
    until(reason, details, words),
    capUsed(details, words),
    why(details, words),
    missing(details, words),
  ]
  const said = notes.filter((note) => note !== null)
  return said.length === 0 ? null : said.join(' · ')
}

function quietSpan({ start, end, zone }: Details, { t }: Words): string | null {
  if (typeof start !== 'string' || typeof end !== 'string' || typeof zone !== 'string') return null
  return t('quietSpan', { start, end, zone })
}

/** A popup that waits is kept until then; everything else goes out then. */
function until(reason: string, details: Details, { t, time }: Words): string | null {
  return isInstant(details.until) ? t(reason === 'awaiting_visit' ? 'keptUntil' : 'untilTime', { time: time(details.until) }) : null
}

function capUsed({ hours, max, sent }: Details, { t }: Words): string | null {
  const count = Array.isArray(sent) ? sent.length : sent
  if (typeof max !== 'number' || typeof hours !== 'number' || typeof count !== 'number') return null
  return t('capUsed', { hours, count, max })
}

/** Why an address is suppressed, and whether consent was never given or taken back, with the day. */
function why(details: Details, { time, reason }: Words): string | null {
  const code = details.why ?? (details.consent === 'withdrawn' || details.consent === 'never_given' ? details.consent : null)
  if (typeof code !== 'string' || !/^[a-z_]+$/.test(code)) return null
  const at = details.since ?? details.at
  return isInstant(at) ? `${reason(code)} (${time(at)})` : reason(code)
}

function missing({ holes }: Details, { t }: Words): string | null {
  return Array.isArray(holes) && holes.length > 0 ? t('missing', { name: holes.join(', ') }) : null
}

function isInstant(value: unknown): value is string | number {
  if (typeof value === 'number') return value > 1e12
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)
}
