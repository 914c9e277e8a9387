import type { JourneyNote } from '@chaoxi/contract'
import type { Node, NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useT } from '../../i18n/index.ts'
import { Time } from '../../ui/index.ts'
import { boardTexts } from '../words/board-texts.ts'

export const noteWidth = 200
const prefix = '-note '
export const noteFlowId = (id: string): string => prefix + id
/** Null: it is no note. */
export const noteIdOf = (flowId: string): string | null => (flowId.startsWith(prefix) ? flowId.slice(prefix.length) : null)

export interface NoteData extends Record<string, unknown> {
  readonly note: JourneyNote
}
export type NoteNode = Node<NoteData, 'note'>

export const NoteCard = memo(({ data: { note }, selected }: NodeProps<NoteNode>) => {
  const t = useT(boardTexts)
  return (
    <div className={`flow-note${selected ? ' flow-selected' : ''}`} style={{ width: noteWidth }}>
      <div className="flow-note-text">{note.text || <span className="muted">{t('noteEmpty')}</span>}</div>
      <div className="flow-note-by">
        {note.by} · <Time at={note.at} seconds={false} />
      </div>
    </div>
  )
})
