import type { Loops } from '../platform/jobs/loops.ts'
import type { Tags } from './tags.ts'

/** Names to `wake`: the evaluator after every intake, the others after a definition was saved. */
export const tagLoops = {
  evaluate: 'tags_evaluate',
  compute: 'tags_compute',
  flush: 'tags_flush',
  reconcile: 'tags_reconcile',
  boundaries: 'tags_boundaries',
} as const

// Each is one cheap look at PostgreSQL when there is nothing to do.
const evaluateEveryMs = 500
/** Every intake wakes the evaluator; one batch serves all that came meanwhile. */
const evaluateRestMs = 250
const computeEveryMs = 2_000
const flushEveryMs = 500
const reconcileEveryMs = 60_000
const boundariesEveryMs = 600_000

export function addTagLoops(loops: Loops, tags: Tags): void {
  loops.add({ name: tagLoops.evaluate, everyMs: evaluateEveryMs, restMs: evaluateRestMs, run: tags.work.evaluate })
  loops.add({ name: tagLoops.compute, everyMs: computeEveryMs, run: tags.work.compute })
  loops.add({ name: tagLoops.reconcile, everyMs: reconcileEveryMs, run: tags.work.reconcile })
  loops.add({ name: tagLoops.boundaries, everyMs: boundariesEveryMs, run: tags.work.boundaries })
  loops.add({ name: tagLoops.flush, everyMs: flushEveryMs, run: tags.work.flush })
}
