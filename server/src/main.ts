import { flushCompileCache } from 'node:module'
import type { Chaoxi } from './boot.ts'
import { type Config, ConfigError, readConfig } from './platform/config.ts'

// Errors of the person's surroundings come out as one line; anything else is our bug and comes out whole.
function fail(...words: unknown[]): never {
  console.error(...words)
  process.exit(1)
}
const failWhole = (error: unknown): never => fail('chaoxi: could not start:', error instanceof Error ? error.message : error)

function configOrFail(): Config {
  try {
    return readConfig()
  } catch (error) {
    return error instanceof ConfigError ? fail(`chaoxi: the configuration is not usable: ${error.message}`) : failWhole(error)
  }
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

const config = configOrFail()
// The whole program is loaded for a configuration that is usable.
const { StartError, startChaoxi } = await import('./boot.ts')
try {
  const chaoxi = await startChaoxi(config)
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
  if (error instanceof StartError) fail(`chaoxi: ${error.message}`)
  failWhole(error)
}
