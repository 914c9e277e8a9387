import { compareJourneys, isDifferent, type JourneyDetail, journeyDefinitionSchema } from '@chaoxi/contract'
import { Link, useParams } from '@tanstack/react-router'
import { App, Tabs } from 'antd'
import { useCallback, useMemo } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { JsonEditor } from '../rules/json-editor.tsx'
import { useCan } from '../shell/me.ts'
import { useWho } from '../shell/who.ts'
import { formatNumber, Loaded, PageHeader, StateText, ToneText, useFilters } from '../ui/index.ts'

import { Designer } from './canvas/designer.tsx'
import { problemsOf } from './canvas/problems.ts'
import { useDraft } from './canvas/use-draft.ts'
import { ExplainTab } from './explain/explain-tab.tsx'
import { explainTexts } from './explain/texts.ts'
import { JourneyActions } from './life/journey-actions.tsx'
import { ReleaseLine } from './life/release.tsx'
import { ReviewLine } from './life/review.tsx'
import { Versions } from './life/versions.tsx'
import { RehearsalTab } from './rehearsal/rehearsal-tab.tsx'
import { rehearsalTexts } from './rehearsal/texts.ts'
import { TrialLine } from './trial/trial-line.tsx'
import { Monitor } from './watching/monitor.tsx'
import { boardTexts } from './words/board-texts.ts'
import { journeyTexts } from './words/texts.ts'
import { useKnown } from './words/use-journey-naming.ts'

/** The numbers in the header. */
const refreshMs = 5_000

export function JourneyPage() {
  const { id } = useParams({ from: '/shell/journeys/$id' })
  const query = useEndpoint('journey', { params: { id } }, { refreshMs })
  // While another journey is on its way the last one is still there: only the one asked for is opened.
  const data = query.data?.id === id ? query.data : undefined
  return (
    <Loaded query={{ data, error: query.error, refetch: query.refetch }}>
      {(journey) => <Journey key={journey.id} journey={journey} />}
    </Loaded>
  )
}

function Journey({ journey }: { journey: JourneyDetail }) {
  const t = useT(journeyTexts)
  const why = useT(explainTexts)
  const rehearsal = useT(rehearsalTexts)
  const language = useLanguage()
  const canWrite = useCan('journeys.write')
  const known = useKnown()
  const locked = journey.status === 'archived' ? 'saveArchived' : canWrite ? null : 'saveReadOnly'
  const who = useWho()
  const board = useT(boardTexts)
  const { message } = App.useApp()
  const onTheirs = useCallback(
    ({ draftBy }: JourneyDetail) => {
      const name = who(draftBy)
      void message.info(name === '' ? board('theirsNewNobody') : board('theirsNew', { name }))
    },
    [who, board, message],
  )
  const session = useDraft(journey, locked === null, onTheirs)
  const [filters, setFilters] = useFilters({ tab: '' })
  const { definition } = session.draft
  const problems = useMemo(() => problemsOf(definition, known, language), [definition, known, language])
  const changed = journey.live !== null && isDifferent(compareJourneys(definition, journey.live))
  const first = journey.status === 'draft' ? 'design' : 'live'
  return (
    <>
      <PageHeader
        title={session.draft.name}
        back={{ to: '/journeys', label: t('back') }}
        extra={<StateText state={journey.status} />}
        subtitle={
          <>
            {journey.version === null ? t('neverPublished') : t('versionLine', { version: journey.version })} ·{' '}
            <People journey={journey.id} stage="entered" count={journey.entered} /> ·{' '}
            <People journey={journey.id} stage="inside" count={journey.active} /> ·{' '}
            <People journey={journey.id} stage="ended" count={journey.finished} />
            <ReleaseLine journey={journey} />
            <ReviewLine journey={journey} unpublished={journey.live === null || changed} />
            <TrialLine journey={journey} />
            {problems.length > 0 && journey.status === 'live' && (
              <>
                {' · '}
                <Link to="/journeys/$id" params={{ id: journey.id }} search={{ tab: 'design' }}>
                  <ToneText tone="bad">{t('problems', { count: problems.length })}</ToneText>
                </Link>
              </>
            )}
            {changed && journey.status !== 'archived' && (
              <>
                {' · '}
                <ToneText tone="warn">{t('unpublished')}</ToneText>
              </>
            )}
          </>
        }
        actions={<JourneyActions journey={journey} session={session} problems={problems.length} />}
      />
      <Tabs
        activeKey={filters.tab === '' ? first : filters.tab}
        onChange={(tab) => setFilters({ tab: tab === first ? '' : tab })}
        destroyOnHidden
        items={[
          {
            key: 'design',
            label: t('canvasTab'),
            children: <Designer session={session} problems={problems} locked={locked} next={journey.next} />,
          },
          { key: 'rehearsal', label: rehearsal('tab'), children: <RehearsalTab journey={journey} session={session} /> },
          { key: 'live', label: t('monitorTab'), children: <Monitor journey={journey} /> },
          { key: 'why', label: why('tab'), children: <ExplainTab journey={journey} /> },
          {
            key: 'json',
            label: t('jsonTab'),
            children: (
              <div className="panel">
                <JsonEditor
                  value={definition}
                  schema={journeyDefinitionSchema}
                  onChange={(next) => session.act({ type: 'replace', definition: next }, 'json')}
                  hint={t('jsonHint')}
                  invalid={t('jsonInvalid')}
                  rows={26}
                  readOnly={locked !== null}
                />
              </div>
            ),
          },
          { key: 'versions', label: t('versionsTab'), children: <Versions journey={journey} /> },
        ]}
      />
    </>
  )
}

const stageTexts = { entered: 'peopleEntered', inside: 'peopleInside', ended: 'peopleEnded' } as const

/** A number of the header, which opens its people. */
function People({ journey, stage, count }: { journey: string; stage: keyof typeof stageTexts; count: number }) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const words = t(stageTexts[stage], { count: formatNumber(count, language) })
  if (count === 0) return words
  return (
    <Link to="/people" search={{ journey, stage }}>
      {words}
    </Link>
  )
}
