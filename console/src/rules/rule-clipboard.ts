import { type Rule, ruleSchema } from '@chaoxi/contract'
import { readJson } from './json-reading.ts'

// The system's clipboard is closed to pages without TLS, so the last copy is kept here too.
let kept: string | null = null

export const ruleText = (rule: Rule): string => JSON.stringify(rule, null, 2)

/** A rule that a text holds, or null. */
export function ruleFromText(text: string): Rule | null {
  const reading = readJson(text, ruleSchema)
  return reading.ok ? reading.value : null
}

export function keepCopy(rule: Rule): string {
  kept = ruleText(rule)
  return kept
}

export async function copyRule(rule: Rule): Promise<void> {
  const text = keepCopy(rule)
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Kept above.
  }
}

/** What was copied last, here or (where the browser lets us look) elsewhere. Null when it is no rule. */
export async function copiedRule(): Promise<Rule | null> {
  let text = kept
  try {
    const theirs = await navigator.clipboard.readText()
    if (ruleFromText(theirs) !== null) text = theirs
  } catch {
    // Not allowed to look.
  }
  return text === null ? null : ruleFromText(text)
}
