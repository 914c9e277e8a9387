import type { Output } from '@chaoxi/contract'
import { useMemo } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { RuleSentence } from '../rules/rule-builder.tsx'
import { useTimeZone } from '../shell/me.ts'
import { seriesColours } from '../theme.ts'
import { Chart, formatDate, Loaded, PeopleNumber } from '../ui/index.ts'
import { ValueBar } from './value-bar.tsx'
import { valueTexts } from './value-texts.ts'
import './values.css'

const days = 30
const dayMs = 86_400_000
const refreshMs = 30_000

/** A tag's values with the people who have each: as bars, and how they moved. */
export function ValueSizes({ definition }: { definition: Pick<Output<'tag'>, 'key' | 'size' | 'values'> }) {
  const t = useT(valueTexts)
  const timeZone = useTimeZone()
  const { key, values } = definition
  const to = formatDate(Date.now(), timeZone)
  const from = formatDate(Date.now() - (days - 1) * dayMs, timeZone)
  const sizes = useEndpoint('sizes', { params: { kind: 'tag', key }, query: { from, to } }, { refreshMs })
  return (
    <div className="value-columns">
      <section className="panel">
        <h2>{t('sizesTitle')}</h2>
        <table className="value-bars" aria-label={t('sizesLabel')}>
          <tbody>
            {values.map((one) => (
              <ValueBar key={one.value} value={one.value} size={one.size} total={definition.size}>
                <PeopleNumber value={one.size} search={{ tag: key, tagValue: one.value }} />
              </ValueBar>
            ))}
          </tbody>
        </table>
      </section>
      <section className="panel">
        <h2>{t('trendTitle')}</h2>
        <Loaded query={sizes} rows={6}>
          {(moved) => <Trend moved={moved} />}
        </Loaded>
      </section>
    </div>
  )
}

function Trend({ moved }: { moved: Output<'sizes'> }) {
  const t = useT(valueTexts)
  const option = useMemo(
    () => ({
      grid: { left: 44, right: 12, top: 46, bottom: 24 },
      legend: { type: 'scroll', left: 0, right: 0, top: 0, itemWidth: 10, itemHeight: 10 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: moved.days.map(({ day }) => day.slice(5)) },
      yAxis: { type: 'value', minInterval: 1 },
      series: moved.values.map(({ value, sizes }, i) => ({
        type: 'line',
        name: value,
        data: sizes,
        showSymbol: false,
        // Colours come round again.
        lineStyle: { type: i < seriesColours.length ? 'solid' : 'dashed' },
      })),
    }),
    [moved],
  )
  return <Chart option={option} height={220} label={t('trendLabel')} />
}

/** The values one under the other, each read aloud. */
export function ValueSentences({ values, several }: Pick<Output<'tag'>, 'values' | 'several'>) {
  const t = useT(valueTexts)
  return (
    <>
      <dl className="value-sentences">
        {values.map(({ value, rule }) => [
          <dt key={value}>{value}</dt>,
          <dd key={`${value} rule`}>
            <RuleSentence rule={rule} />
          </dd>,
        ])}
      </dl>
      <p className="muted">{t(several ? 'valuesEach' : 'valuesOrder')}</p>
    </>
  )
}
