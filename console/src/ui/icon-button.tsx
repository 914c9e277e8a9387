import { Button } from 'antd'
import type { ReactNode } from 'react'

interface IconButtonProps {
  readonly icon: ReactNode
  /** What it does: read aloud, and shown on hover. */
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
}

/** A small action within a row, such as removing it. */
export function IconButton({ icon, label, disabled = false, onClick }: IconButtonProps) {
  return <Button type="text" size="small" icon={icon} disabled={disabled} aria-label={label} title={label} onClick={onClick} />
}
