import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@chaoxi/contract'
import { systemClock } from '../platform/clock.ts'
import { ConfigError, readConfig } from '../platform/config.ts'
import { FolderTaken } from '../platform/data-folder.ts'
import { type Command, type ExitCode, exitCodes, type Shell, UsageError } from './command.ts'
import { helpText } from './help.ts'
import { importCommand } from './import.ts'
import { journeys } from './journeys/command.ts'
import { migrate } from './migrate.ts'
import { tags } from './tags.ts'
import { validate } from './validate.ts'
import { worker } from './worker.ts'

const commands: Readonly<Record<string, Command>> = { import: importCommand, tags, journeys, validate, migrate, worker }

/** One line for a person, with what is wrong in a file below it. */
function report(error: unknown, shell: Shell): ExitCode {
  if (shell.signal.aborted) {
    shell.error('Interrupted; what was acknowledged is kept, and the same command goes on from there.\n')
    return exitCodes.interrupted
  }
  if (error instanceof UsageError || error instanceof ConfigError) {
    shell.error(`${error.message}\n`)
    return exitCodes.usage
  }
  if (error instanceof AppError) {
    shell.error(`${error.message}\n`)
    for (const { path, message } of error.problems) shell.error(`  ${path}: ${message}\n`)
    return error.code === 'invalid_request' ? exitCodes.usage : exitCodes.failed
  }
  if (error instanceof FolderTaken) shell.error(`${error.message}\n`)
  else shell.error(`${error instanceof Error ? error.message : String(error)}\n`)
  return exitCodes.failed
}

export async function runCommandLine(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    shell.out(helpText(commands))
    return exitCodes.done
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    shell.error(`There is no command ${name}; npm run chaoxi -- help lists them\n`)
    return exitCodes.usage
  }
  try {
    return await command.run(rest, shell)
  } catch (error) {
    return report(error, shell)
  }
}

if (import.meta.main) {
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  process.once('SIGTERM', () => interrupted.abort())
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    terminal: { interactive: process.stderr.isTTY === true, columns: process.stderr.columns ?? 80 },
    config: () => readConfig(),
    now: () => systemClock.now(),
    sleep: (ms) => sleep(ms),
    signal: interrupted.signal,
  })
}
