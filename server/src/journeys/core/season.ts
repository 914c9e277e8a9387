import type { JourneyDefinition, Trigger } from '@chaoxi/contract'

// Journeys for a season of the year, such as Double 11, are written with the dates of some year.

const dayMs = 86_400_000
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs

/** The dates that a trigger names. */
function datesOf(trigger: Trigger): string[] {
  if (trigger.kind !== 'schedule') return []
  const { repeat, from, to } = trigger
  return [...(repeat.kind === 'once' ? [repeat.date] : []), ...(from === undefined ? [] : [from]), ...(to === undefined ? [] : [to])]
}

/** The same day so many years later; 29 February becomes the 28th where there is none. */
function inYears(date: string, years: number): string {
  const [year = '', month = '', day = ''] = date.split('-')
  const later = `${String(Number(year) + years).padStart(4, '0')}-${month}`
  const there = new Date(`${later}-${day}T00:00:00Z`)
  return there.toISOString().startsWith(later) ? `${later}-${day}` : `${later}-28`
}

function moved(trigger: Trigger, years: number): Trigger {
  if (trigger.kind !== 'schedule') return trigger
  const { repeat, from, to } = trigger
  return {
    ...trigger,
    repeat: repeat.kind === 'once' ? { ...repeat, date: inYears(repeat.date, years) } : repeat,
    ...(from === undefined ? {} : { from: inYears(from, years) }),
    ...(to === undefined ? {} : { to: inYears(to, years) }),
  }
}

/** All of their dates in the first year in which the earliest lies after `today` (days since 1970), or in their own if that is later. */
export function aheadOf<T extends { readonly definition: JourneyDefinition }>(journeys: readonly T[], today: number): readonly T[] {
  const [first] = journeys.flatMap(({ definition }) => datesOf(definition.trigger)).sort()
  if (first === undefined) return journeys
  let years = 0
  while (dayOf(inYears(first, years)) <= today) years++
  if (years === 0) return journeys
  return journeys.map((one) => ({ ...one, definition: { ...one.definition, trigger: moved(one.definition.trigger, years) } }))
}
