import type { Loop, Loops } from '../../src/platform/jobs/loops.ts'

/** Loops of one process, run when the test says so. */
export function createHandLoops(): Loops {
  const loops = new Map<string, Loop>()
  return {
    add: (loop) => void loops.set(loop.name, loop),
    wake: () => {},
    start: () => {},
    stop: async () => {},
    drain: async () => {},
    runOnce: async (name) => (await loops.get(name)?.run()) ?? false,
  }
}
