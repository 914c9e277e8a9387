import { type JourneyDetail, type TrialAct, type TrialReport, trialCsv } from '@chaoxi/contract'
import { Alert, Button, Table } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { eventName } from '../../rules/event-names.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { useCan, useTimeZone } from '../../shell/me.ts'
import { ConfirmAction, Loaded, Num, personName, Stat, saveFile, type Tone, ToneText, uiTexts, useRun } from '../../ui/index.ts'
import { FlowCanvas } from '../canvas/flow-canvas.tsx'
import { nodeOf } from '../canvas/graph-basics.ts'
import { nodeTitle } from '../words/node-words.ts'
import { resultWords } from '../words/step-words.ts'
import { refusalWord } from '../words/trigger-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { happeningsAt } from './happenings.ts'
import { trialTexts } from './texts.ts'
import { TrialPerson } from './trial-person.tsx'
import { happeningWords, problemWords, traitWords, whyWords } from './words.ts'

export type Participant = TrialReport['participants'][number]

const refreshMs = 1_000
const problemsShown = 12

/** A test run: its clock, what there is to do, what it found, and everybody in it. */
export function TrialView({ journey, id }: { journey: JourneyDetail; id: string }) {
  const [going, setGoing] = useState(true)
  const query = useEndpoint('journeyTrial', { params: { id: journey.id, trial: id } }, { refreshMs: going ? refreshMs : undefined })
  const state = query.data?.state
  const busy = state === undefined || state === 'running' || state === 'paused'
  if (busy !== going) setGoing(busy)
  return <Loaded query={query}>{(report) => <Report journey={journey} report={report} />}</Loaded>
}

function Report({ journey, report }: { journey: JourneyDetail; report: TrialReport }) {
  const t = useT(trialTexts)
  const stale = report.draftRevision !== null && report.draftRevision !== journey.draftRevision
  return (
    <div className="trial-report" data-trial={report.state}>
      {stale && <Alert type="warning" showIcon title={t('stale')} />}
      <Clock journeyId={journey.id} report={report} />
      <Problems report={report} />
      <Waiting journeyId={journey.id} report={report} />
      <Coverage report={report} />
      <People journeyId={journey.id} report={report} />
    </div>
  )
}

function Clock({ journeyId, report }: { journeyId: string; report: TrialReport }) {
  const t = useT(trialTexts)
  const zone = useTimeZone()
  const canWrite = useCan('journeys.write')
  const run = useRun()
  const act = useMutate('journeyTrialAct', { refresh: ['journeyTrial', 'journeyTrials', 'journey'] })
  const doIt = (body: TrialAct) => act.mutateAsync({ params: { id: journeyId, trial: report.id }, body })
  const messages = report.participants.flatMap(({ story }) => story?.messages ?? [])
  const sent = messages.filter((one) => one.outcome === 'sent').length
  const really = messages.filter((one) => one.test !== null && one.test.state !== 'not_sent').length
  const goes = report.state === 'running' || report.state === 'paused'
  const tone: Tone = report.state === 'done' ? 'good' : report.state === 'failed' ? 'bad' : goes ? 'busy' : 'calm'
  // Without the year, which is there below.
  const short = (at: string) => localMinute(at, zone).slice('2026-'.length)
  const save = () => saveFile(`trial-${report.id}.csv`, trialCsv(report))
  return (
    <>
      <div className="stats">
        <Stat label={t('clock')} note={t('since', { from: localMinute(report.from, zone) })}>
          {short(report.at)}
        </Stat>
        <Stat label={t('next')}>{report.nextAt === null ? t('nothingNext') : short(report.nextAt)}</Stat>
        <Stat label={t('inside')} note={t('nPeople', { count: report.people })}>
          <Num value={report.inside} />
        </Stat>
        <Stat label={t('covered')} note={t('coveredNote', { covered: report.coverage.covered, all: report.coverage.all })}>
          {report.coverage.all === 0 ? '–' : `${Math.floor((100 * report.coverage.covered) / report.coverage.all)}%`}
        </Stat>
        <Stat
          label={t('messagesStat')}
          note={t('messagesNote', { sent, stopped: messages.filter((one) => one.outcome === 'dropped').length })}
        >
          <Num value={messages.length} />
        </Stat>
        <Stat label={t('delivered')} note={report.to.map((one) => one.name).join('、') || t('contentOnly')}>
          <Num value={really} />
        </Stat>
      </div>
      <div className="row trial-controls">
        <ToneText tone={tone}>{t(`state_${report.state}`, { reason: report.reason ?? '' })}</ToneText>
        {canWrite && goes && (
          <>
            <Button disabled={report.nextAt === null} onClick={() => void run(() => doIt({ kind: 'skip' }))} data-skip>
              {t('skip')}
            </Button>
            {report.state === 'running' ? (
              <Button onClick={() => void run(() => doIt({ kind: 'pause' }))}>{t('pause')}</Button>
            ) : (
              <Button onClick={() => void run(() => doIt({ kind: 'resume' }))}>{t('resume')}</Button>
            )}
            <ConfirmAction title={t('stopTitle')} text={t('stopText')} doIt={t('stop')} run={() => doIt({ kind: 'stop' })}>
              {t('stop')}
            </ConfirmAction>
          </>
        )}
        <Button onClick={save}>{t('csv')}</Button>
      </div>
    </>
  )
}

function Problems({ report }: { report: TrialReport }) {
  const t = useT(trialTexts)
  const naming = useJourneyNaming()
  if (report.coverage.all === 0) return null
  if (report.problems.length === 0) return <Alert type="success" showIcon title={t('noProblems')} />
  return (
    <Alert
      type="warning"
      showIcon
      data-trial-problems
      title={t('problems')}
      description={
        <ul className="rehearsal-notices">
          {report.problems.slice(0, problemsShown).map((problem) => {
            const line = problemWords(problem, report.definition, naming)
            return <li key={line}>{line}</li>
          })}
          {report.problems.length > problemsShown && <li>…</li>}
        </ul>
      }
    />
  )
}

