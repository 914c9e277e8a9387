import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { changeOf, formatRate } from './format.ts'

export interface StatProps {
  label: ReactNode
  children: ReactNode
  /** Under the number: what it is compared with. */
  note?: ReactNode
  hint?: string
}

/** One number with its name: the number first. */
export function Stat({ label, children, note, hint }: StatProps) {
  return (
    <div className="stat" title={hint}>
      <div className="stat-label">{label}</div>
      <div className="stat-value">{children}</div>
      {note && <div className="stat-note">{note}</div>}
    </div>
  )
}

/** Change against an earlier number; `more` says which direction is welcome. */
export function Change({
  value,
  base,
  label,
  more = 'good',
}: {
  value: number
  base: number
  label: string
  more?: 'good' | 'bad' | 'neutral'
}) {
  const change = changeOf(value, base)
  if (change === null) return <span className="muted">{label} –</span>
  const welcome = change === 0 || more === 'neutral' ? 'even' : change > 0 === (more === 'good') ? 'up' : 'down'
  return (
    <span className={`change change-${welcome}`}>
      <span className="muted">{label}</span> {change > 0 ? <ArrowUpOutlined /> : change < 0 ? <ArrowDownOutlined /> : null}{' '}
      {formatRate(Math.abs(change))}
    </span>
  )
}
