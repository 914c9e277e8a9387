import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'

/** A piece of recurring work: each run does a bounded batch and says whether there may be more. */
export interface Loop {
  readonly name: string
  /** Longest pause between two runs when nothing wakes it, ms. */
  readonly everyMs: number
  /** Shortest pause, however often it is woken: what comes in a burst is then done together. */
  readonly restMs?: number
  /** Pause after a run that did something: what comes meanwhile is done together. */
  readonly gatherMs?: number
  /** True: did something, run again (at once, or after `gatherMs`). */
  run(): Promise<boolean>
}

/**
 * Runs loops side by side, each never twice at once. `wake` starts one before its pause is over. Tests do not start
 * them: they call `drain`, which runs every loop until none finds work, with the clock standing still.
 */
export interface Loops {
  add(loop: Loop): void
  wake(name: string): void
  /** All of them, or only those of these names. */
  start(only?: ReadonlySet<string>): void
  stop(): Promise<void>
  drain(): Promise<void>
  /** One run of one loop that was not started; whether it found work. */
  runOnce(name: string): Promise<boolean>
}

const drainRoundsMax = 10_000
const failurePauseMs = 1_000

export function createLoops({ log, metrics }: { log: Logger; metrics: Metrics }): Loops {
  const duration = metrics.histogram('loop_seconds', 'Duration of one run of a background loop', ['loop'])
  const failures = metrics.counter('loop_failures_total', 'Runs of a background loop that threw', ['loop'])
  interface Entry {
    loop: Loop
    wake: () => void
    /** Ends the rest too, at a stop. */
    cut: () => void
    woken: boolean
    done: Promise<void>
  }
  const entries = new Map<string, Entry>()
  let running = false

  /** Only a stop ends it early. */
  async function rest(entry: Entry, ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      entry.cut = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function pause(entry: Entry, ms: number): Promise<void> {
    const { restMs } = entry.loop
    if (restMs !== undefined && ms > restMs) await rest(entry, restMs)
    if (entry.woken || !running) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      entry.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function turn(entry: Entry): Promise<void> {
    while (running) {
      entry.woken = false
      const end = duration.startTimer({ loop: entry.loop.name })
      try {
        const more = await entry.loop.run()
        end()
        if (more && entry.loop.gatherMs !== undefined && running) await rest(entry, entry.loop.gatherMs)
        else if (more) await new Promise((resolve) => setImmediate(resolve))
        else if (running) await pause(entry, entry.loop.everyMs)
      } catch (error) {
        end()
        failures.inc({ loop: entry.loop.name })
        log.error({ err: error, loop: entry.loop.name }, 'background loop failed')
        entry.woken = false
        if (running) await pause(entry, failurePauseMs)
      }
    }
  }

  return {
    add(loop) {
      if (entries.has(loop.name)) throw new Error(`loop ${loop.name} is already there`)
      entries.set(loop.name, { loop, wake: () => {}, cut: () => {}, woken: false, done: Promise.resolve() })
    },
    wake(name) {
      const entry = entries.get(name)
      if (!entry) return
      entry.woken = true
      entry.wake()
    },
    start(only) {
      running = true
      for (const [name, entry] of entries) if (only === undefined || only.has(name)) entry.done = turn(entry)
    },
    async stop() {
      running = false
      for (const entry of entries.values()) {
        entry.cut()
        entry.wake()
      }
      await Promise.all([...entries.values()].map((entry) => entry.done))
    },
    async runOnce(name) {
      const entry = entries.get(name)
      if (!entry) throw new Error(`there is no loop ${name}`)
      return entry.loop.run()
    },
    async drain() {
      // How many have found nothing since one did last.
      let idle = 0
      for (let round = 0; idle < entries.size; round++) {
        if (round === drainRoundsMax) throw new Error(`background loops still find work after ${drainRoundsMax} rounds`)
        for (const { loop } of entries.values()) {
          if (idle === entries.size) return
          let runs = 0
          while (await loop.run()) if (++runs === drainRoundsMax) throw new Error(`${loop.name} still finds work after ${runs} runs`)
          idle = runs > 0 ? 1 : idle + 1
        }
      }
    },
  }
}
