import type { Advice, JourneyDefinition, Output, RehearsalResult } from '@chaoxi/contract'
import { Alert, Table } from 'antd'
import { useMemo, useState } from 'react'
import { useLanguage, useT } from '../../i18n/index.ts'
import { reasonText } from '../../messages/reasons.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { useTimeZone } from '../../shell/me.ts'
import { formatMoney } from '../../ui/format.ts'
import { Chart, EmptyState, formatNumber, formatRate, Num, personName, Stat, Time, uiTexts } from '../../ui/index.ts'
import { FlowCanvas } from '../canvas/flow-canvas.tsx'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { resultWords } from '../words/step-words.ts'
import { refusalWord } from '../words/trigger-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { PlayedStory } from './played-story.tsx'
import { rehearsalTexts } from './texts.ts'

type Rehearsal = Output<'journeyRehearsal'>
export type PlayedStoryOf = RehearsalResult['stories'][number]

const noProblems: [] = []
/** Steps whose messages are stopped more often than this are pointed out. */
const mostly = 0.5

/** What came of a rehearsal: the numbers, what stands out, when it happens, step by step, person by person. */
export function RehearsalView({ journeyId, rehearsal, result }: { journeyId: string; rehearsal: Rehearsal; result: RehearsalResult }) {
  const t = useT(rehearsalTexts)
  const naming = useJourneyNaming()
  const { language } = naming
  const zone = useTimeZone()
  const { definition } = rehearsal
  const [selected, setSelected] = useState<readonly string[]>([])
  const live = useMemo(() => ({ source: null, byNode: new Map(result.nodes.map((node) => [node.nodeId, countersOf(node)])) }), [result])
  const number = (value: number) => formatNumber(value, language)
  return (
    <div className="rehearsal-result" data-rehearsed>
      <p className="muted">
        {t('played', { from: localMinute(rehearsal.from, zone), to: localMinute(rehearsal.to, zone) })} ·{' '}
        {t('took', { seconds: result.seconds.toFixed(1), speed: number(result.speed) })}
        {result.people < result.peopleInAll && <> · {t('sample', { people: number(result.people), all: number(result.peopleInAll) })}</>}
        {result.leftOut > 0 && <> · {t('leftOut', { count: result.leftOut })}</>}
      </p>
      <Numbers result={result} />
      <Notices definition={definition} result={result} naming={naming} />
      {result.entries === 0 ? (
        <EmptyState title={t('none')} text={t('nobody')} />
      ) : (
        <>
          <Charts result={result} />
          <Reasons definition={definition} result={result} naming={naming} />
          <h3>{t('flow')}</h3>
          <div className="journey-board rehearsal-board">
            <div className="journey-canvas">
              <FlowCanvas
                definition={definition}
                naming={naming}
                problems={noProblems}
                selected={selected}
                onSelect={setSelected}
                live={live}
              />
            </div>
          </div>
          <Stories journeyId={journeyId} definition={definition} rehearsal={rehearsal} result={result} naming={naming} />
        </>
      )}
    </div>
  )
}

function countersOf({ nodeId, entered, passed, timedOut, failed, left, ways }: RehearsalResult['nodes'][number]) {
  return {
    nodeId,
    entered,
    passed,
    timedOut,
    failed,
    left,
    ways,
    moved: 0,
    waiting: Math.max(0, entered - passed - timedOut - failed - left),
  }
}

const sentOf = (result: RehearsalResult) => result.nodes.reduce((sum, node) => sum + node.sent, 0)
const stopsOf = (result: RehearsalResult) => {
  const stops = new Map<string, number>()
  for (const { dropped } of result.nodes) for (const { reason, count } of dropped) stops.set(reason, (stops.get(reason) ?? 0) + count)
  return [...stops].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
}

