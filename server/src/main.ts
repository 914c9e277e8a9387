import { flushCompileCache } from 'node:module'
import { type Chaoxi, StartError, startChaoxi } from './boot.ts'
import { ConfigError, readConfig } from './platform/config.ts'

/** Errors of the person's surroundings come out as one line; anything else is our bug and comes out whole. */
function fail(error: unknown): never {
  if (error instanceof ConfigError) console.error(`chaoxi: the configuration is not usable: ${error.message}`)
  else if (error instanceof StartError) console.error(`chaoxi: ${error.message}`)
  else console.error('chaoxi: could not start:', error instanceof Error ? error.message : error)
  process.exit(1)
}

// A signal while the stores are starting waits for them: half-started databases are not to be left behind.
const starting = Promise.withResolvers<Chaoxi>()
let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  console.log('chaoxi: stopping')
  try {
    await (await starting.promise).stop()
    process.exit(0)
  } catch (error) {
    console.error('chaoxi: did not stop cleanly:', error)
    process.exit(1)
  }
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)

try {
  const chaoxi = await startChaoxi(readConfig())
  const { first, url } = chaoxi
  console.log(
    [
      '',
      '  潮汐 Chaoxi is running',
      '',
      `  Console     ${url}`,
      `  Login       ${first.adminEmail ?? 'your account'}${first.generatedPassword ? `  ${first.generatedPassword}   (shown this once)` : ''}`,
      `  Demo shop   ${url}/demo`,
      `  Write key   ${first.writeKey}`,
      '',
      '  Ctrl-C stops it.',
      '',
    ].join('\n'),
  )
  starting.resolve(chaoxi)
  // Otherwise written at an orderly end only.
  flushCompileCache()
} catch (error) {
  fail(error)
}
