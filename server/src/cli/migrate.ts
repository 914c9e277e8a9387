import { systemClock } from '../platform/clock.ts'
import { takeDataFolder } from '../platform/data-folder.ts'
import { createLogger } from '../platform/log.ts'
import { openStores } from '../platform/stores.ts'
import { type Command, exitCodes, UsageError } from './command.ts'

export const migrate: Command = {
  usage: 'migrate',
  summary: 'Brings the schema of both stores up to date (a start does this too) and ends.',
  async run(args, shell) {
    if (args.length > 0) throw new UsageError('migrate takes no arguments')
    const config = shell.config()
    const release = takeDataFolder(config.dataFolder)
    try {
      const stores = await openStores(config, systemClock, createLogger(config.logLevel))
      await stores.close()
    } finally {
      release()
    }
    shell.out('Both stores are up to date.\n')
    return exitCodes.done
  },
}
