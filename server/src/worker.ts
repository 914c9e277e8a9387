import { deliveryLoop, trialPostLoop } from './delivery/index.ts'
import { workerLoops } from './journeys/index.ts'
import { systemClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { createIds } from './platform/ids.ts'
import { createLoops } from './platform/jobs/loops.ts'
import { createLogger, type Logger } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { openSeal } from './platform/seal.ts'
import { openSharedStores, readStoresFile, type StoresFile } from './platform/shared-stores.ts'
import { wire } from './wiring.ts'

// A process that moves journeys and sends messages beside the main one, on its stores. Batches are claimed by row locks, so there
// may be any number. What takes events in, or tells the intake of something, stays with the main process.

const lookEveryMs = 250

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })

async function open(found: StoresFile, config: Config, log: Logger): Promise<() => Promise<void>> {
  const stores = await openSharedStores(found, log)
  const metrics = createMetrics()
  const loops = createLoops({ log, metrics })
  const house = wire({
    ...stores,
    clock: systemClock,
    ids: createIds(systemClock),
    log,
    metrics,
    loops,
    publicUrl: found.publicUrl,
    checkResponses: false,
    runsKeptDays: config.runsKeptDays,
    outboundAllow: config.outboundAllow,
    seal: openSeal(config.dataFolder, config.sealKey),
  })
  loops.start(new Set([...workerLoops, deliveryLoop, trialPostLoop]))
  return async () => {
    await loops.stop()
    await house.delivery.stop()
    await stores.close()
  }
}

/** Works until `signal`; waits for the main process while it is not there, and begins anew when that was started again. */
export async function runWorker(config: Config, signal: AbortSignal, told: (state: 'waiting' | 'working') => void): Promise<void> {
  const log = createLogger(config.logLevel)
  while (!signal.aborted) {
    const found = readStoresFile(config.dataFolder)
    if (found === null) {
      told('waiting')
      await pause(lookEveryMs, signal)
      continue
    }
    const close = await open(found, config, log)
    told('working')
    while (!signal.aborted && readStoresFile(config.dataFolder)?.id === found.id) await pause(lookEveryMs, signal)
    await close().catch((error: unknown) => log.warn({ err: error }, 'the stores went away while the worker stopped'))
  }
}
