import { RedoOutlined, UndoOutlined, WarningOutlined } from '@ant-design/icons'
import { Alert, Button, Popover, Space } from 'antd'
import { useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { LeaveGuard } from '../../rules/leave-guard.tsx'
import { ToneText, useKeys, useRun } from '../../ui/index.ts'
import { NodePanel } from '../forms/node-panel.tsx'
import { SettingsPanel } from '../forms/settings-panel.tsx'
import { nodeTitle } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { entranceId, FlowCanvas } from './flow-canvas.tsx'
import { addedBy, canRemove, type GraphAction, nodeOf } from './graph.ts'
import type { JourneyProblem } from './problems.ts'
import type { DraftSession, SaveState } from './use-draft.ts'

export interface DesignerProps {
  session: DraftSession
  /** When the stored draft would be due next by the clock. */
  next: readonly string[]
  problems: readonly JourneyProblem[]
  /** Null when it may be edited, else why not. */
  locked: 'saveReadOnly' | 'saveArchived' | null
}

/** The drawing board: canvas in the middle, the chosen step's form beside it, problems and the saving state above. */
export function Designer({ session, problems, locked, next }: DesignerProps) {
  const t = useT(journeyTexts)
  const naming = useJourneyNaming()
  const [selected, setSelected] = useState<string | null>(null)
  const { definition } = session.draft
  const node = selected === null ? undefined : nodeOf(definition, selected)
  const editable = locked === null
  const act = (action: GraphAction, merge?: string) => {
    session.act(action, merge)
    // A new step is what one fills in next.
    const added = addedBy(definition, action)
    if (added !== null) setSelected(added)
  }
  useKeys(
    editable
      ? {
          'ctrl+z': session.undo,
          'ctrl+shift+z': session.redo,
          'ctrl+y': session.redo,
          delete: node && canRemove(definition, node.id) ? () => session.act({ type: 'remove', id: node.id }) : undefined,
          escape: () => setSelected(null),
        }
      : {},
  )
  return (
    <>
      <div className="journey-bar">
        {editable && (
          <>
            <Button
              type="text"
              icon={<UndoOutlined />}
              disabled={!session.canUndo}
              aria-label={t('undo')}
              title={`${t('undo')} Ctrl+Z`}
              onClick={session.undo}
            />
            <Button
              type="text"
              icon={<RedoOutlined />}
              disabled={!session.canRedo}
              aria-label={t('redo')}
              title={`${t('redo')} Ctrl+Shift+Z`}
              onClick={session.redo}
            />
            <Button type="text" onClick={() => session.act({ type: 'tidy' })}>
              {t('tidy')}
            </Button>
          </>
        )}
        <Button type="text" onClick={() => setSelected(entranceId)}>
          {t('settings')}
        </Button>
        <span className="push" />
        <ProblemsButton problems={problems} title={(id) => nodeTitleOf(id)} onPick={setSelected} />
        <SaveWord state={session.state} locked={locked} />
      </div>
      <Conflict session={session} />
      <div className="journey-board">
        <div className="journey-canvas">
          <FlowCanvas
            definition={definition}
            naming={naming}
            problems={problems}
            selected={selected}
            onSelect={setSelected}
            {...(editable ? { onAction: act } : {})}
          />
        </div>
        <aside className="journey-side" aria-label={t('settings')} inert={!editable}>
          {node === undefined ? (
            <SettingsPanel
              draft={session.draft}
              problems={problems.filter((problem) => problem.nodeId === null)}
              next={next}
              onAction={session.act}
            />
          ) : (
            <NodePanel
              key={node.id}
              definition={definition}
              node={node}
              naming={naming}
              problems={problems.filter((problem) => problem.nodeId === node.id)}
              onAction={act}
            />
          )}
        </aside>
      </div>
      <LeaveGuard unsaved={editable && session.state !== 'saved'} />
    </>
  )

  function nodeTitleOf(id: string | null): string {
    const found = id === null ? undefined : nodeOf(definition, id)
    return found === undefined ? t('settings') : nodeTitle(found, naming)
  }
}

const saveWords = {
  saved: ['good', 'saveSaved'],
  saving: ['busy', 'saveSaving'],
  waiting: ['warn', 'saveWaiting'],
  failed: ['bad', 'saveFailed'],
  conflict: ['bad', 'conflictTitle'],
} as const

function SaveWord({ state, locked }: { state: SaveState; locked: DesignerProps['locked'] }) {
  const t = useT(journeyTexts)
  if (locked !== null) return <ToneText tone="calm">{t(locked)}</ToneText>
  const [tone, word] = saveWords[state]
  return (
    <span aria-live="polite">
      <ToneText tone={tone}>{t(word)}</ToneText>
    </span>
  )
}

function ProblemsButton({
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

function Conflict({ session }: { session: DraftSession }) {
  const t = useT(journeyTexts)
  const run = useRun()
  if (session.state !== 'conflict') return null
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 8 }}
      title={t('conflictTitle')}
      description={t('conflictText')}
      action={
        <Space>
          <Button onClick={() => void run(session.takeTheirs)}>{t('conflictTheirs')}</Button>
          <Button danger onClick={() => void run(session.overwrite)}>
            {t('conflictMine')}
          </Button>
        </Space>
      }
    />
  )
}
