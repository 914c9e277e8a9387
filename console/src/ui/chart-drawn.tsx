import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, registerTheme, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { fontFamilies, seriesColours } from '../theme.ts'
import type { ChartProps } from './chart.tsx'

use([LineChart, BarChart, ScatterChart, CustomChart, GridComponent, TooltipComponent, LegendComponent, MarkLineComponent, SVGRenderer])

const axis = {
  axisLine: { lineStyle: { color: '#d5dbe1' } },
  axisTick: { show: false },
  axisLabel: { color: '#566271', fontSize: 12 },
  splitLine: { lineStyle: { color: '#eef1f4' } },
}
registerTheme('chaoxi', {
  color: [...seriesColours],
  textStyle: { fontFamily: fontFamilies.zh },
  categoryAxis: { ...axis, splitLine: { show: false } },
  valueAxis: { ...axis, axisLine: { show: false } },
  timeAxis: { ...axis, splitLine: { show: false } },
  line: { symbol: 'circle', symbolSize: 4, lineStyle: { width: 2 } },
})

export default function ChartDrawn({ option, height = 240, label, onPick }: ChartProps) {
  const pick = useRef(onPick)
  pick.current = onPick
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ReturnType<typeof init> | null>(null)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = init(element, 'chaoxi', { renderer: 'svg' })
    chart.current = made
    made.getZr().on('click', ({ offsetX, offsetY }) => {
      if (!pick.current || !made.containPixel({ gridIndex: 0 }, [offsetX, offsetY])) return
      const [index] = made.convertFromPixel({ gridIndex: 0 }, [offsetX, offsetY])
      if (index !== undefined) pick.current(Math.round(index))
    })
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    // Merged in place: a live chart moves instead of blinking.
    chart.current?.setOption({ animationDuration: 200, animationDurationUpdate: 200, ...option })
  }, [option])
  return <div ref={place} role="img" aria-label={label} style={{ height, width: '100%' }} />
}
