/** An attribute's value as a reader expects it: words for yes and no, lists with commas, the rest as JSON. */
export function attributeText(value: unknown, yes: string, no: string): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return value ? yes : no
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return JSON.stringify(value)
}
