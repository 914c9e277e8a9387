import { type PreferenceRule, type PreferenceSubject, rankedName } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'
import { propertyName } from './event-names.ts'

/** What the ranked values are of: 类目, 价格段, 时段 */
export function subjectWords(of: PreferenceSubject, language: Language): string {
  const zh = language === 'zh'
  if (of.kind === 'hours') return zh ? '时段' : 'time of day'
  const name = of.property === '' ? (zh ? '（未填）' : '(not set)') : propertyName(of.property, language)
  return of.kind === 'bands' ? (zh ? `${name}段` : `band of ${name}`) : name
}

/** 近 30 天浏览商品最多的类目是「美妆」（至少 3 次）; `what` and `when` are said already. */
export function preferenceSentence(rule: PreferenceRule, { what, when }: { what: string; when: string }, language: Language): string {
  const zh = language === 'zh'
  const { of, rank, least, sum } = rule
  const thing = subjectWords(of, language)
  const quoted = rule.values.map((value) => (zh ? `「${rankedName(value, of, 'zh')}」` : `“${rankedName(value, of, 'en')}”`))
  const values = quoted.join(zh ? '或' : ' or ') || (zh ? '（未填）' : '(not set)')
  if (zh) {
    const most = sum === undefined ? '最多' : `的${propertyName(sum, 'zh')}合计最高`
    const times = least > 1 ? `（至少 ${least} 次）` : ''
    return rank === 1
      ? `${when}${what}${most}的${thing}是${values}${times}`
      : `${when}${what}${most}的前 ${rank} 个${thing}里有${values}${times}`
  }
  const most = sum === undefined ? `the most ${what}` : `the highest total ${propertyName(sum, 'en')} of ${what}`
  const times = least > 1 ? ` (at least ${least} times)` : ''
  if (rank === 1) return `the ${thing} with ${most} ${when} is ${values}${times}`
  return `${values} is among the ${rank} values of ${thing} with ${most} ${when}${times}`
}
