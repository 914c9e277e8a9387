import type { Rule, TagValue } from '@chaoxi/contract'
import { type Naming, ruleSentence } from '../rules/rule-sentence.ts'

/** A rule as lines of an outline: a line for each group and each condition. */
export interface RuleLine {
  readonly depth: number
  readonly text: string
}

export interface LineWords {
  readonly all: string
  readonly any: string
  readonly not: string
}

export function linesOf(rule: Rule | null, naming: Naming, words: LineWords, depth = 0): RuleLine[] {
  if (rule === null) return []
  if (rule.kind === 'all' || rule.kind === 'any')
    return [{ depth, text: words[rule.kind] }, ...rule.rules.flatMap((child) => linesOf(child, naming, words, depth + 1))]
  if (rule.kind === 'not' && (rule.rule.kind === 'all' || rule.rule.kind === 'any'))
    return [{ depth, text: words.not }, ...linesOf(rule.rule, naming, words, depth + 1)]
  return [{ depth, text: ruleSentence(rule, naming) }]
}

/** A definition's rule, or its values in their order, each with its rule below. */
export function definitionLines(
  { rule, values }: { readonly rule: Rule | null; readonly values: readonly TagValue[] },
  naming: Naming,
  words: LineWords,
): RuleLine[] {
  if (rule !== null) return linesOf(rule, naming, words)
  return values.flatMap((one) => [{ depth: 0, text: one.value }, ...linesOf(one.rule, naming, words, 1)])
}

export interface DiffLine extends RuleLine {
  readonly state: 'same' | 'added' | 'removed'
}

const same = (a: RuleLine | undefined, b: RuleLine | undefined) => a !== undefined && a.text === b?.text && a.depth === b.depth

/** What has to go and what to come to get from one outline to the other: along a longest common subsequence. */
export function diffLines(before: readonly RuleLine[], after: readonly RuleLine[]): DiffLine[] {
  const longest = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = longest[i]
      if (row) row[j] = same(before[i], after[j]) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]]
    if (now !== undefined && same(old, now)) {
      lines.push({ ...now, state: 'same' })
      i++
      j++
    } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ ...old, state: 'removed' })
      i++
    } else if (now !== undefined) {
      lines.push({ ...now, state: 'added' })
      j++
    }
  }
  return lines
}