function Numbers({ result }: { result: RehearsalResult }) {
  const t = useT(rehearsalTexts)
  const language = useLanguage()
  const zone = useTimeZone()
  const stopped = stopsOf(result).reduce((sum, { count }) => sum + count, 0)
  const days = Math.max(1, result.days.length)
  return (
    <div className="stats">
      <Stat label={t('entries')} note={t('entrants', { people: formatNumber(result.entrants, language) })}>
        <Num value={result.entries} />
      </Stat>
      <Stat label={t('sent')} note={t('perDay', { count: formatNumber(Math.round(sentOf(result) / days), language) })}>
        <Num value={sentOf(result)} />
      </Stat>
      <Stat label={t('stopped')}>
        <Num value={stopped} />
      </Stat>
      <Stat label={t('cost')} note={result.cost.rendered > 0 ? t('costNote', { rendered: result.cost.rendered }) : undefined}>
        {formatMoney(result.cost.fen, language)}
      </Stat>
      <Stat label={t('peak')} note={result.peak === null ? undefined : t('peakNote', { sent: formatNumber(result.peak.sent, language) })}>
        {result.peak === null ? '–' : localMinute(result.peak.at, zone).slice('2026-'.length)}
      </Stat>
      <Stat label={t('inside')} note={result.held > 0 ? t('heldNote', { held: result.held }) : undefined}>
        <Num value={result.inside} />
      </Stat>
    </div>
  )
}

/** How a run ended: at which exit, or why before. */
function endWords(definition: JourneyDefinition, naming: JourneyNaming, finished: string): (result: string) => string {
  const exits = new Map(definition.nodes.flatMap((node) => (node.kind === 'exit' ? [[node.result || node.id, node] as const] : [])))
  return (result) => {
    const exit = exits.get(result)
    if (exit === undefined) return resultWords(result, naming.language)
    return exit.name || (exit.result === '' ? finished : exit.result)
  }
}

interface Told {
  definition: JourneyDefinition
  result: RehearsalResult
  naming: JourneyNaming
}

