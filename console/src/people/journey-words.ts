import type { Language } from '../i18n/language.ts'

const words: Record<string, Record<Language, string>> = {
  active: { zh: '进行中', en: 'in progress' },
  waiting: { zh: '等待中', en: 'waiting' },
  entered: { zh: '进入流程', en: 'entered' },
  finished: { zh: '走完流程', en: 'finished' },
  exited: { zh: '中途退出', en: 'left early' },
  failed: { zh: '流程出错', en: 'failed' },
}

/** What a run's state means, for the timeline; the result that the exit names is added as it is. */
export function journeyWords(details: Readonly<Record<string, unknown>>, language: Language): string {
  const { state, result } = details
  const word = typeof state === 'string' ? words[state]?.[language] : undefined
  return [word, typeof result === 'string' && result !== '' ? result : undefined].filter((part) => part !== undefined).join(' · ')
}
