import type { Rule } from '@chaoxi/contract'
import { useState } from 'react'
import { type History, startHistory, withHistory } from '../ui/history.ts'
import { asGroup, ruleAt } from './rule-editing.ts'
import { editRule, type RuleEdit, typingPlace } from './rule-edits.ts'

export const ruleHistory = withHistory(editRule)

/** The name under which an edit is undone together with the one before it; null for an edit of its own. */
export function mergeKey(rule: Rule, edit: RuleEdit): string | null {
  if (edit.type !== 'set') return null
  const before = ruleAt(rule, edit.path)
  const place = before === undefined ? null : typingPlace(before, edit.rule)
  return place === null ? null : `${edit.path.join('.')}${place}`
}

export function doEdit(history: History<Rule>, edit: RuleEdit): History<Rule> {
  const merge = mergeKey(history.present, edit)
  return ruleHistory(history, { type: 'do', action: edit, ...(merge === null ? {} : { merge }) })
}

export interface RuleSession {
  readonly root: Rule
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly edit: (edit: RuleEdit) => void
  readonly undo: () => void
  readonly redo: () => void
}

/** Undo and redo over a rule that somebody else keeps; what they put in its place is an edit too. */
export function useRuleHistory(value: Rule, onChange: (rule: Rule) => void): RuleSession {
  const [told, setTold] = useState<{ value: Rule; history: History<Rule> }>(() => ({ value, history: startHistory(asGroup(value)) }))
  const history = told.value === value ? told.history : doEdit(told.history, { type: 'replace', rule: value })
  const step = (next: History<Rule>) => {
    if (next === history) return
    setTold({ value: next.present, history: next })
    onChange(next.present)
  }
  return {
    root: history.present,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    edit: (edit) => step(doEdit(history, edit)),
    undo: () => step(ruleHistory(history, { type: 'undo' })),
    redo: () => step(ruleHistory(history, { type: 'redo' })),
  }
}
