import { parseArgs } from 'node:util'
import { type ApiCall, openApi } from '../api-client.ts'
import { type ExitCode, type Shell, UsageError } from '../command.ts'

/** One thing that the command does: `chaoxi journeys NAME …`. */
export interface JourneysPart {
  /** After the name. */
  readonly usage: string
  run(paths: readonly string[], options: JourneysOptions, shell: Shell): Promise<ExitCode>
}

const flags = {
  server: { type: 'string' },
  'api-key': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  places: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  share: { type: 'string' },
  review: { type: 'string' },
  days: { type: 'string' },
  everyone: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  csv: { type: 'boolean', default: false },
  people: { type: 'string' },
  choose: { type: 'string' },
  segment: { type: 'string' },
  speed: { type: 'string' },
  to: { type: 'string' },
  cover: { type: 'boolean', default: false },
} as const
export type JourneysOptions = ReturnType<typeof parse>['values']

export function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: flags })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

export const apiOf = (options: JourneysOptions, shell: Shell): ApiCall =>
  openApi({ server: options.server ?? null, apiKey: options['api-key'] ?? null, config: shell.config() })
