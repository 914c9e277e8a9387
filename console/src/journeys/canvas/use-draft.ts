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

export interface DraftSession {
  readonly draft: Draft
  readonly state: SaveState
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** Edits with the same `merge` in a row are undone together. */
  readonly act: (action: DraftAction, merge?: string) => void
  readonly undo: () => void
  readonly redo: () => void
  readonly takeTheirs: () => Promise<void>
  readonly overwrite: () => Promise<void>
}

/**
 * One editing session of a draft: undo, redo and autosave. Saves carry the revision that they started from, so that
 * two people never overwrite each other unasked; a draft that the contract does not take yet waits until it is whole.
 */
export function useDraft(journey: JourneyDetail, editable: boolean): DraftSession {
  const client = useQueryClient()
  const [history, dispatch] = useReducer(reducer, journey, (loaded) => startHistory(draftOf(loaded)))
  const revision = useRef(journey.draftRevision)
  const saved = useRef<Draft>(history.present)
  const [outcome, setOutcome] = useState<'idle' | 'saving' | 'failed' | 'conflict'>('idle')
  const [, setSavedCount] = useState(0)
  const { present } = history
  const dirty = present !== saved.current
  const savable = present.name.trim() !== '' && (!dirty || journeyDefinitionSchema.safeParse(present.definition).success)

  const keep = useCallback(
    (answer: JourneyDetail, draft: Draft) => {
      revision.current = answer.draftRevision
      saved.current = draft
      setSavedCount((count) => count + 1)
      setOutcome('idle')
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
        setOutcome(error instanceof ApiError && error.code === 'stale_revision' ? 'conflict' : 'failed')
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
  return {
    draft: present,
    state: outcome === 'conflict' || outcome === 'failed' ? outcome : !dirty ? 'saved' : savable ? 'saving' : 'waiting',
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    act,
    undo: () => dispatch({ type: 'undo' }),
    redo: () => dispatch({ type: 'redo' }),
    async takeTheirs() {
      const theirs = await call('journey', { params: { id: journey.id } })
      const draft = draftOf(theirs)
      // As one edit, so that undo brings one's own back.
      act({ type: 'replace', definition: draft.definition })
      act({ type: 'facts', patch: { name: draft.name, description: draft.description } })
      revision.current = theirs.draftRevision
      setOutcome('idle')
    },
    async overwrite() {
      revision.current = (await call('journey', { params: { id: journey.id } })).draftRevision
      await save(present)
    },
  }
}
