import { Timeline } from 'antd'
import type { ReactNode } from 'react'
import { Time } from '../../ui/index.ts'

export interface StoryLine {
  at: string
  key: string
  colour: string
  text: ReactNode
}

/** What happened to one person, the earliest first. */
export function StoryLines({ lines }: { lines: readonly StoryLine[] }) {
  return (
    <Timeline
      items={lines
        .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
        .map(({ at, key, colour, text }) => ({
          key,
          color: colour,
          content: (
            <>
              <div>{text}</div>
              <div className="muted">
                <Time at={at} />
              </div>
            </>
          ),
        }))}
    />
  )
}
