import { exitCodes, UsageError } from '../command.ts'
import { apiOf, type JourneysPart } from './options.ts'
import { journeyNamed } from './source.ts'
import { differences } from './words.ts'

export const diffPart: JourneysPart = {
  usage: 'A [B], each a FILE.json or KEY, KEY@live, KEY@VERSION on the server; a file alone is held against its draft there',
  async run([a, b, ...more], options, shell) {
    if (a === undefined || more.length > 0) throw new UsageError('journeys diff needs two journeys: files, or KEY, KEY@live, KEY@VERSION')
    const open = () => apiOf(options, shell)
    const first = await journeyNamed(a, open)
    // Alone, a file is what the draft would become; something on the server, what came before the draft.
    const other = await journeyNamed(b ?? first.file.key, open)
    const [before, after] = b === undefined && first.title === a ? [other, first] : [first, other]
    const lines = differences(before.file, after.file)
    if (lines.length === 0) {
      shell.out(`${before.title} and ${after.title} are the same\n`)
      return exitCodes.done
    }
    shell.out(`${before.title} → ${after.title}\n${lines.join('\n')}\n`)
    return exitCodes.partly
  },
}
