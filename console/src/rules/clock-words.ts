import type { EventClock } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'

export const weekdays = [1, 2, 3, 4, 5, 6, 7]
const weekdayWords = {
  zh: ['周一', '周二', '周三', '周四', '周五', '周六', '周日'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const

export const weekdayWord = (weekday: number, language: Language): string => weekdayWords[language][weekday - 1] ?? String(weekday)

/** 每天, 周一至周五, 周一、周三 */
export function weekdaysWords(weekdays: readonly number[], language: Language): string {
  const zh = language === 'zh'
  const days = [...new Set(weekdays)].sort((a, b) => a - b)
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return zh ? '（没有选）' : '(none)'
  if (days.length === 7) return zh ? '每天' : 'every day'
  const word = (day: number) => weekdayWord(day, language)
  if (days.length > 2 && last - first === days.length - 1) return zh ? `${word(first)}至${word(last)}` : `${word(first)}–${word(last)}`
  return days.map(word).join(zh ? '、' : ', ')
}

/** 周五 22:00–次日 02:00 */
export function clockWords({ hours, weekdays: days }: EventClock, language: Language): string {
  const nextDay = hours === undefined || hours.to > hours.from ? '' : language === 'zh' ? '次日 ' : 'next day '
  return [
    ...(days === undefined ? [] : [weekdaysWords(days, language)]),
    ...(hours === undefined ? [] : [`${hours.from}–${nextDay}${hours.to}`]),
  ].join(' ')
}