function Notices({ definition, result, naming }: Told) {
  const t = useT(rehearsalTexts)
  const { language } = naming
  const title = (id: string) => {
    const node = definition.nodes.find((one) => one.id === id)
    return node === undefined ? id : nodeTitle(node, naming)
  }
  const words = (one: Advice): string => {
    if (one.kind === 'not_recorded') return t('not_recorded')
    const node = title(one.nodeId)
    if (one.kind === 'answers_assumed')
      return one.percent === 0 ? t('nobodyAnswers', { node }) : t('answersAssumed', { node, percent: one.percent })
    if (one.kind === 'not_asked') {
      const without = one.without.join(language === 'zh' ? '、' : ', ')
      return without === '' ? t('not_asked', { node }) : t('not_asked_without', { node, without })
    }
    if (one.kind === 'results_not_recorded') return t('results_not_recorded', { node })
    if (one.kind === 'winner_late') return t('winner_late', { node, hours: one.hours, goal: one.goalHours })
    if (one.kind === 'winner_early') return t('winner_early', { node, hours: one.hours, within: one.withinHours })
    return one.kind === 'coupon_over'
      ? t('coupon_over', { node, hours: one.hours, valid: one.validHours })
      : t('always_quiet', { node, at: one.at, until: one.until })
  }
  const advice = result.advice.map(words)
  const reached = new Set(result.nodes.filter((node) => node.entered > 0).map((node) => node.nodeId))
  const never = definition.nodes.filter((node) => !reached.has(node.id))
  const found = result.nodes.flatMap(({ nodeId, sent, dropped }) => {
    const stopped = dropped.reduce((sum, { count }) => sum + count, 0)
    const [worst] = dropped
    if (worst === undefined || stopped <= mostly * (sent + stopped)) return []
    const share = formatRate(stopped / (sent + stopped))
    return [t('mostlyStopped', { node: title(nodeId), share, reason: reasonText(worst.reason, language) })]
  })
  const all = [
    ...advice,
    ...found,
    ...(result.entries > 0 && never.length > 0 ? [t('neverReached', { nodes: never.map((node) => title(node.id)).join('、') })] : []),
  ]
  if (all.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      data-notices
      message={
        <ul className="rehearsal-notices">
          {all.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      }
    />
  )
}

function Charts({ result: { days, hours } }: { result: RehearsalResult }) {
  const t = useT(rehearsalTexts)
  const byDay = useMemo(
    () => ({
      grid: { left: 48, right: 16, top: 34, bottom: 26 },
      legend: { right: 0, top: 0, itemWidth: 10, itemHeight: 10 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: days.map(({ date }) => date.slice(5)) },
      yAxis: { type: 'value', minInterval: 1 },
      series: [
        { type: 'line', name: t('seriesEntered'), data: days.map(({ entered }) => entered), showSymbol: days.length <= 60 },
        { type: 'bar', name: t('seriesSent'), stack: 'messages', data: days.map(({ sent }) => sent), barMaxWidth: 14 },
        { type: 'bar', name: t('seriesDropped'), stack: 'messages', data: days.map(({ dropped }) => dropped), barMaxWidth: 14 },
      ],
    }),
    [days, t],
  )
  const byHour = useMemo(
    () => ({
      grid: { left: 48, right: 16, top: 16, bottom: 26 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: hours.map((_, hour) => `${hour}:00`) },
      yAxis: { type: 'value', minInterval: 1 },
      series: [{ type: 'bar', name: t('seriesSent'), data: [...hours], barMaxWidth: 18, itemStyle: { borderRadius: [3, 3, 0, 0] } }],
    }),
    [hours, t],
  )
  return (
    <div className="rehearsal-charts">
      <div>
        <h3>{t('byDay')}</h3>
        <Chart option={byDay} label={t('byDay')} height={220} />
      </div>
      <div>
        <h3>{t('byHour')}</h3>
        <Chart option={byHour} label={t('byHour')} height={220} />
      </div>
    </div>
  )
}

function Reasons({ definition, result, naming }: Told) {
  const t = useT(rehearsalTexts)
  const { language } = naming
  const ended = endWords(definition, naming, t('finished'))
  const groups = [
    { title: t('refusals'), rows: result.refusals.map(({ reason, count }) => ({ what: refusalWord(reason, language), count })) },
    { title: t('stops'), rows: stopsOf(result).map(({ reason, count }) => ({ what: reasonText(reason, language), count })) },
    { title: t('results'), rows: result.results.map(({ result: how, count }) => ({ what: ended(how), count })) },
    { title: t('coupons'), rows: result.coupons.map(({ coupon, given }) => ({ what: naming.coupon(coupon), count: given })) },
  ].filter(({ rows }) => rows.length > 0)
  return (
    <div className="rehearsal-reasons">
      {groups.map(({ title, rows }) => (
        <div key={title}>
          <h3>{title}</h3>
          {rows.map(({ what, count }) => (
            <div key={what} className="rehearsal-reason">
              <span>{what}</span>
              <Num value={count} />
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}

function Stories({ journeyId, definition, rehearsal, result, naming }: Told & { journeyId: string; rehearsal: Rehearsal }) {
  const t = useT(rehearsalTexts)
  const ui = useT(uiTexts)
  const ended = endWords(definition, naming, t('finished'))
  const [open, setOpen] = useState<PlayedStoryOf | null>(null)
  const people = useMemo(() => new Map(rehearsal.people.map((person) => [person.id, person])), [rehearsal])
  const nameOf = (id: number) => {
    const person = people.get(id)
    return person === undefined ? String(id) : personName(person, ui)
  }
  return (
    <>
      <h3>
        {t('stories')} <span className="muted">{t('storiesNote', { count: result.stories.length })}</span>
      </h3>
      <Table
        size="small"
        rowKey={(story) => `${story.personId} ${story.enteredAt}`}
        dataSource={[...result.stories]}
        pagination={{ pageSize: 10, hideOnSinglePage: true }}
        onRow={(story) => ({ onClick: () => setOpen(story), style: { cursor: 'pointer' } })}
        columns={[
          { title: t('person'), render: (_, story) => nameOf(story.personId) },
          { title: t('enteredAt'), render: (_, story) => <Time at={story.enteredAt} /> },
          {
            title: t('messages'),
            render: (_, { messages }) => {
              const sent = messages.filter((one) => one.outcome === 'sent').length
              return `${sent} / ${messages.length}`
            },
          },
          { title: t('ended'), render: (_, story) => (story.result === null ? t('stillInside') : ended(story.result)) },
        ]}
      />
      {open !== null && (
        <PlayedStory
          story={open}
          name={nameOf(open.personId)}
          definition={definition}
          naming={naming}
          journeyId={journeyId}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}
