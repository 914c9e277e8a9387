import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { journeyText } from '@chaoxi/contract'
import { exitCodes, UsageError } from '../command.ts'
import { apiOf, type JourneysPart } from './options.ts'
import { draftFile, onServer } from './source.ts'

export const exportPart: JourneysPart = {
  usage: 'FOLDER|FILE.json [KEY...] [--places]',
  async run([path, ...keys], options, shell) {
    if (path === undefined) throw new UsageError('journeys export needs a folder, or a file and the key of a journey')
    const call = apiOf(options, shell)
    const single = path.endsWith('.json')
    if (single && keys.length !== 1) throw new UsageError('one journey goes into one file: name its key, or give a folder')
    const { items } = await call('journeys')
    // What is archived is history; it goes out where somebody names it.
    const wanted = keys.length > 0 ? keys : items.filter(({ status }) => status !== 'archived').map(({ key }) => key)
    if (!single) mkdirSync(path, { recursive: true })
    for (const key of wanted) {
      const file = single ? path : join(path, `${key}.json`)
      writeFileSync(file, journeyText(draftFile(await onServer(call, key), { places: options.places })))
      shell.out(`${file}\n`)
    }
    shell.out(`${wanted.length} journey${wanted.length === 1 ? '' : 's'} exported\n`)
    return exitCodes.done
  },
}
