import { RedoOutlined, UndoOutlined } from '@ant-design/icons'
import type { InputRef } from 'antd'
import { Button } from 'antd'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { LeaveGuard } from '../../rules/leave-guard.tsx'
import { useMe } from '../../shell/me.ts'
import { useKeys } from '../../ui/index.ts'
import { NodePanel } from '../forms/node-panel.tsx'
import { NotePanel } from '../forms/note-panel.tsx'
import { SelectionPanel } from '../forms/selection-panel.tsx'
import { SettingsPanel } from '../forms/settings-panel.tsx'
import { boardTexts } from '../words/board-texts.ts'
import { nodeTitle } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { Conflict, ProblemsButton, SaveWord } from './board-states.tsx'
import { FindBox } from './find-box.tsx'
import { findNodes } from './find-nodes.ts'
import { entranceId, FlowCanvas, type Shown } from './flow-canvas.tsx'
import { addedBy, type GraphAction } from './graph.ts'
import { nodeOf } from './graph-basics.ts'
import { layoutJourney } from './layout.ts'
import { noteFlowId, noteIdOf, noteWidth } from './note-card.tsx'
import { freshNote } from './notes.ts'
import type { JourneyProblem } from './problems.ts'
import type { DraftSession } from './use-draft.ts'
import { useSelection } from './use-selection.ts'
import { type Direction, walkTo } from './walk-nodes.ts'

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
  const words = useT(boardTexts)
  const me = useMe()
  const naming = useJourneyNaming()
  const { definition } = session.draft
  const editable = locked === null
  const desk = useSelection({ journeyId: session.journeyId, definition, editable, act: session.act })
  const { selected, select, steps } = desk
  const [shown, setShown] = useState<Shown | null>(null)
  const [query, setQuery] = useState('')
  const finder = useRef<InputRef>(null)
  const found = useMemo(() => findNodes(definition, query, naming).map((node) => node.id), [definition, query, naming])
  const foundSet = useMemo(() => new Set(found), [found])
  const only = selected.length === 1 ? selected[0] : undefined
  const node = only === undefined ? undefined : nodeOf(definition, only)
  const note = only === undefined ? undefined : definition.notes?.find(({ id }) => id === noteIdOf(only))
  const { act: record } = session
  const act = useCallback(
    (action: GraphAction, merge?: string) => {
      record(action, merge)
      // A new step is what one fills in next.
      const added = addedBy(definition, action)
      if (added.length > 0) select(added)
    },
    [record, definition, select],
  )
  const show = (id: string) => {
    select([id])
    setShown({ id, time: performance.now(), centre: true })
  }
  const signed = () => ({ by: me?.account.name || me?.account.email || '', at: new Date().toISOString() })
  const addNote = () => {
    const beside = layoutJourney(definition).get(steps[0] ?? definition.start) ?? { x: 0, y: 0 }
    const id = freshNote(definition.notes ?? [])
    session.act({ type: 'note_add', x: beside.x - noteWidth - 30, y: beside.y, ...signed() })
    select([noteFlowId(id)])
    setShown({ id: noteFlowId(id), time: performance.now(), centre: false })
  }
  const walk = (direction: Direction) => () => {
    const to = walkTo(definition, layoutJourney(definition), { from: only ?? null, direction, entrance: entranceId })
    if (to === null) return
    select([to])
    setShown({ id: to, time: performance.now(), centre: false })
  }
  const open = () => document.querySelector<HTMLElement>('.journey-side :is(input, textarea, button):not([disabled])')?.focus()
  const onCanvas = (work: () => void) => () => (isOnCanvas() ? work() : false)
  useKeys({
    'ctrl+f': () => finder.current?.focus({ cursor: 'all' }),
    arrowup: onCanvas(walk('up')),
    arrowdown: onCanvas(walk('down')),
    arrowleft: onCanvas(walk('left')),
    arrowright: onCanvas(walk('right')),
    escape: () => select([]),
    ...(editable
      ? {
          'ctrl+z': session.undo,
          'ctrl+shift+z': session.redo,
          'ctrl+y': session.redo,
          'ctrl+a': onCanvas(() => select(definition.nodes.map(({ id }) => id))),
          'ctrl+d': onCanvas(desk.duplicate),
          delete: selected.length > 0 ? desk.remove : undefined,
          backspace: onCanvas(desk.remove),
          enter: only === undefined ? undefined : onCanvas(open),
        }
      : {}),
  })
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
        <Button type="text" onClick={() => select([entranceId])}>
          {t('settings')}
        </Button>
        {editable && (
          <Button type="text" title={words('noteAddHint')} onClick={addNote}>
            {words('noteAdd')}
          </Button>
        )}
        <FindBox ref={finder} query={query} found={found} onQuery={setQuery} onShow={show} />
        <span className="push" />
        <ProblemsButton problems={problems} title={(id) => nodeTitleOf(id)} onPick={show} />
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
            onSelect={select}
            found={foundSet}
            shown={shown}
            {...(editable ? { onAction: act, pasting: desk.pasting, onPaste: desk.paste } : {})}
          />
        </div>
        <aside className="journey-side" aria-label={t('settings')} inert={!editable}>
          {node !== undefined ? (
            <NodePanel
              key={node.id}
              definition={definition}
              node={node}
              naming={naming}
              problems={problems.filter((problem) => problem.nodeId === node.id)}
              onAction={act}
            />
          ) : note !== undefined ? (
            <NotePanel
              key={note.id}
              note={note}
              onWrite={(text) => session.act({ type: 'note_write', id: note.id, text, ...signed() }, `note ${note.id}`)}
              onRemove={desk.remove}
            />
          ) : steps.length > 1 ? (
            <SelectionPanel
              nodes={steps.flatMap((id) => nodeOf(definition, id) ?? [])}
              naming={naming}
              onPick={show}
              onCopy={desk.copy}
              onCut={desk.cut}
              onDuplicate={desk.duplicate}
              onRemove={desk.remove}
            />
          ) : (
            <SettingsPanel
              draft={session.draft}
              problems={problems.filter((problem) => problem.nodeId === null)}
              next={next}
              onAction={session.act}
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

/** Keys of the canvas are not those of a form or of an open list. */
function isOnCanvas(): boolean {
  const at = document.activeElement
  const canvas = document.querySelector('.journey-canvas')
  const isCovered = [...document.querySelectorAll('.ant-modal-wrap, .ant-dropdown')].some((over) => over.getClientRects().length > 0)
  if (isCovered || at === null || canvas === null) return at === null && !isCovered
  return at.contains(canvas) || (canvas.contains(at) && at.closest('button, a') === null)
}
