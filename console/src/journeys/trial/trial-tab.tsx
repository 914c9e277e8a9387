import type { JourneyDetail } from '@chaoxi/contract'
import { Select } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { useTimeZone } from '../../shell/me.ts'
import { EmptyState, ErrorState, useFilters } from '../../ui/index.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { trialTexts } from './texts.ts'
import { TrialStart } from './trial-start.tsx'
import { TrialView } from './trial-view.tsx'
import './trial.css'

/** Chosen people walk through the journey; the newest test run first. */
export function TrialTab({ journey, session }: { journey: JourneyDetail; session: DraftSession }) {
  const t = useT(trialTexts)
  const zone = useTimeZone()
  const [filters, setFilters] = useFilters({ trial: '' })
  const list = useEndpoint('journeyTrials', { params: { id: journey.id } }, { refreshMs: 5_000 })
  const items = list.data?.items ?? []
  const chosen = items.find((one) => one.id === filters.trial) ?? items[0]
  const nameOf = (one: (typeof items)[number]) => {
    const what = one.version === null ? t('draftOf', { revision: one.draftRevision ?? 0 }) : t('versionOf', { version: one.version })
    return `${localMinute(one.askedAt, zone)} · ${what} · ${t('nPeople', { count: one.people })}`
  }
  return (
    <>
      <p className="muted">{t('lead')}</p>
      <TrialStart journey={journey} session={session} onStarted={(trial) => setFilters({ trial })} />
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && items.length === 0 && <EmptyState title={t('emptyTitle')} text={t('emptyText')} />}
      {items.length > 1 && (
        <div className="row rehearsal-history">
          <span className="muted">{t('earlier')}</span>
          <Select
            value={chosen?.id ?? null}
            onChange={(trial) => setFilters({ trial: trial ?? '' })}
            options={items.map((one) => ({ value: one.id, label: nameOf(one) }))}
            popupMatchSelectWidth={false}
            aria-label={t('earlier')}
          />
        </div>
      )}
      {chosen !== undefined && <TrialView key={chosen.id} journey={journey} id={chosen.id} />}
    </>
  )
}
