import type { RunStep } from './step-words.ts'

/** The version that the run walked through at each line of its story, and, behind the last one, at its end. */
export function versionsWalked(steps: readonly Pick<RunStep, 'outcome' | 'details'>[], last: number): number[] {
  const versions: number[] = []
  let version = last
  for (const { outcome, details } of [{ outcome: 'end', details: {} }, ...steps.toReversed()]) {
    if (outcome === 'moved' && typeof details.fromVersion === 'number') version = details.fromVersion
    versions.unshift(version)
  }
  return versions
}
