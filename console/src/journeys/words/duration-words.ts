import type { Duration } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'

const units = {
  zh: { second: '秒', minute: '分钟', hour: '小时', day: '天' },
  en: { second: 'second', minute: 'minute', hour: 'hour', day: 'day' },
} as const

/** `1 小时`, `3 days` */
export function durationWords({ amount, unit }: Duration, language: Language): string {
  return language === 'zh' ? `${amount} ${units.zh[unit]}` : `${amount} ${units.en[unit]}${amount === 1 ? '' : 's'}`
}
