import { formatTime } from '../ui/format.ts'

/** Words for values that shops write in a few fixed ways. */
export type ValueWords = Readonly<Record<'true' | 'false' | 'male' | 'female', string>>

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/

/** An attribute's value as a reader expects it: words for yes and no, instants in the workspace's zone, lists with commas, the rest as JSON. */
export function attributeText(value: unknown, words: ValueWords, timeZone: string): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return words[`${value}`]
  if (value === 'male' || value === 'female') return words[value]
  if (typeof value === 'string' && instant.test(value) && !Number.isNaN(Date.parse(value)))
    return formatTime(value, timeZone, { seconds: false })
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return JSON.stringify(value)
}
