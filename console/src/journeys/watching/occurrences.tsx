import type { Occurrence } from '@chaoxi/contract'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { useTimeZone } from '../../shell/me.ts'
import { triggerTexts } from '../words/trigger-texts.ts'

const refreshMs = 5_000
const shown = 5

/** When a journey is due next by the clock. */
export function NextTimes({ next }: { next: readonly string[] }) {
  const t = useT(triggerTexts)
  const zone = useTimeZone()
  if (next.length === 0) return <span className="muted">{t('nextNone')}</span>
  return (
    <span className="muted" data-next>
      {t('nextTimes', { times: next.map((at) => localMinute(at, zone)).join(' · ') })}
    </span>
  )
}

/** Of a published journey that is due by the clock: when next, and what became of the times before. */
export function Occurrences({ journeyId }: { journeyId: string }) {
  const t = useT(triggerTexts)
  const zone = useTimeZone()
  const { data } = useEndpoint('journeyOccurrences', { params: { id: journeyId } }, { refreshMs })
  if (data === undefined) return null
  return (
    <div className="journey-bar">
      <NextTimes next={data.next} />
      {data.items.length > 0 && (
        <span className="muted">
          {t('occurrences')}
          {data.items.slice(0, shown).map((item) => (
            <span key={item.dueAt}>
              {' · '}
              {localMinute(item.dueAt, zone)} <StateWords item={item} />
            </span>
          ))}
        </span>
      )}
    </div>
  )
}

const reasons = ['paused', 'late', 'closed'] as const

function StateWords({ item: { state, people, told, reason } }: { item: Occurrence }) {
  const t = useT(triggerTexts)
  const known = reasons.find((one) => one === reason)
  const why = known === undefined ? (reason ?? '') : t(`occurrenceReason_${known}`)
  return <>{t(`occurrence_${state}`, { people, told, reason: why })}</>
}
