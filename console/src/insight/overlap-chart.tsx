import type { Overlap } from '@chaoxi/contract'
import { useMemo } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { seriesColours } from '../theme.ts'
import { Chart, formatNumber } from '../ui/index.ts'
import { everyRegion } from './regions.ts'
import { insightTexts } from './texts.ts'
import { planVenn } from './venn.ts'

const columnsMax = 20
const height = 340

interface Canvas {
  getWidth: () => number
  getHeight: () => number
}

/** Circles for two or three sets; for more a column for each combination, the largest first. */
export function OverlapChart({ overlap }: { overlap: Overlap }) {
  const t = useT(insightTexts)
  const language = useLanguage()
  const option = useMemo(
    () => (overlap.sets.length <= 3 ? vennOption(overlap, (size) => formatNumber(size, language)) : upsetOption(overlap)),
    [overlap, language],
  )
  return <Chart key={overlap.sets.length} option={option} height={height} label={t('vennLabel')} />
}

function vennOption(overlap: Overlap, number: (size: number) => string) {
  const { circles, places } = planVenn(overlap.sets.length === 2 ? 2 : 3)
  const regions = everyRegion(overlap)
  return {
    series: [
      {
        type: 'custom',
        coordinateSystem: 'none',
        silent: true,
        data: [0],
        renderItem: (_: unknown, api: Canvas) => {
          const [width, tall] = [api.getWidth(), api.getHeight()]
          const side = Math.min(width, tall)
          const at = ({ x, y }: { x: number; y: number }) => ({ x: (width - side) / 2 + x * side, y: (tall - side) / 2 + y * side })
          const discs = circles.map((circle, i) => {
            const { x: cx, y: cy } = at(circle)
            return {
              type: 'circle',
              shape: { cx, cy, r: circle.r * side },
              style: { fill: `${seriesColours[i]}2e`, stroke: seriesColours[i], lineWidth: 1.5 },
            }
          })
          const numbers = regions.map((region) => ({
            type: 'text',
            ...at(places.get(String(region.inside)) ?? { x: 0, y: 0 }),
            style: { text: number(region.size), fill: '#1d2733', fontSize: 14, fontWeight: 600, align: 'center', verticalAlign: 'middle' },
          }))
          const names = circles.map((circle, i) => {
            const below = circle.y > 0.55
            return {
              type: 'text',
              ...at({
                x: circle.x + (below ? 0 : circle.x < 0.5 ? -0.12 : 0.12),
                y: circle.y + (below ? circle.r + 0.05 : -circle.r - 0.05),
              }),
              style: {
                text: overlap.sets[i]?.name ?? '',
                fill: seriesColours[i],
                fontSize: 12,
                align: 'center',
                verticalAlign: 'middle',
                width: side * 0.42,
                overflow: 'truncate',
              },
            }
          })
          return { type: 'group', children: [...discs, ...numbers, ...names] }
        },
      },
    ],
  }
}

function upsetOption({ sets, regions }: Overlap) {
  const shown = regions.slice(0, columnsMax)
  const columns = shown.map((_, i) => i)
  const names = sets.map((set) => set.name)
  const dots = (wanted: boolean) => shown.flatMap(({ inside }, x) => sets.flatMap((_, y) => (inside[y] === wanted ? [[x, y]] : [])))
  const bottom = 26 * sets.length
  return {
    tooltip: { trigger: 'item', formatter: '{c}' },
    grid: [
      { left: 120, right: 10, top: 24, bottom: bottom + 24 },
      { left: 120, right: 10, bottom: 8, height: bottom },
    ],
    xAxis: [
      { type: 'category', data: columns, axisLabel: { show: false } },
      { type: 'category', gridIndex: 1, data: columns, axisLabel: { show: false }, axisLine: { show: false } },
    ],
    yAxis: [
      { type: 'value', minInterval: 1 },
      {
        type: 'category',
        gridIndex: 1,
        data: names,
        inverse: true,
        axisLine: { show: false },
        axisLabel: { width: 104, overflow: 'truncate' },
      },
    ],
    series: [
      { type: 'bar', data: shown.map(({ size }) => size), barMaxWidth: 26, label: { show: true, position: 'top', fontSize: 11 } },
      {
        type: 'scatter',
        xAxisIndex: 1,
        yAxisIndex: 1,
        silent: true,
        symbolSize: 10,
        itemStyle: { color: '#e1e6ea' },
        tooltip: { show: false },
        data: dots(false),
      },
      {
        type: 'scatter',
        xAxisIndex: 1,
        yAxisIndex: 1,
        silent: true,
        symbolSize: 11,
        itemStyle: { color: seriesColours[0] },
        tooltip: { show: false },
        data: dots(true),
      },
    ],
  }
}
