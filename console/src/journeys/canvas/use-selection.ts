import { type JourneyDefinition, nodesMax } from '@chaoxi/contract'
import { App } from 'antd'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { boardTexts } from '../words/board-texts.ts'
import { isStep } from './flow-elements.ts'
import { addedBy, type GraphAction } from './graph.ts'
import { type EdgeRef, nodeOf } from './graph-basics.ts'
import { behind, type JourneyPart, partIn, partOf, partText } from './graph-selection.ts'
import { mainExit } from './node-edits.ts'
import { noteIdOf } from './note-card.tsx'

interface Copied {
  readonly part: JourneyPart
  readonly from: string
  readonly text: string
}
/** The last copy of this window: it may hold steps that are not filled in yet, which the clipboard's text would not pass. */
let lastCopied: Copied | null = null

export interface SelectionDesk {
  readonly selected: readonly string[]
  readonly select: (ids: readonly string[]) => void
  /** Steps among what is chosen. */
  readonly steps: readonly string[]
  /** How many steps can be pasted. */
  readonly pasting: number
  readonly copy: () => void
  readonly cut: () => void
  readonly duplicate: () => void
  readonly remove: () => void
  readonly paste: (edge: EdgeRef | null) => void
}

interface SelectionInput {
  readonly journeyId: string
  readonly definition: JourneyDefinition
  readonly editable: boolean
  readonly act: (action: GraphAction) => void
}

/** What is chosen on the canvas, and what is done with it together; copies go through the clipboard, so that they reach other journeys. */
export function useSelection({ journeyId, definition, editable, act }: SelectionInput): SelectionDesk {
  const t = useT(boardTexts)
  const { message } = App.useApp()
  const [chosen, select] = useState<readonly string[]>([])
  const [copied, setCopied] = useState(lastCopied)
  const selected = chosen.filter((id) => isStep(id) === (nodeOf(definition, id) !== undefined))
  const steps = selected.filter(isStep)

  const take = useCallback((): Copied | null => {
    const part = partOf(definition, steps)
    if (part === null) return null
    lastCopied = { part, from: journeyId, text: partText(part, journeyId) }
    setCopied(lastCopied)
    void message.success(t('copied', { count: part.nodes.length }))
    return lastCopied
  }, [definition, steps, journeyId, message, t])

  const put = useCallback(
    ({ part, from }: Omit<Copied, 'text'>, edge: EdgeRef | null) => {
      const action: GraphAction = { type: 'paste', part, edge, own: from === journeyId }
      const added = addedBy(definition, action)
      if (added.length === 0) return void message.error(t('tooMany', { max: nodesMax }))
      act(action)
      select(added)
      void message.success(t(edge === null ? 'pastedLoose' : 'pasted', { count: part.nodes.length }))
    },
    [definition, journeyId, act, message, t],
  )
  /** Behind the one step that is chosen; else loose. */
  const place = (): EdgeRef | null => {
    const node = steps.length === 1 ? nodeOf(definition, steps[0] ?? '') : undefined
    const field = node && mainExit(node)
    return node === undefined || field === undefined ? null : { from: node.id, field }
  }
  const remove = () => {
    for (const id of selected) {
      const note = noteIdOf(id)
      if (note !== null) act({ type: 'note_remove', id: note })
    }
    if (steps.length > 0) act({ type: 'remove_all', ids: steps })
    select([])
  }
  const desk: SelectionDesk = {
    selected,
    select,
    steps,
    pasting: copied?.part.nodes.length ?? 0,
    copy() {
      const taken = take()
      if (taken !== null) void navigator.clipboard?.writeText(taken.text).catch(() => {})
    },
    cut() {
      desk.copy()
      remove()
    },
    duplicate() {
      const part = partOf(definition, steps)
      if (part !== null) put({ part, from: journeyId }, behind(part))
    },
    remove,
    paste: (edge) => copied !== null && put(copied, edge),
  }

  const latest = useRef({ take, put, place, remove, editable })
  latest.current = { take, put, place, remove, editable }
  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => {
      if (isWriting() || !event.clipboardData) return
      const taken = latest.current.take()
      if (taken === null) return
      event.clipboardData.setData('text/plain', taken.text)
      event.preventDefault()
      if (event.type === 'cut' && latest.current.editable) latest.current.remove()
    }
    const onPaste = (event: ClipboardEvent) => {
      if (isWriting() || !latest.current.editable) return
      const text = event.clipboardData?.getData('text/plain') ?? ''
      const read = partIn(text)
      const found = lastCopied !== null && text === lastCopied.text ? lastCopied : read && { part: read, from: read.from }
      if (found === null) return
      event.preventDefault()
      latest.current.put(found, latest.current.place())
    }
    document.addEventListener('copy', onCopy)
    document.addEventListener('cut', onCopy)
    document.addEventListener('paste', onPaste)
    return () => {
      document.removeEventListener('copy', onCopy)
      document.removeEventListener('cut', onCopy)
      document.removeEventListener('paste', onPaste)
    }
  }, [])
  return desk
}

/** Text is being written or marked: the clipboard is for that. */
function isWriting(): boolean {
  const place = document.activeElement
  if (place instanceof HTMLElement && place.closest('input,textarea,select,[contenteditable="true"]') !== null) return true
  return (window.getSelection()?.toString() ?? '') !== ''
}
