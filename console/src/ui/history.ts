/**
 * Undo and redo over any pure reducer. Edits that carry the same `merge` key and follow each other (typing in one
 * field) are one step.
 */
export interface History<T> {
  readonly past: readonly T[]
  readonly present: T
  readonly future: readonly T[]
  readonly merge: string | null
}

export type HistoryAction<A> =
  | { readonly type: 'do'; readonly action: A; readonly merge?: string }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }

/** Enough for an hour of work on one journey or rule, little enough to keep in memory. */
const pastMax = 200

export const startHistory = <T>(present: T): History<T> => ({ past: [], present, future: [], merge: null })

export function withHistory<T, A>(reducer: (state: T, action: A) => T): (history: History<T>, action: HistoryAction<A>) => History<T> {
  return (history, action) => {
    switch (action.type) {
      case 'undo': {
        const previous = history.past.at(-1)
        if (previous === undefined) return history
        return { past: history.past.slice(0, -1), present: previous, future: [history.present, ...history.future], merge: null }
      }
      case 'redo': {
        const [next, ...future] = history.future
        if (next === undefined) return history
        return { past: [...history.past, history.present], present: next, future, merge: null }
      }
      case 'do': {
        const present = reducer(history.present, action.action)
        if (present === history.present) return history
        const merge = action.merge ?? null
        if (merge !== null && merge === history.merge) return { ...history, present, future: [] }
        return { past: [...history.past, history.present].slice(-pastMax), present, future: [], merge }
      }
    }
  }
}
