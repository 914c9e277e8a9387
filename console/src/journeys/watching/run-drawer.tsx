import { goalsOf, type JourneyDefinition, type ReachedGoal, type WebhookPosting } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Button, Collapse, Drawer, Timeline } from 'antd'
import { useState } from 'react'
import { type RowOf, useEndpoint } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { eventName } from '../../rules/event-names.ts'
import { useCan } from '../../shell/me.ts'
import { formatMoney } from '../../ui/format.ts'
import { ConfirmAction, Loaded, PersonLink, personName, StateText, Time, uiTexts } from '../../ui/index.ts'
import { StepWhy } from '../explain/step-why.tsx'
import { explainTexts } from '../explain/texts.ts'
import { goalTexts } from '../words/goal-texts.ts'
import { goalName } from '../words/goal-words.ts'
import type { JourneyNaming } from '../words/node-words.ts'
import { runStateNames } from '../words/run-states.ts'
import { type RunStep, stepSentence } from '../words/step-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { webhookTexts } from '../words/webhook-texts.ts'
import { AttemptList } from './attempt-list.tsx'
import { monitorTexts } from './monitor-texts.ts'
import { type FailureAction, useFailureAct } from './use-failure-act.ts'
import { useWalkedVersions } from './use-walked-versions.ts'

const colours: Readonly<Record<string, string>> = { failed: 'red', left: 'gray', timed_out: 'orange' }

export interface RunDrawerProps {
  journeyId: string
  run: RowOf<'journeyRuns'>
  definition: JourneyDefinition
  naming: JourneyNaming
  onClose: () => void
}

/** One customer's way through the journey, step by step in plain words, each with what decided it. */
export function RunDrawer({ journeyId, run, definition, naming, onClose }: RunDrawerProps) {
  const t = useT(journeyTexts)
  const ui = useT(uiTexts)
  const why = useT(explainTexts)
  const query = useEndpoint('journeyRunSteps', { params: { id: journeyId, run: run.id } }, { refreshMs: 4_000 })
  // What the list knew may be some seconds old.
  const current = query.data?.run ?? run
  const walked = useWalkedVersions(journeyId, query.data, run.version, definition)
  return (
    <Drawer open size={560} title={t('runStepsTitle', { name: personName(run.person, ui) })} onClose={onClose}>
      <div className="row" style={{ marginBottom: 16 }}>
        <StateText state={runStateNames[current.state]} />
        <span className="muted">{t('versionLine', { version: run.version })}</span>
        <PersonLink person={run.person} />
        <Link to="/messages" search={{ person: String(run.person.id), journey: journeyId }}>
          {t('runMessages')}
        </Link>
        <Link to="/journeys/$id" params={{ id: journeyId }} search={{ tab: 'why', person: String(run.person.id) }} onClick={onClose}>
          {why('journeyWhy')}
        </Link>
        <FailedActions journeyId={journeyId} run={current} />
      </div>
      <Loaded query={query}>
        {({ steps, goals, postings }) => (
          <Timeline
            items={[
              ...steps.map((step, index) => ({
                at: step.at,
                // Steps of one instant differ only by their order.
                key: `${index}`,
                ...(colours[step.outcome] === undefined ? {} : { color: colours[step.outcome] }),
                content: (
                  <>
                    <StepLine step={step} definition={walked(index)} naming={naming} journeyId={journeyId} runId={run.id} place={index} />
                    <PostingLine posting={postings.find(({ id }) => step.outcome === 'entered' && step.details.effectKey === id)} />
                  </>
                ),
              })),
              ...goals.map((goal) => ({
                at: goal.at,
                key: goal.id,
                color: 'green',
                content: <GoalLine goal={goal} definition={walked(steps.length)} />,
              })),
            ].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))}
          />
        )}
      </Loaded>
    </Drawer>
  )
}

/** What may be done for somebody who came no further. */
function FailedActions({ journeyId, run: { id, state, nodeId, result } }: Pick<RunDrawerProps, 'journeyId' | 'run'>) {
  const t = useT(monitorTexts)
  const can = useCan('journeys.publish')
  const act = useFailureAct(journeyId)
  const [busy, setBusy] = useState(false)
  if (state !== 'failed' || !can) return null
  const actOn = async (action: FailureAction) => {
    setBusy(true)
    await act(action, { among: 'failed', nodeId, reason: result ?? '' }, [id])
    setBusy(false)
  }
  return (
    <>
      <Button size="small" loading={busy} onClick={() => void actOn('retry')}>
        {t('retryOne')}
      </Button>
      <ConfirmAction size="small" danger title={t('giveUpOneAsk')} doIt={t('giveUp')} run={() => actOn('leave')}>
        {t('giveUp')}
      </ConfirmAction>
    </>
  )
}

/** What was posted from the step, attempt by attempt. */
function PostingLine({ posting }: { posting: WebhookPosting | undefined }) {
  const t = useT(webhookTexts)
  if (posting === undefined || posting.attempts.length === 0) return null
  return (
    <Collapse
      ghost
      size="small"
      items={[
        {
          key: 'attempts',
          label: t('attempts', { count: posting.attempts.length }),
          children: <AttemptList attempts={posting.attempts} />,
        },
      ]}
    />
  )
}

/** A goal that the run reached, perhaps after it was over. */
function GoalLine({ goal, definition }: { goal: ReachedGoal; definition: JourneyDefinition }) {
  const t = useT(goalTexts)
  const language = useLanguage()
  const index = goalsOf(definition).findIndex((one) => one.id === goal.id)
  const money = goal.moneyFen === null ? '' : t('reachedMoney', { money: formatMoney(goal.moneyFen, language) })
  return (
    <>
      <div data-reached={goal.id}>
        {t('reachedLine', { name: goalName(goal, index, language), event: eventName(goal.event, language), money })}
      </div>
      <div className="muted">
        <Time at={goal.at} />
      </div>
    </>
  )
}

interface StepLineProps {
  step: RunStep
  definition: JourneyDefinition
  naming: JourneyNaming
  journeyId: string
  runId: string
  place: number
}

function StepLine({ step, definition, naming, ...line }: StepLineProps) {
  const t = useT(journeyTexts)
  return (
    <>
      <div>{stepSentence(step, definition, naming)}</div>
      <div className="muted">
        <Time at={step.at} />
      </div>
      {Object.keys(step.details).length > 0 && (
        <Collapse
          ghost
          size="small"
          destroyOnHidden
          items={[{ key: 'details', label: t('runStepsDetails'), children: <StepWhy step={step} definition={definition} {...line} /> }]}
        />
      )}
    </>
  )
}
