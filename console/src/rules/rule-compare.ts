import type { Rule } from '@chaoxi/contract'
import { isGroup, peel } from './rule-editing.ts'
import { type Naming, ruleSentence } from './rule-sentence.ts'

/** A rule as lines to read, one a condition, indented by their groups. */
export interface RuleLine {
  readonly depth: number
  readonly text: string
}

export interface ComparedLine extends RuleLine {
  readonly change: 'same' | 'added' | 'removed'
}

export function ruleLines(rule: Rule, naming: Naming, depth = 0): RuleLine[] {
  const { inner, negated } = peel(rule)
  if (!isGroup(inner)) return [{ depth, text: ruleSentence(rule, naming) }]
  return [
    { depth, text: heads[naming.language][inner.kind][negated ? 1 : 0] },
    ...inner.rules.flatMap((child) => ruleLines(child, naming, depth + 1)),
  ]
}

const heads = {
  zh: { all: ['满足全部条件', '不同时满足'], any: ['满足任一条件', '一条都不满足'] },
  en: { all: ['all of these', 'not all of these'], any: ['any of these', 'none of these'] },
} as const

/** What stayed, went and came, by the longest common run of lines: a rule has 500 of them at most. */
export function compareRules(before: Rule, after: Rule, naming: Naming): ComparedLine[] {
  const [old, fresh] = [ruleLines(before, naming), ruleLines(after, naming)]
  const same = (i: number, j: number) => old[i]?.text === fresh[j]?.text && old[i]?.depth === fresh[j]?.depth
  // common[i][j]: how many lines old from i and fresh from j have in common.
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0))
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = common[i] ?? []
    for (let j = fresh.length - 1; j >= 0; j -= 1) row[j] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: ComparedLine[] = []
  for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
    const [was, is] = [old[i], fresh[j]]
    if (was !== undefined && is !== undefined && same(i, j)) {
      lines.push({ ...is, change: 'same' })
      i += 1
      j += 1
    } else if (was !== undefined && (is === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ ...was, change: 'removed' })
      i += 1
    } else if (is !== undefined) {
      lines.push({ ...is, change: 'added' })
      j += 1
    }
  }
  return lines
}
