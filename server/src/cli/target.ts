import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Target } from '../imports/index.ts'
import type { Config } from '../platform/config.ts'
import { UsageError } from './command.ts'

/** What a running server writes into its data folder, readable by its owner only. */
const runFileSchema = z.object({ url: z.url(), writeKey: z.string().min(1) })

export interface OpenTarget extends Target {
  /** Stops what was started for this command. */
  close(): Promise<void>
  readonly started: boolean
}

export interface TargetOptions {
  readonly server: string | null
  readonly writeKey: string | null
  readonly config: Config
  /** Starts a server in this process; answers where it is. */
  readonly start: (config: Config) => Promise<{ readonly url: string; readonly writeKey: string; close(): Promise<void> }>
  readonly isAlive: (url: string) => Promise<boolean>
}

export function readRunFile(folder: string): Target | null {
  try {
    const parsed = runFileSchema.safeParse(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** The server named by flags; else the one that runs on the data folder; else one of our own for as long as it takes. */
export async function openTarget({ server, writeKey, config, start, isAlive }: TargetOptions): Promise<OpenTarget> {
  const borrowed = (target: Target): OpenTarget => ({ ...target, started: false, close: async () => {} })
  const key = writeKey ?? config.writeKey
  if (server !== null) {
    if (key === null) throw new UsageError('--server needs --write-key KEY (or CHAOXI_WRITE_KEY)')
    return borrowed({ url: server, writeKey: key })
  }
  const running = readRunFile(config.dataFolder)
  // After a crash the file may name a server that is gone.
  if (running !== null && (await isAlive(running.url))) return borrowed({ url: running.url, writeKey: key ?? running.writeKey })
  const own = await start(config)
  return { url: own.url, writeKey: key ?? own.writeKey, started: true, close: () => own.close() }
}
