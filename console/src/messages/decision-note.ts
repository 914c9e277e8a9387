import type { Translate } from '../i18n/texts.ts'
import type { texts } from './texts.ts'

type T = Translate<keyof typeof texts>

/** What the gate knew when it answered, as far as it can be said in a line; the rest stays in the details. */
export function decisionNote(details: Readonly<Record<string, unknown>>, t: T, time: (at: string | number) => string): string | null {
  const notes: string[] = []
  const { until, hours, max, variable, variables } = details
  const count = details.count ?? details.sent
  if (isInstant(until)) notes.push(t('untilTime', { time: time(until) }))
  if (typeof max === 'number' && typeof hours === 'number' && typeof count === 'number') notes.push(t('capUsed', { hours, count, max }))
  if (typeof variable === 'string') notes.push(t('missing', { name: variable }))
  if (Array.isArray(variables) && variables.length > 0) notes.push(t('missing', { name: variables.join(', ') }))
  return notes.length === 0 ? null : notes.join(' · ')
}

function isInstant(value: unknown): value is string | number {
  if (typeof value === 'number') return value > 1e12
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)
}
