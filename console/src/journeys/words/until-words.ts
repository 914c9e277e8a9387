import type { WaitUntil } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { weekdaysWords } from '../../rules/clock-words.ts'
import { eventName, propertyName } from '../../rules/event-names.ts'

/** 等到生日前 3 天的 10:00 */
export function untilWords(until: WaitUntil, language: Language): string {
  const zh = language === 'zh'
  switch (until.kind) {
    case 'time':
      return zh ? `等到下一个 ${until.at}` : `Until the next ${until.at}`
    case 'window': {
      const nextDay = until.to > until.from ? '' : zh ? '次日 ' : 'next day '
      return `${zh ? '等到' : 'Until '}${weekdaysWords(until.weekdays, language)} ${until.from}–${nextDay}${until.to}`
    }
    case 'best_hour': {
      const event = until.event === '' ? (zh ? '（未填）' : '(not set)') : eventName(until.event, language)
      const otherwise = hourWords(until.defaultHour)
      if (zh) return `等到最常${event}的时段，记录不够的等到 ${otherwise}`
      return `Until the hour of most “${event}”, ${otherwise} where too little is known`
    }
    case 'date':
      return dateWords(until, zh)
  }
}

/** 20:00–21:00 */
export const hourWords = (hour: number): string => `${String(hour).padStart(2, '0')}:00–${String((hour + 1) % 24).padStart(2, '0')}:00`

function dateWords({ attribute, yearly, days, at }: Extract<WaitUntil, { kind: 'date' }>, zh: boolean): string {
  const name = attribute === '' ? (zh ? '（未填）' : '(not set)') : propertyName(attribute, zh ? 'zh' : 'en')
  const count = Math.abs(days)
  if (zh) return `等到${yearly ? '每年' : ''}「${name}」${days === 0 ? '当天' : `${days < 0 ? '前' : '后'} ${count} 天`} ${at}`
  const day = count === 1 ? 'day' : 'days'
  const when = days === 0 ? ` on “${name}”` : `, ${count} ${day} ${days < 0 ? 'before' : 'after'} “${name}”`
  return `Until ${at}${when}${yearly ? ', each year' : ''}`
}
