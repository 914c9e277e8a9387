import type { JourneyDefinition, JourneyDetail } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { type RowOf, useEndpoint, usePages } from '../../api/hooks.ts'
import { type Language, useT } from '../../i18n/index.ts'
import { reasonText } from '../../messages/reasons.ts'
import { EmptyState, ErrorState, Loading, PeopleNumber, PersonLink, StateText, stateTexts, Time, TimeAgo } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { reasonWords } from '../words/reason-words.ts'
import { runStateNames } from '../words/run-states.ts'
import { resultWords } from '../words/step-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { monitorTexts } from './monitor-texts.ts'
import { RunDrawer } from './run-drawer.tsx'

type RunRow = RowOf<'journeyRuns'>
const states = ['active', 'waiting', 'finished', 'exited', 'failed'] as const
type RunStateName = (typeof states)[number]
const refreshMs = 4_000
const stopsRefreshMs = 15_000

export interface RunsPanelProps {
  journey: JourneyDetail
  definition: JourneyDefinition
  /** The step whose people are listed; null lists everyone's run. */
  nodeId: string | null
  naming: JourneyNaming
}

/** The customers at a step, each with the story of the way there. */
export function RunsPanel({ journey, definition, nodeId, naming }: RunsPanelProps) {
  const t = useT(journeyTexts)
  const [state, setState] = useState<RunStateName | ''>('')
  const [opened, setOpened] = useState<RunRow | null>(null)
  const list = usePages(
    'journeyRuns',
    { params: { id: journey.id }, query: { limit: 30, ...(nodeId === null ? {} : { node: nodeId }), ...(state === '' ? {} : { state }) } },
    { refreshMs },
  )
  const node = nodeId === null ? undefined : nodeOf(definition, nodeId)
  return (
    <>
      <h2 className="side-title">
        <span>{node === undefined ? t('runsAll') : t('runsTitle', { name: nodeTitle(node, naming) })}</span>
        <StateSelect value={state} onChange={setState} />
      </h2>
      {node?.kind === 'send' && (
        <p>
          <Link to="/messages" search={{ journey: journey.id, node: node.id }}>
            {t('stepMessages')}
          </Link>
        </p>
      )}
      {node?.kind === 'send' && <Stops journeyId={journey.id} nodeId={node.id} language={naming.language} />}
      {list.isPending && !list.error ? (
        <Loading />
      ) : list.error && list.rows.length === 0 ? (
        <ErrorState error={list.error} onRetry={list.refetch} />
      ) : list.rows.length === 0 ? (
        <EmptyState title={t('runsEmpty')} text={t('runsEmptyHint')} />
      ) : (
        <ul className="run-list">
          {list.rows.map((run) => (
            <li key={run.id}>
              <div>
                <PersonLink person={run.person} />
                <div className="run-facts">
                  <RunFacts run={run} naming={naming} />
                </div>
              </div>
              <Button size="small" onClick={() => setOpened(run)}>
                {t('runSteps')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {list.hasMore && (
        <Button block type="text" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('runMore')}
        </Button>
      )}
      {opened !== null && (
        <RunDrawer journeyId={journey.id} run={opened} definition={definition} naming={naming} onClose={() => setOpened(null)} />
      )}
    </>
  )
}

/** Messages of the step that did not go out, by reason; each number opens the people. */
function Stops({ journeyId, nodeId, language }: { journeyId: string; nodeId: string; language: Language }) {
  const m = useT(monitorTexts)
  const { data } = useEndpoint('journeyStops', { params: { id: journeyId } }, { refreshMs: stopsRefreshMs })
  const stops = (data?.items ?? []).filter((one) => one.nodeId === nodeId)
  if (stops.length === 0) return null
  return (
    <div className="journey-stops" data-stops>
      <div className="muted">{m('stops')}</div>
      <ul>
        {stops.map(({ reason, count }) => (
          <li key={reason}>
            <span>{reasonText(reason, language)}</span>
            <PeopleNumber value={count} search={{ journey: journeyId, stage: 'stopped', node: nodeId, reason }} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function RunFacts({ run, naming }: { run: RunRow; naming: JourneyNaming }) {
  const t = useT(journeyTexts)
  return (
    <>
      <StateText state={runStateNames[run.state]} /> · {t('runEntered')} <TimeAgo at={run.enteredAt} />
      {run.wakeAt !== null && run.state === 'waiting' && (
        <div>
          {t('runWake')} <Time at={run.wakeAt} seconds={false} />
        </div>
      )}
      {run.result !== null && (
        <div>
          {run.state === 'failed' || run.state === 'active' || run.state === 'waiting'
            ? reasonWords(run.result, naming.language)
            : `${t('runResult')} ${resultWords(run.result, naming.language)}`}
        </div>
      )}
    </>
  )
}

function StateSelect({ value, onChange }: { value: RunStateName | ''; onChange: (state: RunStateName | '') => void }) {
  const t = useT(journeyTexts)
  const ui = useT(stateTexts)
  return (
    <Select<RunStateName | ''>
      size="small"
      value={value}
      aria-label={t('runState')}
      popupMatchSelectWidth={false}
      options={[{ value: '', label: t('runsStateAll') }, ...states.map((state) => ({ value: state, label: ui(runStateNames[state]) }))]}
      onChange={onChange}
    />
  )
}