/** Steps that people wait at, and what can be made to happen to all of them. */
function Waiting({ journeyId, report }: { journeyId: string; report: TrialReport }) {
  const t = useT(trialTexts)
  const naming = useJourneyNaming()
  const run = useRun()
  const canWrite = useCan('journeys.write')
  const act = useMutate('journeyTrialAct', { refresh: ['journeyTrial'] })
  if (report.state !== 'running' && report.state !== 'paused') return null
  const here = report.coverage.nodes.flatMap(({ nodeId, here: count }) => {
    const node = nodeOf(report.definition, nodeId)
    return node === undefined || count === 0 ? [] : [{ node, count }]
  })
  if (here.length === 0) return null
  return (
    <div className="trial-waiting">
      {here.map(({ node, count }) => {
        const options = canWrite ? happeningsAt(report.definition, node) : []
        return (
          <div key={node.id} className="row">
            <span>{t('waitingHere', { node: nodeTitle(node, naming), count })}</span>
            {options.map((what) => (
              <Button
                key={JSON.stringify(what)}
                size="small"
                data-happen={node.id}
                onClick={() =>
                  void run(
                    () =>
                      act.mutateAsync({
                        params: { id: journeyId, trial: report.id },
                        body: { kind: 'happen', person: null, node: node.id, what },
                      }),
                    t('done'),
                  )
                }
              >
                {happeningWords(what, report.definition, naming)} · {t('forAll', { count })}
              </Button>
            ))}
          </div>
        )
      })}
    </div>
  )
}

const nobody: readonly string[] = []
const ignore = () => {}

function Coverage({ report }: { report: TrialReport }) {
  const t = useT(trialTexts)
  const naming = useJourneyNaming()
  const { definition, coverage } = report
  const live = useMemo(
    () => ({
      source: null,
      byNode: new Map(
        coverage.nodes
          .filter(({ seen }) => seen > 0)
          .map(({ nodeId, seen, here, ways }) => [
            nodeId,
            {
              nodeId,
              ...{ entered: seen, waiting: here, passed: seen - here, timedOut: 0, failed: 0, left: 0, moved: 0 },
              ways: ways.map(({ way, seen: passed }) => ({ way, passed })),
            },
          ]),
      ),
    }),
    [coverage],
  )
  const unseen = useMemo(
    () =>
      coverage.nodes.filter(({ seen }) => seen === 0).map(({ nodeId }) => ({ nodeId, text: whyWords('never_reached', naming.language) })),
    [coverage, naming.language],
  )
  if (coverage.all === 0) return null
  return (
    <>
      <h3>
        {t('flow')} <span className="muted">{t('flowNote')}</span>
      </h3>
      <div className="journey-board rehearsal-board">
        <div className="journey-canvas">
          <FlowCanvas definition={definition} naming={naming} problems={unseen} selected={nobody} onSelect={ignore} live={live} />
        </div>
      </div>
    </>
  )
}

function People({ journeyId, report }: { journeyId: string; report: TrialReport }) {
  const t = useT(trialTexts)
  const ui = useT(uiTexts)
  const zone = useTimeZone()
  const naming = useJourneyNaming()
  const { definition } = report
  const [open, setOpen] = useState<number | null>(null)
  const shown = report.participants.find((one) => one.person.id === open)
  const where = ({ story }: Participant) => {
    if (story === null) return report.state === 'running' ? t('notYet') : t('gone')
    if (story.refused !== null && story.steps.length === 0) return t('refused', { reason: refusalWord(story.refused, naming.language) })
    if (story.nodeId === null)
      return story.result === null ? t('notYet') : t('ended', { result: endOf(definition, story.result, naming.language) })
    const node = nodeOf(definition, story.nodeId)
    const title = node === undefined ? story.nodeId : nodeTitle(node, naming)
    return story.until === null ? t('standsAt', { node: title }) : t('waitsUntil', { node: title, until: localMinute(story.until, zone) })
  }
  const brought = ({ story }: Participant) => {
    if (story === null) return ''
    const { from, since, name } = story.trigger
    return from === 'own' && since !== null
      ? t('own', { since: localMinute(since, zone), name: eventName(name, naming.language) })
      : t('sample')
  }
  return (
    <>
      <h3>{t('participants')}</h3>
      <Table
        size="small"
        rowKey={(one) => one.person.id}
        dataSource={[...report.participants]}
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        onRow={(one) => ({ onClick: () => setOpen(one.person.id), style: { cursor: 'pointer' } })}
        columns={[
          { title: t('person'), render: (_, one) => personName(one.person, ui) },
          {
            title: t('why'),
            render: (_, one) => (
              <span className="muted">{one.reasons.map((trait) => traitWords(trait, definition, naming)).join('、')}</span>
            ),
          },
          { title: t('brought'), render: (_, one) => brought(one) },
          { title: t('messagesStat'), align: 'right', render: (_, one) => one.story?.messages.length ?? 0 },
          { title: t('where'), render: (_, one) => where(one) },
        ]}
      />
      {shown !== undefined && <TrialPerson journeyId={journeyId} report={report} participant={shown} onClose={() => setOpen(null)} />}
    </>
  )
}

function endOf(definition: TrialReport['definition'], result: string, language: 'zh' | 'en'): string {
  const exit = definition.nodes.find((node) => node.kind === 'exit' && (node.result || node.id) === result)
  if (exit === undefined) return resultWords(result, language)
  return exit.name || (language === 'zh' ? '出口' : 'exit')
}
