import type { Config } from '../platform/config.ts'

/** What a command may touch of the world outside; tests give their own. */
export interface Shell {
  out(text: string): void
  error(text: string): void
  readonly terminal: { readonly interactive: boolean; readonly columns: number }
  readonly config: () => Config
  now(): number
  sleep(ms: number): Promise<void>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

export const exitCodes = {
  done: 0,
  /** It did not work: the server, the disk, the stores. */
  failed: 1,
  /** The command line or a file given to it is wrong. */
  usage: 2,
  /** It worked, but some rows or files were refused. */
  partly: 3,
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export interface Command {
  readonly usage: string
  readonly summary: string
  run(args: readonly string[], shell: Shell): Promise<ExitCode>
}

/** The command line is wrong; the message says how to mend it. */
export class UsageError extends Error {}
