import type { ReactNode } from 'react'
import { formatRate } from '../ui/index.ts'

interface ValueBarProps {
  readonly value: string
  readonly size: number
  readonly total: number
  /** The size as it is written, perhaps with a link to the people. */
  readonly children: ReactNode
}

/** A row of a table `value-bars`: how many of all have the value. */
export function ValueBar({ value, size, total, children }: ValueBarProps) {
  const share = total === 0 ? 0 : size / total
  return (
    <tr>
      <th scope="row">{value}</th>
      <td className="value-bar">{size > 0 && <span style={{ width: `${share * 100}%` }} />}</td>
      <td className="num">{children}</td>
      <td className="num muted">{total === 0 ? '–' : formatRate(share)}</td>
    </tr>
  )
}
