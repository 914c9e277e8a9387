import type { EChartsCoreOption } from 'echarts/core'
import { lazy, Suspense } from 'react'

export interface ChartProps {
  option: EChartsCoreOption
  height?: number
  /** What the chart says, for those who do not see it. */
  label: string
  /** A click on a place of the first category axis: which one. */
  onPick?: (index: number) => void
}

const Drawn = lazy(() => import('./chart-drawn.tsx'))

/** An echarts chart in the console's one theme; echarts itself is loaded by the first chart. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height ?? 240 }} className="chart-waiting" aria-busy="true" />}>
      <Drawn {...props} />
    </Suspense>
  )
}
