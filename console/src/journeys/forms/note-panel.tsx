import { DeleteOutlined } from '@ant-design/icons'
import { type JourneyNote, noteTextMax } from '@chaoxi/contract'
import { Button, Input } from 'antd'
import { useT } from '../../i18n/index.ts'
import { Time } from '../../ui/index.ts'
import { boardTexts } from '../words/board-texts.ts'
import { Field } from './fields.tsx'

/** A note for colleagues: its text, and who wrote it when. */
export function NotePanel({ note, onWrite, onRemove }: { note: JourneyNote; onWrite: (text: string) => void; onRemove: () => void }) {
  const t = useT(boardTexts)
  return (
    <div>
      <h2 className="side-title">{t('noteTitle')}</h2>
      <Field label={t('noteText')}>
        <Input.TextArea
          autoFocus
          value={note.text}
          rows={6}
          maxLength={noteTextMax}
          aria-label={t('noteText')}
          onChange={(event) => onWrite(event.target.value)}
        />
      </Field>
      <p className="side-hint">
        {t('noteBy', { name: note.by })} <Time at={note.at} seconds={false} />
      </p>
      <p className="side-hint">{t('noteHint')}</p>
      <div className="side-actions">
        <Button danger icon={<DeleteOutlined />} onClick={onRemove}>
          {t('noteRemove')}
        </Button>
      </div>
    </div>
  )
}
