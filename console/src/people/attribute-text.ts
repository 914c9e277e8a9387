/** Words for values that shops write in a few fixed ways. */
export type ValueWords = Readonly<Record<'true' | 'false' | 'male' | 'female', string>>

/** An attribute's value as a reader expects it: words for yes and no, lists with commas, the rest as JSON. */
export function attributeText(value: unknown, words: ValueWords): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return words[`${value}`]
  if (value === 'male' || value === 'female') return words[value]
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return JSON.stringify(value)
}
