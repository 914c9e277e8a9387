import { WarningOutlined } from '@ant-design/icons'
import { compareJourneys } from '@chaoxi/contract'
import { Alert, Button, Popover, Space } from 'antd'
import { useT } from '../../i18n/index.ts'
import { useWho } from '../../shell/who.ts'
import { TimeAgo, ToneText, useRun } from '../../ui/index.ts'
import { boardTexts } from '../words/board-texts.ts'
import { journeyTexts } from '../words/texts.ts'
import type { DesignerProps } from './designer.tsx'
import { entranceId } from './flow-elements.ts'
import type { JourneyProblem } from './problems.ts'
import type { DraftSession, SaveState } from './use-draft.ts'

// How a draft stands: saved or not, right or not, alone or not.

const saveWords = {
  saved: ['good', 'saveSaved'],
  saving: ['busy', 'saveSaving'],
  waiting: ['warn', 'saveWaiting'],
  failed: ['bad', 'saveFailed'],
  conflict: ['bad', 'conflictTitle'],
} as const

export function SaveWord({ state, locked }: { state: SaveState; locked: DesignerProps['locked'] }) {
  const t = useT(journeyTexts)
  if (locked !== null) return <ToneText tone="calm">{t(locked)}</ToneText>
  const [tone, word] = saveWords[state]
  return (
    <span aria-live="polite">
      <ToneText tone={tone}>{t(word)}</ToneText>
    </span>
  )
}

export function ProblemsButton({
  problems,
  title,
  onPick,
}: {
  problems: readonly JourneyProblem[]
  title: (id: string | null) => string
  onPick: (id: string) => void
}) {
  const t = useT(journeyTexts)
  if (problems.length === 0) return <ToneText tone="good">{t('problemsNone')}</ToneText>
  return (
    <Popover
      trigger="click"
      title={t('problemsTitle')}
      content={
        <ul className="problem-list">
          {problems.map((problem) => (
            <li key={`${problem.nodeId ?? ''} ${problem.text}`}>
              <button type="button" onClick={() => onPick(problem.nodeId ?? entranceId)}>
                {title(problem.nodeId)}
              </button>
              <div>{problem.text}</div>
            </li>
          ))}
        </ul>
      }
    >
      <Button type="text" danger icon={<WarningOutlined />}>
        {t('problems', { count: problems.length })}
      </Button>
    </Popover>
  )
}

/** Two people changed the draft: nothing is overwritten before one of them has chosen. */
export function Conflict({ session }: { session: DraftSession }) {
  const t = useT(journeyTexts)
  const words = useT(boardTexts)
  const run = useRun()
  const who = useWho()
  const { theirs } = session
  if (session.state !== 'conflict' || theirs === null) return null
  const { added, removed, changed, settings } = compareJourneys(session.draft.definition, theirs.draft)
  const count = added.length + removed.length + changed.length
  const name = who(theirs.draftBy)
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 8 }}
      title={
        <>
          {name === '' ? t('conflictTitle') : words('conflictBy', { name })} · <TimeAgo at={theirs.draftAt} />
        </>
      }
      description={words('conflictDiffers', { count, settings: settings ? words('conflictSettings') : '' })}
      action={
        <Space>
          <Button onClick={session.takeTheirs}>{t('conflictTheirs')}</Button>
          <Button danger onClick={() => void run(session.overwrite)}>
            {t('conflictMine')}
          </Button>
        </Space>
      }
    />
  )
}
