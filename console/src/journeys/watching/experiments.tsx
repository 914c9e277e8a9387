import {
  armPeopleMin,
  type Experiment,
  type JourneyDefinition,
  type JourneyNode,
  type Output,
  ratioSuspiciousBelow,
} from '@chaoxi/contract'
import { Alert, Button, Modal, Popover, Select, Space, Table } from 'antd'
import { useState } from 'react'
import { useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import type { Language } from '../../i18n/language.ts'
import { useCan, useTimeZone } from '../../shell/me.ts'
import { useWho } from '../../shell/who.ts'
import { formatMoney, formatTime } from '../../ui/format.ts'
import { ConfirmAction, formatNumber, formatRate } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { goalName } from '../words/goal-words.ts'
import { contestWords, percent } from '../words/lot-words.ts'
import { type JourneyNaming, nodeTitle, wayName } from '../words/node-words.ts'
import { experimentTexts } from './experiment-texts.ts'

type Goals = Output<'journeyExperiments'>['goals']

interface ExperimentsProps {
  journeyId: string
  definition: JourneyDefinition
  naming: JourneyNaming
  data: Output<'journeyExperiments'>
}

/** What the way of a split or a holdout is called. */
export function armName(node: JourneyNode | undefined, way: string, language: Language): string {
  if (node?.kind === 'split') {
    const index = node.ways.findIndex((one) => one.id === way)
    return index < 0 ? way : wayName(node, index)
  }
  const words = { next: { zh: '触达', en: 'Reached' }, held: { zh: '留出', en: 'Held out' } } as const
  return way === 'next' || way === 'held' ? words[way][language] : way
}

/** By step, what became of a search for a winner. */
export function contestStates(definition: JourneyDefinition, experiments: readonly Experiment[], language: Language): Map<string, string> {
  return new Map(
    experiments.flatMap(({ nodeId, contest }): [string, string][] => {
      const node = nodeOf(definition, nodeId)
      if (node?.kind !== 'split' || contest === null) return []
      return [[nodeId, contestWords(node, contest, (way) => armName(node, way, language), language)]]
    }),
  )
}

/** Each place where people part by chance, as a line above the canvas; how the groups compare opens beside it. */
export function Experiments({ journeyId, definition, naming, data }: ExperimentsProps) {
  const t = useT(experimentTexts)
  const [opened, setOpened] = useState<string | null>(null)
  const { language } = naming
  const shown = data.experiments.find((one) => one.nodeId === opened)
  if (data.experiments.length === 0) return null
  const title = (nodeId: string) => {
    const node = nodeOf(definition, nodeId)
    return node === undefined ? nodeId : nodeTitle(node, naming)
  }
  return (
    <div className="journey-bar" data-experiments>
      <span className="muted">{t('title')}</span>
      {data.experiments.map((one) => (
        <span key={one.nodeId} data-experiment={one.nodeId}>
          <span className="experiment-name" title={title(one.nodeId)}>
            {title(one.nodeId)}
          </span>{' '}
          <span className="muted">{lineOf(one, definition, data.goals, language, t('few', { min: armPeopleMin }))}</span>
          <Button type="link" size="small" onClick={() => setOpened(one.nodeId)}>
            {t('open')}
          </Button>
        </span>
      ))}
      {shown !== undefined && (
        <Modal open title={title(shown.nodeId)} width={1000} footer={null} onCancel={() => setOpened(null)}>
          <Comparison journeyId={journeyId} experiment={shown} definition={definition} goals={data.goals} naming={naming} />
        </Modal>
      )}
    </div>
  )
}

/** 已选定 B：97%；或 触达 12.1%，留出 9.8% */
function lineOf(one: Experiment, definition: JourneyDefinition, goals: Goals, language: Language, few: string): string {
  const node = nodeOf(definition, one.nodeId)
  if (node?.kind === 'split' && one.contest !== null)
    return contestWords(node, one.contest, (way) => armName(node, way, language), language)
  const [goal] = goals
  if (goal === undefined || one.arms.every((arm) => arm.people < armPeopleMin)) return few
  return one.arms
    .map((arm) => `${armName(node, arm.way, language)} ${formatRate(arm.goals.find((own) => own.goal === goal.id)?.rate ?? 0)}`)
    .join(' · ')
}

interface ComparisonProps {
  journeyId: string
  experiment: Experiment
  definition: JourneyDefinition
  goals: Goals
  naming: JourneyNaming
}

function Comparison({ journeyId, experiment, definition, goals, naming }: ComparisonProps) {
  const t = useT(experimentTexts)
  const { language } = naming
  const { sampleRatio, versions } = experiment
  return (
    <div className="stack" data-comparison>
      <div className="row">
        <span className="muted">{t('versions', { versions: versions.join(language === 'zh' ? '、' : ', ') })}</span>
        <Popover trigger="click" content={<p className="experiment-how">{t('howText', { min: armPeopleMin })}</p>}>
          <Button type="link" size="small">
            {t('how')}
          </Button>
        </Popover>
      </div>
      {sampleRatio !== null && sampleRatio < ratioSuspiciousBelow && (
        <Alert type="error" showIcon title={t('mismatch', { p: sampleRatio.toExponential(1) })} />
      )}
      <ContestPart journeyId={journeyId} experiment={experiment} definition={definition} naming={naming} />
      {goals.map((goal, index) => (
        <GoalArms
          key={goal.id}
          title={goalName(goal, index, language)}
          goal={goal.id}
          experiment={experiment}
          node={nodeOf(definition, experiment.nodeId)}
          language={language}
        />
      ))}
    </div>
  )
}

const points = (share: number) => `${share > 0 ? '+' : ''}${Math.round(share * 1_000) / 10}`

interface GoalArmsProps {
  title: string
  goal: string
  experiment: Experiment
  node: JourneyNode | undefined
  language: Language
}

function GoalArms({ title, goal, experiment, node, language }: GoalArmsProps) {
  const t = useT(experimentTexts)
  const { arms } = experiment
  const control = arms.find((arm) => arm.control)
  const rows = arms.map((arm) => ({ ...arm, own: arm.goals.find((one) => one.goal === goal) }))
  const money = rows.some((row) => (row.own?.moneyFen ?? 0) !== 0)
  const few = arms.some((arm) => arm.people < armPeopleMin)
  type Row = (typeof rows)[number]
  return (
    <div>
      <Table<Row>
        size="small"
        pagination={false}
        rowKey="way"
        dataSource={rows}
        columns={[
          {
            title,
            key: 'way',
            render: (_, row) => (
              <>
                {armName(node, row.way, language)}{' '}
                {row.control && <span className="muted">{t(node?.kind === 'holdout' ? 'control' : 'base')}</span>}
                {row.led > 0 && <div className="muted">{t('led', { count: formatNumber(row.led, language) })}</div>}
              </>
            ),
          },
          { title: t('people'), key: 'people', align: 'right', render: (_, row) => formatNumber(row.people, language) },
          { title: t('reached'), key: 'reached', align: 'right', render: (_, row) => formatNumber(row.own?.successes ?? 0, language) },
          { title: t('rate'), key: 'rate', align: 'right', render: (_, row) => formatRate(row.people === 0 ? null : (row.own?.rate ?? 0)) },
          {
            title: t('over', { control: control === undefined ? '' : armName(node, control.way, language) }),
            key: 'over',
            align: 'right',
            render: (_, row) => <Over difference={row.own?.overControl ?? null} show={points} suffix="%" control={row.control} />,
          },
          {
            title: t('best'),
            key: 'best',
            align: 'right',
            render: (_, row) => (row.people < armPeopleMin ? '–' : percent(row.own?.best ?? 0)),
          },
          ...(money
            ? [
                {
                  title: t('money'),
                  key: 'money',
                  align: 'right' as const,
                  render: (_: unknown, row: Row) => (row.people === 0 ? '–' : formatMoney((row.own?.moneyFen ?? 0) / row.people, language)),
                },
                {
                  title: t('moneyOver'),
                  key: 'moneyOver',
                  align: 'right' as const,
                  render: (_: unknown, row: Row) => (
                    <Over
                      difference={row.own?.moneyOverControl ?? null}
                      show={(fen) => `${fen > 0 ? '+' : ''}${formatMoney(Math.round(fen), language)}`}
                      suffix=""
                      control={row.control}
                    />
                  ),
                },
              ]
            : []),
        ]}
      />
      {few && <div className="side-hint">{t('few', { min: armPeopleMin })}</div>}
      {experiment.kind === 'holdout' && <Lift rows={rows} title={title} />}
    </div>
  )
}

interface OverProps {
  difference: { by: number; low: number; high: number } | null
  show: (value: number) => string
  suffix: string
  control: boolean
}

/** +2.3%（0.4 到 4.1） */
function Over({ difference, show, suffix, control }: OverProps) {
  if (control || difference === null) return <span className="muted">–</span>
  const { by, low, high } = difference
  const clear = low > 0 ? 'good' : high < 0 ? 'bad' : 'muted'
  return (
    <span className={`num ${clear}`}>
      {show(by)}
      {suffix} <span className="muted">[{`${show(low)}, ${show(high)}`}]</span>
    </span>
  )
}

/** What the journey does to those whom it reaches, next to those who were held out. */
function Lift({
  rows,
  title,
}: {
  rows: readonly { way: string; people: number; own: Experiment['arms'][number]['goals'][number] | undefined }[]
  title: string
}) {
  const t = useT(experimentTexts)
  const [treated, held] = [rows.find((row) => row.way === 'next'), rows.find((row) => row.way === 'held')]
  const difference = treated?.own?.overControl ?? null
  if (treated === undefined || difference === null) return null
  const { by, low, high } = difference
  const said = { goal: title, by: points(by), low: points(low), high: points(high) }
  if (low <= 0 && high >= 0) return <div className="side-hint">{t('noLift', said)}</div>
  const base = held?.own?.rate ?? 0
  return (
    <div className="side-hint">
      {t('lift', { ...said, all: Math.round(by * treated.people) })} {base > 0 && t('liftRelative', { share: `${points(by / base)}%` })}
    </div>
  )
}

/** How far the search for a winner is, and what may be done about it. */
function ContestPart({ journeyId, experiment, definition, naming }: Omit<ComparisonProps, 'goals'>) {
  const t = useT(experimentTexts)
  const zone = useTimeZone()
  const who = useWho()
  const canDecide = useCan('journeys.publish')
  const { contest, nodeId } = experiment
  const { language } = naming
  const reopen = useMutate('journeyContestReopen', { refresh: ['journeyExperiments', 'journeyCounters'] })
  const node = nodeOf(definition, nodeId)
  if (contest === null || node?.kind !== 'split') return null
  const name = (way: string) => armName(node, way, language)
  const { decided, waiting, version, looks } = contest
  if (decided === null)
    return (
      <Alert
        type="info"
        title={t('trying')}
        description={t('tryingText', {
          start: formatTime(contest.startedAt, zone),
          due: formatTime(contest.dueAt, zone),
          waiting: formatNumber(waiting, language),
        })}
        action={canDecide ? <Decide journeyId={journeyId} node={node} version={version} waiting={waiting} language={language} /> : null}
      />
    )
  const counts = decided.ways.map(({ way, people, successes, probability }) =>
    t('decidedCount', {
      way: name(way),
      people: formatNumber(people, language),
      successes: formatNumber(successes, language),
      probability: percent(probability),
    }),
  )
  return (
    <Alert
      type="success"
      title={t('decided')}
      description={
        <>
          {t('decidedText', { at: formatTime(decided.at, zone), what: contestWords(node, contest, name, language) })}{' '}
          {decided.by !== null && t('decidedBy', { name: who(decided.by) || decided.by })}
          <div className="muted">{t('decidedCounts', { counts: counts.join(language === 'zh' ? '，' : ', ') })}</div>
          {looks > 1 && <div className="muted">{t('looks', { count: looks })}</div>}
        </>
      }
      action={
        canDecide ? (
          <ConfirmAction
            size="small"
            title={t('reopenTitle')}
            text={t('reopenText')}
            doIt={t('reopenDo')}
            done={t('done')}
            run={() => reopen.mutateAsync({ params: { id: journeyId, node: nodeId }, body: { version } })}
          >
            {t('reopen')}
          </ConfirmAction>
        ) : null
      }
    />
  )
}

interface DecideProps {
  journeyId: string
  node: Extract<JourneyNode, { kind: 'split' }>
  version: number
  waiting: number
  language: Language
}

/** By hand, before the time is over. */
function Decide({ journeyId, node, version, waiting, language }: DecideProps) {
  const t = useT(experimentTexts)
  const decide = useMutate('journeyContestDecide', { refresh: ['journeyExperiments', 'journeyCounters'] })
  const [way, setWay] = useState<string | null>(node.ways[0]?.id ?? null)
  const name = way === null ? t('decideSpread') : armName(node, way, language)
  return (
    <Space.Compact>
      <Select
        size="small"
        value={way ?? ''}
        aria-label={t('decideChoose')}
        popupMatchSelectWidth={false}
        options={[
          ...node.ways.map(({ id }) => ({ value: id, label: armName(node, id, language) })),
          { value: '', label: t('decideSpread') },
        ]}
        onChange={(next) => setWay(next === '' ? null : next)}
      />
      <ConfirmAction
        size="small"
        title={t('decideTitle', { way: name })}
        text={t('decideText', { waiting: formatNumber(waiting, language) })}
        doIt={t('decideDo')}
        done={t('done')}
        run={() => decide.mutateAsync({ params: { id: journeyId, node: node.id }, body: { version, way } })}
      >
        {t('tryingDecide')}
      </ConfirmAction>
    </Space.Compact>
  )
}
