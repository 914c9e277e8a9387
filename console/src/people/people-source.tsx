import { nodeOutcomeSchema, peopleStageSchema } from '@chaoxi/contract'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { refusalWord } from '../journeys/words/trigger-words.ts'
import { useStepName, useWayName } from '../journeys/words/use-journey-naming.ts'
import { reasonText } from '../messages/reasons.ts'
import { useCan, useTimeZone } from '../shell/me.ts'
import { formatTime } from '../ui/format.ts'
import type { PeopleSearch } from '../ui/people-number.tsx'
import { SaveAsSegment } from './save-as-segment.tsx'
import { texts } from './texts.ts'
import { traitQuery, useTraitWords } from './trait-source.ts'

/** Filters of the list that come from a number somewhere else, not from the boxes above it. */
export const sourceFilters = {
  journey: '',
  stage: '',
  goal: '',
  node: '',
  outcome: '',
  way: '',
  version: '',
  reason: '',
  coupon: '',
  claim: '',
  from: '',
  to: '',
  in: '',
  notIn: '',
  attribute: '',
  value: '',
  prefix: '',
  min: '',
  max: '',
}
export type SourceFilters = typeof sourceFilters

/** The filters as the endpoint takes them; what the address bar holds besides is left out. */
export function sourceQuery(filters: SourceFilters): PeopleSearch {
  const { journey, node, coupon, from, to } = filters
  const stage = peopleStageSchema.options.find((one) => one === filters.stage)
  const outcome = nodeOutcomeSchema.options.find((one) => one === filters.outcome)
  return {
    ...(journey === ''
      ? {}
      : {
          journey,
          ...(stage ? { stage } : {}),
          ...(stage === 'goal' && filters.goal !== '' ? { goal: filters.goal } : {}),
          ...(node === '' ? {} : { node, ...(outcome ? { outcome } : {}), ...(filters.way === '' ? {} : { way: filters.way }) }),
          ...(/^[1-9]\d*$/.test(filters.version) ? { version: Number(filters.version) } : {}),
          ...(filters.reason === '' ? {} : { reason: filters.reason }),
          ...(from === '' ? {} : { from }),
          ...(to === '' ? {} : { to }),
        }),
    ...(coupon === '' ? {} : { coupon, claim: filters.claim === 'used' ? 'used' : 'claimed' }),
    ...traitQuery(filters),
  }
}

/** Which number the list was opened from, in words, with a way out of it. */
export function PeopleSource({ filters, onClear }: { filters: SourceFilters; onClear: () => void }) {
  const words = useSourceWords(filters)
  if (words === null) return null
  return (
    <Tag closable onClose={onClear} className="people-source">
      {words}
    </Tag>
  )
}

export function useSourceWords(filters: SourceFilters): string | null {
  const t = useT(texts)
  const timeZone = useTimeZone()
  const language = useLanguage()
  const { journey, node } = sourceQuery(filters)
  const trait = useTraitWords(filters)
  const found = useEndpoint('journey', { params: { id: journey ?? '' } }, { enabled: journey !== undefined }).data
  const step = useStepName(journey, node)
  const way = useWayName(journey, node, filters.way)
  const coupons = useEndpoint('coupons', {}, { enabled: filters.coupon !== '' }).data
  if (filters.coupon !== '') {
    const name = coupons?.items.find(({ key }) => key === filters.coupon)?.name ?? filters.coupon
    return t(filters.claim === 'used' ? 'sourceCouponUsed' : 'sourceCouponClaimed', { name })
  }
  if (journey === undefined) return trait
  const name = found?.name ?? journey
  const [from = '', to = ''] = [filters.from, filters.to].map((at) => (at === '' ? '' : formatTime(at, timeZone, { seconds: false })))
  const stage = peopleStageSchema.options.find((one) => one === filters.stage)
  const outcome = nodeOutcomeSchema.options.find((one) => one === filters.outcome) ?? 'entered'
  const what = stage !== undefined || node === undefined ? t(`stage_${stage ?? 'entered'}`) : t(`outcome_${outcome}`)
  const why = stage === 'refused' ? refusalWord(filters.reason, language) : reasonText(filters.reason, language)
  const span = from === '' ? t('sourceUntil', { to }) : to === '' ? t('sourceSince', { from }) : t('sourceSpan', { from, to })
  return [
    node === undefined ? t('sourceJourney', { name }) : t('sourceNode', { name, step }),
    way ?? what,
    ...(filters.reason === '' ? [] : [why]),
    ...(filters.version === '' ? [] : [t('sourceVersion', { version: filters.version })]),
    ...(from === '' && to === '' ? [] : [span]),
  ].join(' · ')
}

/** Keeps the people of this list as a segment, as they are now. */
export function SaveList({ query, suggestion }: { query: PeopleSearch; suggestion: string }) {
  const t = useT(texts)
  const canWrite = useCan('rules.write')
  const [open, setOpen] = useState(false)
  if (!canWrite) return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('saveAsSegment')}</Button>
      {open && <SaveAsSegment query={query} suggestion={suggestion} onClose={() => setOpen(false)} />}
    </>
  )
}
