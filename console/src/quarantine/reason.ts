import type { Language } from '../i18n/language.ts'
import { reasonTexts } from './texts.ts'

/** The plain words of a reason, or the code of one that has none yet. */
export function quarantineReason(reason: string, language: Language): string {
  const texts: Readonly<Record<string, { zh: string; en: string }>> = reasonTexts
  return texts[reason]?.[language] ?? reason
}
