import type { Language } from './language.ts'

export type Text = Readonly<Record<Language, string>>
export type Texts<Key extends string> = Readonly<Record<Key, Text>>
export type Values = Readonly<Record<string, string | number>>
/** `t('saved', { name })` */
export type Translate<Key extends string> = (key: Key, values?: Values) => string

/** The texts of one domain, in a file `texts.ts` of its own: `{ title: { zh: '标签', en: 'Tags' } }`; `{name}` stands for a value. */
export function defineTexts<Key extends string>(texts: Texts<Key>): Texts<Key> {
  return texts
}

export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** Texts in one language; usable outside React. */
export function translator<Key extends string>(texts: Texts<Key>, language: Language): Translate<Key> {
  return (key, values) => fill(texts[key][language], values)
}
