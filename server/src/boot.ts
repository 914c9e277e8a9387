import { existsSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { type Companions, createCompanions } from './companions.ts'
import { takeIngestLease } from './ingest/index.ts'
import { type Clock, systemClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { FolderTaken, takeDataFolder } from './platform/data-folder.ts'
import { createIds, type RandomBytes } from './platform/ids.ts'
import { createLoops, type Loops } from './platform/jobs/loops.ts'
import { createLogger } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { openSeal } from './platform/seal.ts'
import { shareStores } from './platform/shared-stores.ts'
import { openStores, type Stores } from './platform/stores.ts'
import { writeWholeFile } from './platform/whole-file.ts'
import { type House, wire } from './wiring.ts'
import type { FirstWorkspace } from './workspaces/index.ts'

/** The program cannot start for a reason that the person at the terminal can mend; the message is one line. */
export class StartError extends Error {}

export interface Chaoxi {
  /** `http://127.0.0.1:7700` */
  readonly url: string
  readonly first: FirstWorkspace
  readonly house: House
  readonly app: Hono
  readonly companions: Companions
  readonly loops: Loops
  /** Takes no more requests, finishes what was begun, closes the stores. */
  stop(): Promise<void>
}

/** What tests put in the place of the real thing. */
export interface BootOverrides {
  readonly clock?: Clock
  readonly random?: RandomBytes
  /** Opened elsewhere and closed by the caller. */
  readonly stores?: Pick<Stores, 'db' | 'clickhouse'>
  /** Loops are not started: the test drains them. */
  readonly manualLoops?: boolean
  readonly checkResponses?: boolean
}

/** Fails early and in words: finding out after the stores are up would cost the person half a minute. */
async function checkPort(port: number): Promise<void> {
  if (port === 0) return
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new StartError(`port ${port} is taken; stop what listens there, or set CHAOXI_PORT`)
          : new StartError(`port ${port} cannot be used: ${error.message}`),
      )
    })
    probe.listen(port, () => probe.close(() => resolve()))
  })
}

/** Starts the whole program on one port. Whatever was started is stopped again when a later part fails. */
export async function startChaoxi(config: Config, overrides: BootOverrides = {}): Promise<Chaoxi> {
  const clock = overrides.clock ?? systemClock
  const log = createLogger(config.logLevel)
  const stops: (() => void | Promise<void>)[] = []
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one()
  }
  try {
    await checkPort(config.port)
    if (!overrides.stores) stops.push(lockFolder(config.dataFolder))
    const metrics = createMetrics()
    const ids = overrides.random ? createIds(clock, overrides.random) : createIds(clock)
    const loops = createLoops({ log, metrics })
    let stores = overrides.stores
    let postgresUrl: string | null = null
    if (!stores) {
      const opened = await openStores(config, clock, log)
      stops.push(opened.close)
      stores = opened
      postgresUrl = opened.postgresUrl
    }
    const lease = await takeIngestLease(stores.db)
    if (!lease) throw new StartError('another Chaoxi takes events into this database already; there can be one at a time')
    stops.push(lease.release)

    const { server, port, setHandler } = await listen(config.port)
    stops.push(() => closeServer(server))
    const url = `http://127.0.0.1:${port}`
    const house = wire({
      ...stores,
      clock,
      ids,
      log,
      metrics,
      loops,
      publicUrl: config.publicUrl ?? url,
      checkResponses: overrides.checkResponses ?? false,
      runsKeptDays: config.runsKeptDays,
      outboundAllow: config.outboundAllow,
      seal: openSeal(config.dataFolder, config.sealKey),
      ...(overrides.stores ? {} : { seenFile: join(config.dataFolder, 'seen-messages.bin') }),
    })
    const first = await house.workspaces.ensureFirstWorkspace({
      name: '潮汐小店',
      timeZone: 'Asia/Shanghai',
      adminEmail: config.admin.email,
      adminPassword: config.admin.password,
      writeKey: config.writeKey,
      apiKey: config.apiKey,
    })
    await house.ingest.recover()
    const companions = await createCompanions({
      house,
      first,
      clock,
      ids,
      log,
      loops,
      publicUrl: url,
      dataFolder: config.dataFolder,
      standInUrl: config.standInUrl,
    })
    stops.push(() => companions.standIn.close())
    let startingWith: string | null = config.sample === 'demo' ? 'the sample workspace is loading' : null
    const app = house.createApp(companions.routes, () => startingWith)
    setHandler(app)
    if (postgresUrl !== null) {
      const { clickhouse } = stores
      const shared = { clickhouse, postgresUrl, clickhouseUrl: config.clickhouseUrl, publicUrl: config.publicUrl ?? url }
      stops.push(await shareStores(config.dataFolder, shared))
    }
    if (!overrides.manualLoops) loops.start()
    if (config.sample === 'demo') await loadSampleOnce(config.dataFolder, first.created, companions)
    startingWith = null
    const removeRunFile = overrides.stores ? () => {} : writeRunFile(config.dataFolder, { url, writeKey: first.writeKey })
    // New work ends first, then what was begun is finished while the stores are still there.
    stops.push(async () => {
      removeRunFile()
      await loops.stop()
      await house.stopWebhooks()
      await house.delivery.stop()
      await closeServer(server)
      await house.ingest.close()
    })
    return { url, first, house, app, companions, loops, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function lockFolder(folder: string): () => void {
  try {
    return takeDataFolder(folder)
  } catch (error) {
    throw error instanceof FolderTaken ? new StartError(error.message) : error
  }
}

/** Into a new workspace only. A marker stands while it loads, so that a start after a crash in the middle completes it. */
async function loadSampleOnce(folder: string, created: boolean, companions: Companions): Promise<void> {
  const marker = join(folder, 'sample-loading')
  if (!created && !existsSync(marker)) return
  writeFileSync(marker, '')
  await companions.loadSample()
  rmSync(marker, { force: true })
}

/** For the command line on this machine: where the running server is. It holds a key, so only its owner may read it. */
function writeRunFile(folder: string, content: { url: string; writeKey: string }): () => void {
  const file = join(folder, 'run.json')
  writeWholeFile(file, JSON.stringify({ ...content, pid: process.pid }), 0o600)
  return () => rmSync(file, { force: true })
}

async function listen(port: number): Promise<{ server: Server; port: number; setHandler(app: Hono): void }> {
  // Until the stores are ready everything is answered "not yet", so that whoever waits can tell slow from dead.
  let app: Hono | null = null
  const starting = () =>
    new Response('{"ready":false,"reason":"the stores are starting"}\n', {
      status: 503,
      headers: { 'content-type': 'application/json', 'retry-after': '1' },
    })
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: (request, env) => app?.fetch(request, env) ?? starting(), port }, (info) => {
      // serve() may answer an HTTP/2 server too; ours is made without options, so it is HTTP/1.1.
      resolve({
        server: server as Server,
        port: info.port,
        setHandler: (ready) => {
          app = ready
        },
      })
    })
    server.once('error', (error) => reject(new StartError(`port ${port} cannot be used: ${error.message}`)))
  })
}

/** Requests under way may finish; after this they are cut. */
const closeTimeoutMs = 5_000

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), closeTimeoutMs)
  await closed
  clearTimeout(timer)
}
