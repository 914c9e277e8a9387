import { createHash } from 'node:crypto'
import type { StepOutcome } from '../core/run.ts'

// What the counters count, as numbers by which the people behind a counter are found.

export interface Marked {
  readonly workspaceId: number
  readonly journeyId: string
  readonly version: number
  readonly nodeId: string
  readonly outcome: StepOutcome
  /** Left out: whichever was taken. */
  readonly way?: string | undefined
}

const known = new Map<string, number>()
const knownMax = 10_000

/** 48 bits of a hash: a number that JavaScript, JSON and both stores hold whole. Names of nodes and ways would be many times as long. */
export function markOf({ workspaceId, journeyId, version, nodeId, outcome, way = '' }: Marked): number {
  const name = JSON.stringify([workspaceId, journeyId, version, nodeId, outcome, way])
  const before = known.get(name)
  if (before !== undefined) return before
  const mark = createHash('sha256').update(name).digest().readUIntBE(0, 6)
  if (known.size >= knownMax) known.clear()
  known.set(name, mark)
  return mark
}
