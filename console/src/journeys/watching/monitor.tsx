import type { JourneyDetail } from '@chaoxi/contract'
import { Button, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { EmptyState, ErrorState, PeopleNumber, useFilters } from '../../ui/index.ts'
import { AlarmLine } from '../alarms/alarm-line.tsx'
import { FlowCanvas } from '../canvas/flow-canvas.tsx'
import { isStep } from '../canvas/flow-elements.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { nodeTitle, wayTitle } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { refusalWord } from '../words/trigger-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { experimentTexts } from './experiment-texts.ts'
import { contestStates, Experiments } from './experiments.tsx'
import { Goals } from './goals.tsx'
import { HealthLine } from './health-line.tsx'
import { monitorTexts } from './monitor-texts.ts'
import { Occurrences } from './occurrences.tsx'
import { RunsPanel } from './runs-panel.tsx'
import { TrendPanel } from './trend-panel.tsx'

/** Live enough to watch a customer move, rare enough to leave open all day. */
const refreshMs = 2_000
/** Rarer: whole groups are counted. */
const comparedMs = 15_000
const noProblems: [] = []

/** The published version with its numbers, and behind each step the people. */
export function Monitor({ journey }: { journey: JourneyDetail }) {
  const t = useT(journeyTexts)
  const m = useT(monitorTexts)
  const e = useT(experimentTexts)
  const [filters, setFilters] = useFilters({ trend: '', version: '' })
  const naming = useJourneyNaming()
  const { language } = naming
  const [chosen, setChosen] = useState<readonly string[]>([])
  const selected = chosen[0] ?? null
  const version = journey.versions.find((one) => String(one.version) === filters.version)?.version
  const of = { params: { id: journey.id }, query: version === undefined ? {} : { version } }
  const query = useEndpoint('journeyCounters', of, { refreshMs, enabled: journey.live !== null })
  const compared = useEndpoint('journeyExperiments', of, { refreshMs: comparedMs, enabled: journey.live !== null }).data
  // Of an earlier version the drawing too, so that its steps are there.
  const earlier = useEndpoint(
    'journeyVersion',
    { params: { id: journey.id, version: version ?? 1 } },
    { enabled: version !== undefined && version !== journey.version },
  ).data
  const definition = version !== undefined && earlier?.version === version ? earlier.definition : journey.live
  const live = useMemo(
    () => ({
      source: version === undefined ? { journey: journey.id } : { journey: journey.id, version: String(version) },
      byNode: new Map((query.data?.nodes ?? []).map((node) => [node.nodeId, node])),
      states: definition === null ? new Map<string, string>() : contestStates(definition, compared?.experiments ?? [], language),
    }),
    [journey.id, query.data, version, definition, compared, language],
  )
  const node = selected === null || definition === null ? undefined : nodeOf(definition, selected)
  const parts = node !== undefined && (live.byNode.get(node.id)?.ways.length ?? 0) > 0
  const step = useMemo(
    () =>
      node === undefined
        ? null
        : {
            ...{ id: node.id, title: nodeTitle(node, naming), parts },
            ways: (way: string) => wayTitle(node, way, language),
          },
    [node, naming, language, parts],
  )
  const refusals = query.data?.refusals ?? []
  if (journey.live === null || definition === null) return <EmptyState title={t('neverPublished')} text={t('monitorDraft')} />
  return (
    <>
      <div className="journey-bar">
        {journey.versions.length > 1 ? (
          <Select
            size="small"
            value={version === undefined ? '' : String(version)}
            aria-label={e('versionChoose')}
            popupMatchSelectWidth={false}
            options={[
              { value: '', label: e('versionAll') },
              ...journey.versions.map((one) => ({ value: String(one.version), label: e('versionOne', { version: one.version }) })),
            ]}
            onChange={(next) => setFilters({ version: next })}
          />
        ) : (
          <span className="muted">{t('monitorVersion', { version: journey.version ?? 0 })}</span>
        )}
        {refusals.length > 0 && (
          <span className="muted" data-refusals>
            {t('refused')}
            {refusals.map(({ reason, count }, i) => (
              <span key={reason}>
                {i > 0 && ' · '}
                {refusalWord(reason, language)} <PeopleNumber value={count} search={{ journey: journey.id, stage: 'refused', reason }} />
              </span>
            ))}
          </span>
        )}
        <HealthLine journeyId={journey.id} definition={journey.live} naming={naming} />
        <AlarmLine journeyId={journey.id} />
        <span className="push muted">{t('monitorHint')}</span>
        <Button size="small" onClick={() => setFilters({ trend: filters.trend === '' ? 'shown' : '' })}>
          {m(filters.trend === '' ? 'trendShow' : 'trendHide')}
        </Button>
      </div>
      {filters.trend !== '' && <TrendPanel key={step?.id ?? ''} journeyId={journey.id} node={step} />}
      <Goals journey={journey} definition={journey.live} naming={naming} />
      {compared !== undefined && <Experiments journeyId={journey.id} definition={definition} naming={naming} data={compared} />}
      {(journey.live.trigger.kind === 'schedule' || journey.live.trigger.kind === 'date') && <Occurrences journeyId={journey.id} />}
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      <div className="journey-board">
        <div className="journey-canvas">
          <FlowCanvas definition={definition} naming={naming} problems={noProblems} selected={chosen} onSelect={setChosen} live={live} />
        </div>
        <aside className="journey-side">
          <RunsPanel
            key={selected ?? ''}
            journey={journey}
            definition={definition}
            nodeId={selected !== null && isStep(selected) ? selected : null}
            naming={naming}
          />
        </aside>
      </div>
    </>
  )
}
