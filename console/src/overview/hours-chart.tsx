import type { Overview } from '@chaoxi/contract'
import { useMemo } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { Chart } from '../ui/chart.tsx'
import { formatClock, formatNumber } from '../ui/format.ts'
import { texts } from './texts.ts'

/** Events as bars; people and messages, which are far fewer, as lines on an axis of their own. */
export function HoursChart({ hours }: { hours: Overview['hours'] }) {
  const t = useT(texts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const option = useMemo(() => {
    const number = (value: number) => formatNumber(value, language, { short: true })
    const nameStyle = { color: '#566271', fontSize: 12 }
    const axis = { type: 'value', minInterval: 1, axisLabel: { formatter: number } }
    return {
      grid: { left: 48, right: 48, top: 56, bottom: 24 },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: '#566271' } },
      tooltip: { trigger: 'axis', valueFormatter: (value: number) => formatNumber(value, language) },
      xAxis: { type: 'category', data: hours.map(({ at }) => formatClock(at, timeZone, { seconds: false })) },
      yAxis: [
        { ...axis, name: t('axisEvents'), nameTextStyle: { ...nameStyle, align: 'left', padding: [0, 0, 0, -36] } },
        {
          ...axis,
          name: t('axisOthers'),
          nameTextStyle: { ...nameStyle, align: 'right', padding: [0, -36, 0, 0] },
          splitLine: { show: false },
        },
      ],
      series: [
        {
          name: t('seriesEvents'),
          type: 'bar',
          data: hours.map(({ events }) => events),
          barMaxWidth: 18,
          itemStyle: { borderRadius: [3, 3, 0, 0] },
        },
        { name: t('seriesPeople'), type: 'line', yAxisIndex: 1, data: hours.map(({ people }) => people), showSymbol: false },
        { name: t('seriesMessages'), type: 'line', yAxisIndex: 1, data: hours.map(({ messages }) => messages), showSymbol: false },
      ],
    }
  }, [hours, language, timeZone, t])
  return <Chart option={option} height={272} label={t('hoursLabel')} />
}
