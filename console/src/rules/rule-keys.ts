import type { RulePath } from './rule-editing.ts'
import type { RuleEdit } from './rule-edits.ts'

export interface PressedKey {
  readonly key: string
  readonly alt: boolean
  readonly ctrl: boolean
  readonly shift: boolean
}

/** What a key does to the node that has the focus; null where it does nothing. */
export function keyEdit({ key, alt, ctrl }: PressedKey, path: RulePath): RuleEdit | null {
  if (path.length === 0) return null
  if (alt) {
    if (key === 'ArrowUp') return { type: 'shift', path, by: -1 }
    if (key === 'ArrowDown') return { type: 'shift', path, by: 1 }
    if (key === 'ArrowRight') return { type: 'into', path }
    if (key === 'ArrowLeft') return { type: 'out', path }
    if (key.toLowerCase() === 'g') return { type: 'wrap', path }
    return null
  }
  if (ctrl) return key.toLowerCase() === 'd' ? { type: 'duplicate', path } : null
  if (key === 'Delete' || key === 'Backspace') return { type: 'remove', path }
  return null
}

/** Undo and redo, wherever in the builder the focus is. */
export function historyKey({ key, ctrl, shift }: PressedKey): 'undo' | 'redo' | null {
  if (!ctrl) return null
  const letter = key.toLowerCase()
  if (letter === 'z') return shift ? 'redo' : 'undo'
  return letter === 'y' ? 'redo' : null
}
