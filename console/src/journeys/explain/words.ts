import type { Evaluation, News, Seen } from '@chaoxi/contract'
import type { Translate } from '../../i18n/texts.ts'
import { eventName } from '../../rules/event-names.ts'
import { filterSentence } from '../../rules/rule-sentence.ts'
import type { JourneyNaming } from '../words/node-words.ts'
import { refusalWord } from '../words/trigger-words.ts'
import type { explainTexts } from './texts.ts'

export interface Words {
  readonly t: Translate<keyof typeof explainTexts>
  readonly naming: JourneyNaming
  readonly time: (at: string) => string
}

const joined = (parts: readonly (string | null)[]) => parts.filter((part) => part !== null).join(' · ')
const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** What a condition saw: 2 次 · 算出来是 60.5 · 最近 03-02 10:00 */
export function seenWords(seen: Seen, { t, time }: Words): string {
  switch (seen.kind) {
    case 'events': {
      if (seen.count === 0 && !seen.more) return t('seen_none')
      const count = t(seen.more ? 'seen_eventsMore' : 'seen_events', { count: seen.count })
      const value = seen.value === null || seen.value === seen.count ? null : t('seen_value', { value: seen.value })
      return joined([count, value, seen.lastAt === null ? null : t('seen_last', { time: time(seen.lastAt) })])
    }
    case 'attribute': {
      const { value, statedAt } = seen
      if (value === null || value === undefined) return t('seen_attributeNone')
      return joined([t('seen_attribute', { value: shown(value) }), statedAt === null ? null : t('seen_stated', { time: time(statedAt) })])
    }
    case 'member':
      if (seen.since !== null) return t('seen_memberSince', { time: time(seen.since) })
      return seen.until === null ? t('seen_memberNever') : t('seen_memberUntil', { time: time(seen.until) })
    case 'share':
      return t('seen_share')
    case 'gone':
      return seen.changedAt === null ? t('seen_goneNever') : t('seen_gone', { time: time(seen.changedAt) })
  }
}

function failedWords(failed: News['failed'], { t, naming }: Words): string {
  const words = failed.map(({ filter, found }) => {
    const sentence = filterSentence(filter, naming)
    return found === null || found === undefined
      ? t('failedMissing', { filter: sentence })
      : t('failedFound', { filter: sentence, found: shown(found) })
  })
  return words.join(naming.language === 'zh' ? '；' : '; ')
}

const skips = ['paused', 'late', 'closed'] as const

function skippedReason(reason: string | null, { t }: Words): string {
  const known = skips.find((one) => one === reason)
  return known === undefined ? (reason ?? '') : t(`skipped_${known}`)
}

/** What became of something that could have brought the person in. */
export function newsWords(news: News, words: Words): string {
  const { t, time, naming } = words
  const until = news.until === null ? '' : time(news.until)
  switch (news.outcome) {
    case 'refused':
      return t('news_refused', { reason: refusalWord(news.reason ?? '', naming.language) })
    case 'filtered':
      return t('news_filtered', { failed: failedWords(news.failed, words) })
    case 'ended':
      return t('news_ended', { until, reason: eventName(news.reason ?? '', naming.language) })
    case 'skipped':
      return t('news_skipped', { reason: skippedReason(news.reason, words) })
    default:
      return t(`news_${news.outcome}`, { until, reason: news.reason ?? '' })
  }
}

/** What happened: an event's name, the tag or segment, or that it was due. */
export function newsName({ kind, name, value }: News, { t, naming }: Words): string {
  switch (kind) {
    case 'event':
    case 'event_absence':
      return eventName(name, naming.language)
    case 'segment_entry':
    case 'segment_exit':
      return naming.segment(name)
    case 'tag_entry':
    case 'tag_exit':
      return value === '' ? naming.tag(name) : `${naming.tag(name)} · ${value}`
    case 'schedule':
    case 'date':
      return t('due')
    default:
      return name
  }
}

export const answerWord = (holds: boolean | null, { t }: Words): string => t(holds === null ? 'open' : holds ? 'yes' : 'no')

/** What was written down and what is worked out are not the same. */
export const differs = ({ recorded, inputs }: Evaluation): boolean =>
  recorded !== null && inputs.holds !== null && recorded !== inputs.holds
