import type { JourneyDetail } from '@chaoxi/contract'
import { useMemo, useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { EmptyState, ErrorState } from '../../ui/index.ts'
import { entranceId, FlowCanvas } from '../canvas/flow-canvas.tsx'
import { journeyTexts } from '../words/texts.ts'
import { refusalWord } from '../words/trigger-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { Goals } from './goals.tsx'
import { Occurrences } from './occurrences.tsx'
import { RunsPanel } from './runs-panel.tsx'

/** Live enough to watch a customer move, rare enough to leave open all day. */
const refreshMs = 2_000
const noProblems: [] = []

/** The published version with its numbers, and behind each step the people. */
export function Monitor({ journey }: { journey: JourneyDetail }) {
  const t = useT(journeyTexts)
  const naming = useJourneyNaming()
  const { language } = naming
  const [selected, setSelected] = useState<string | null>(null)
  const query = useEndpoint('journeyCounters', { params: { id: journey.id } }, { refreshMs, enabled: journey.live !== null })
  const live = useMemo(
    () => ({ journeyId: journey.id, byNode: new Map((query.data?.nodes ?? []).map((node) => [node.nodeId, node])) }),
    [journey.id, query.data],
  )
  const refusals = query.data?.refusals ?? []
  if (journey.live === null) return <EmptyState title={t('neverPublished')} text={t('monitorDraft')} />
  return (
    <>
      <div className="journey-bar">
        <span className="muted">{t('monitorVersion', { version: journey.version ?? 0 })}</span>
        {refusals.length > 0 && (
          <span className="muted" data-refusals>
            {t('refused', { reasons: refusals.map(({ reason, count }) => `${refusalWord(reason, language)} ${count}`).join(' · ') })}
          </span>
        )}
        <span className="push muted">{t('monitorHint')}</span>
      </div>
      <Goals journey={journey} definition={journey.live} naming={naming} />
      {(journey.live.trigger.kind === 'schedule' || journey.live.trigger.kind === 'date') && <Occurrences journeyId={journey.id} />}
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      <div className="journey-board">
        <div className="journey-canvas">
          <FlowCanvas
            definition={journey.live}
            naming={naming}
            problems={noProblems}
            selected={selected}
            onSelect={setSelected}
            live={live}
          />
        </div>
        <aside className="journey-side">
          <RunsPanel
            key={selected ?? ''}
            journey={journey}
            definition={journey.live}
            nodeId={selected === entranceId ? null : selected}
            naming={naming}
          />
        </aside>
      </div>
    </>
  )
}
