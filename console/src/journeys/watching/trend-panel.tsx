import type { JourneyTrend } from '@chaoxi/contract'
import { Select } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { useTimeZone } from '../../shell/me.ts'
import { formatClock } from '../../ui/format.ts'
import { Chart, ErrorState, formatDate, formatNumber, Loading, PeopleNumber } from '../../ui/index.ts'
import type { PeopleSearch } from '../../ui/people-number.tsx'
import { monitorTexts } from './monitor-texts.ts'

const refreshMs = 30_000
const ranges = {
  '24h': { unit: 'hour', length: 24 },
  '7d': { unit: 'hour', length: 168 },
  '30d': { unit: 'day', length: 30 },
  '90d': { unit: 'day', length: 90 },
} as const
type Range = keyof typeof ranges
const rangeNames: readonly Range[] = ['24h', '7d', '30d', '90d']
type By = 'all' | 'version' | 'way'

export interface TrendPanelProps {
  journeyId: string
  /** Null: the journey's own numbers. */
  node: { id: string; title: string; ways: (way: string) => string; parts: boolean } | null
}

/** The numbers of a journey or of one step over time, in all, by version or by way out. */
export function TrendPanel({ journeyId, node }: TrendPanelProps) {
  const t = useT(monitorTexts)
  const [range, setRange] = useState<Range>('7d')
  const [chosen, setBy] = useState<By>('all')
  const by = chosen === 'way' && !node?.parts ? 'all' : chosen
  const { unit, length } = ranges[range]
  const query = useEndpoint(
    'journeyTrend',
    { params: { id: journeyId }, query: { unit, length, by, ...(node === null ? {} : { node: node.id }) } },
    { refreshMs },
  )
  const title = node?.title ?? t('trendOfJourney')
  const splits: By[] = node?.parts ? ['all', 'version', 'way'] : ['all', 'version']
  return (
    <section className="panel journey-trend" data-trend>
      <div className="row">
        <strong>{t('trend')}</strong>
        <span className="muted">{title}</span>
        <Select<Range>
          size="small"
          value={range}
          aria-label={t('range')}
          popupMatchSelectWidth={false}
          options={rangeNames.map((one) => ({ value: one, label: t(`range_${one}`) }))}
          onChange={setRange}
        />
        <Select<By>
          size="small"
          value={by}
          aria-label={t('by')}
          popupMatchSelectWidth={false}
          options={splits.map((one) => ({ value: one, label: t(`by_${one}`) }))}
          onChange={setBy}
        />
      </div>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Loading />
      ) : (
        <Lines key={`${range} ${by} ${node?.id ?? ''}`} trend={query.data} by={by} node={node} title={title} journeyId={journeyId} />
      )}
    </section>
  )
}

type LineName = 'entered' | 'passed' | 'timedOut' | 'failed' | 'left'
interface Line {
  readonly name: string
  readonly data: readonly number[]
  readonly line: LineName
  readonly version?: number
  readonly way?: string
}

const outcomeOf = { entered: 'entered', passed: 'passed', timedOut: 'timed_out', failed: 'failed', left: 'left' } as const
const stageOf = { entered: 'entered', passed: 'finished', timedOut: 'ended', failed: 'failed', left: 'exited' } as const

const sum = (numbers: readonly number[]) => numbers.reduce((total, count) => total + count, 0)

/** In all every line that is not empty; split one line for each part. */
function linesOf({ series }: JourneyTrend, by: By, nameOf: (name: string) => string, lineName: (line: LineName) => string): Line[] {
  if (by !== 'all') {
    const line = by === 'way' ? 'passed' : 'entered'
    return series.map((one) => ({
      ...{ name: nameOf(one.name), data: one[line], line },
      ...(by === 'version' ? { version: Number(one.name) } : { way: one.name }),
    }))
  }
  const [all] = series
  if (all === undefined) return []
  const rare: LineName[] = ['timedOut', 'failed', 'left']
  const shown: LineName[] = ['entered', 'passed', ...rare.filter((line) => sum(all[line]) > 0)]
  return shown.map((line) => ({ name: lineName(line), data: all[line], line }))
}

interface LinesProps extends TrendPanelProps {
  trend: JourneyTrend
  by: By
  title: string
}

function Lines({ trend, by, node, title, journeyId }: LinesProps) {
  const t = useT(monitorTexts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const lines = useMemo(
    () =>
      linesOf(
        trend,
        by,
        (name) => (by === 'version' ? t('versionName', { version: name }) : (node?.ways(name) ?? name)),
        (line) => t(line === 'passed' && node === null ? 'line_ended' : `line_${line}`),
      ),
    [trend, by, node, t],
  )
  const option = useMemo(() => {
    const label = (at: string) =>
      trend.unit === 'day' || trend.at.length > 24
        ? `${formatDate(at, timeZone).slice(5)}${trend.unit === 'hour' ? ` ${formatClock(at, timeZone, { seconds: false })}` : ''}`
        : formatClock(at, timeZone, { seconds: false })
    return {
      grid: { left: 48, right: 16, top: 36, bottom: 24 },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: '#566271' } },
      tooltip: { trigger: 'axis', valueFormatter: (value: number) => formatNumber(value, language) },
      xAxis: { type: 'category', data: trend.at.map(label) },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { formatter: (value: number) => formatNumber(value, language, { short: true }) } },
      series: lines.map(({ name, data }) => ({ name, data, type: 'line', showSymbol: trend.at.length <= 31 })),
    }
  }, [trend, lines, language, timeZone])
  if (lines.every((line) => sum(line.data) === 0)) return <p className="muted">{t('trendNone')}</p>
  const peopleOf = ({ line, version, way }: Line): PeopleSearch => ({
    journey: journeyId,
    ...(node === null ? { stage: stageOf[line] } : { node: node.id, outcome: outcomeOf[line] }),
    ...(version === undefined ? {} : { version }),
    ...(way === undefined ? {} : { way }),
    from: trend.at[0],
  })
  return (
    <>
      <Chart option={option} height={210} label={t('trendLabel', { what: title, unit: t(`unit_${trend.unit}`) })} />
      <div className="row" data-trend-sums>
        <span className="muted">{t('trendSums')}</span>
        {lines.map((line) => (
          <span key={line.name}>
            {line.name} <PeopleNumber value={sum(line.data)} search={peopleOf(line)} />
          </span>
        ))}
      </div>
    </>
  )
}
