import { type Command, UsageError } from '../command.ts'
import { diffPart } from './diff.ts'
import { exportPart } from './export.ts'
import { importPart } from './import.ts'
import { type JourneysPart, parse } from './options.ts'
import { simulatePart } from './simulate.ts'
import { testRunPart } from './test-run.ts'
import { validatePart } from './validate.ts'

const parts: Readonly<Record<string, JourneysPart>> = {
  export: exportPart,
  import: importPart,
  validate: validatePart,
  diff: diffPart,
  simulate: simulatePart,
  'test-run': testRunPart,
}
const names = Object.keys(parts)

export const journeys: Command = {
  usage: `journeys ${names.join('|')} … [--server URL] [--api-key KEY]`,
  summary: [
    'Journeys as files for git, one JSON each. Validate answers 1 where something is wrong, diff 3 where something differs.',
    ...Object.entries(parts).map(([name, { usage }]) => `        ${name} ${usage}`),
  ].join('\n'),
  async run([name, ...args], shell) {
    const part = name !== undefined && Object.hasOwn(parts, name) ? parts[name] : undefined
    if (part === undefined) throw new UsageError(`journeys needs one of ${names.join(', ')}`)
    const { values, positionals } = parse(args)
    return part.run(positionals, values, shell)
  },
}
