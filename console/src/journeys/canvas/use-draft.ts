import { type JourneyDetail, journeyDefinitionSchema } from '@chaoxi/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { ApiError, call } from '../../api/client.ts'
import { startHistory, withHistory } from '../../ui/history.ts'
import { type Draft, type DraftAction, draftReducer } from './draft.ts'

/** The pause in editing after which the draft is saved. */
const savePauseMs = 800
/** After a save that failed for no reason of the draft's. */
const retryMs = 5_000

export type SaveState = 'saved' | 'saving' | 'waiting' | 'failed' | 'conflict'

const reducer = withHistory(draftReducer)
const draftOf = ({ name, description, draft }: JourneyDetail): Draft => ({ name, description, definition: draft })

const isSame = (a: Draft, b: Draft): boolean => a.definition === b.definition && a.name === b.name && a.description === b.description

export interface DraftSession {
  readonly journeyId: string
  readonly draft: Draft
  readonly state: SaveState
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** Edits with the same `merge` in a row are undone together. */
  readonly act: (action: DraftAction, merge?: string) => void
  readonly undo: () => void
  readonly redo: () => void
  /** What somebody else stored meanwhile, while one's own is not saved. */
  readonly theirs: JourneyDetail | null
  readonly takeTheirs: () => void
  readonly overwrite: () => Promise<void>
}

/**
 * One editing session of a draft: undo, redo and autosave. Saves carry the revision that they started from, so that
 * two people never overwrite each other unasked; a draft that the contract does not take yet waits until it is whole.
 */
export function useDraft(journey: JourneyDetail, editable: boolean, onTheirs: (stored: JourneyDetail) => void): DraftSession {
  const client = useQueryClient()
  const [history, dispatch] = useReducer(reducer, journey, (loaded) => startHistory(draftOf(loaded)))
  const revision = useRef(journey.draftRevision)
  const saved = useRef<Draft>(history.present)
  const adopted = useRef<Draft | null>(null)
  const [outcome, setOutcome] = useState<'idle' | 'saving' | 'failed' | 'conflict'>('idle')
  const [, setSavedCount] = useState(0)
  const [theirs, setTheirs] = useState<JourneyDetail | null>(null)
  const { present } = history
  const dirty = present !== saved.current
  const savable = present.name.trim() !== '' && (!dirty || journeyDefinitionSchema.safeParse(present.definition).success)

  const keep = useCallback(
    (answer: JourneyDetail, draft: Draft) => {
      revision.current = answer.draftRevision
      saved.current = draft
      setSavedCount((count) => count + 1)
      setOutcome('idle')
      setTheirs(null)
      client.setQueryData(['journey', { params: { id: journey.id } }], answer)
      void client.invalidateQueries({ queryKey: ['journeys'] })
    },
    [client, journey.id],
  )
  const save = useCallback(
    async (draft: Draft) => {
      setOutcome('saving')
      try {
        keep(await call('journeyDraft', { params: { id: journey.id }, body: { ...draft, draftRevision: revision.current } }), draft)
      } catch (error) {
        const isStale = error instanceof ApiError && error.code === 'stale_revision'
        const stored = isStale ? await call('journey', { params: { id: journey.id } }).catch(() => null) : null
        setTheirs(stored)
        // While nobody can say what is there, it is tried again.
        setOutcome(stored === null ? 'failed' : 'conflict')
      }
    },
    [journey.id, keep],
  )
  useEffect(() => {
    if (!editable || !dirty || !savable || outcome === 'saving' || outcome === 'conflict') return
    const timer = setTimeout(() => void save(present), outcome === 'failed' ? retryMs : savePauseMs)
    return () => clearTimeout(timer)
  }, [present, dirty, savable, outcome, editable, save])

  const act = useCallback(
    (action: DraftAction, merge?: string) => dispatch({ type: 'do', action, ...(merge === undefined ? {} : { merge }) }),
    [],
  )
  /** As edits, so that undo brings one's own back. */
  const adopt = useCallback(
    (stored: JourneyDetail) => {
      const draft = draftOf(stored)
      act({ type: 'replace', definition: draft.definition }, `adopt ${stored.draftRevision}`)
      act({ type: 'facts', patch: { name: draft.name, description: draft.description } }, `adopt ${stored.draftRevision}`)
      revision.current = stored.draftRevision
      adopted.current = draft
      setTheirs(null)
      setOutcome('idle')
    },
    [act],
  )
  // The reducer makes an object of its own of what was taken over: it is what is stored.
  if (adopted.current !== null && isSame(present, adopted.current)) {
    saved.current = present
    adopted.current = null
  }
  useEffect(() => {
    if (dirty || outcome !== 'idle' || journey.draftRevision <= revision.current) return
    adopt(journey)
    onTheirs(journey)
  }, [journey, dirty, outcome, adopt, onTheirs])
  return {
    journeyId: journey.id,
    draft: present,
    state: outcome === 'conflict' || outcome === 'failed' ? outcome : !dirty ? 'saved' : savable ? 'saving' : 'waiting',
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    act,
    undo: () => dispatch({ type: 'undo' }),
    redo: () => dispatch({ type: 'redo' }),
    theirs,
    takeTheirs: () => theirs !== null && adopt(theirs),
    async overwrite() {
      // Only what was looked at is overwritten: somebody who saves right now is asked about again.
      if (theirs !== null) revision.current = theirs.draftRevision
      await save(present)
    },
  }
}
