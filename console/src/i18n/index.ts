import { useMemo } from 'react'
import { useLanguage } from './language.ts'
import { type Texts, type Translate, translator } from './texts.ts'

export { type Language, setLanguage, useLanguage } from './language.ts'
export { defineTexts, type Text, type Texts, type Translate, translator, type Values } from './texts.ts'

/** `const t = useT(texts)` in a component; `t('title')` in the language chosen. */
export function useT<Key extends string>(texts: Texts<Key>): Translate<Key> {
  const language = useLanguage()
  return useMemo(() => translator(texts, language), [texts, language])
}
