import { runWorker } from '../worker.ts'
import { type Command, exitCodes, UsageError } from './command.ts'

const words = {
  waiting: 'Waiting for the main process (npm start) on this data folder.\n',
  working: 'Moving journeys and sending messages. Ctrl-C stops it.\n',
} as const

export const worker: Command = {
  usage: 'worker',
  summary: 'Moves journeys and sends messages beside the running program, on its data folder (CHAOXI_DATA_DIR), until Ctrl-C.',
  async run(args, shell) {
    if (args.length > 0) throw new UsageError('worker takes no arguments')
    let said: keyof typeof words | null = null
    await runWorker(shell.config(), shell.signal, (state) => {
      if (state !== said) shell.out(words[state])
      said = state
    })
    return exitCodes.done
  },
}
