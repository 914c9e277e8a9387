import { HolderOutlined } from '@ant-design/icons'
import type { DragEvent } from 'react'

interface DragGripProps {
  /** Shown on hover. */
  readonly hint: string
  /** What is moved, as text: browsers drag nothing without data. */
  readonly data: string
  readonly onStart: (event: DragEvent<HTMLElement>) => void
  readonly onEnd: () => void
}

/** What something is moved by with the mouse; whoever shows it has keys that do the same. */
export function DragGrip({ hint, data, onStart, onEnd }: DragGripProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only a mouse drags; the keyboard has ways of its own.
    <span
      className="drag-grip"
      draggable
      title={hint}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', data)
        onStart(event)
      }}
      onDragEnd={onEnd}
    >
      <HolderOutlined />
    </span>
  )
}
