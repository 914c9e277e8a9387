import type { Post } from '../imports/index.ts'
import type { Config } from '../platform/config.ts'

const aliveTimeoutMs = 2_000

export const post: Post = (url, init) => fetch(url, init)

export async function isAlive(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(aliveTimeoutMs) })).ok
  } catch {
    return false
  }
}

/** A server in this process, on a free port, for commands that find none running. */
export async function startOwnServer(config: Config): Promise<{ url: string; writeKey: string; close(): Promise<void> }> {
  // Loaded on demand: a command that only talks to a server should not open the stores' native parts.
  const { startChaoxi } = await import('../boot.ts')
  const server = await startChaoxi({ ...config, port: 0, sample: 'none' })
  return { url: server.url, writeKey: server.first.writeKey, close: () => server.stop() }
}
