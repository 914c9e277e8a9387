import type { Command } from './command.ts'

export function helpText(commands: Readonly<Record<string, Command>>): string {
  const entries = Object.values(commands)
  return [
    'npm run chaoxi -- COMMAND',
    '',
    ...entries.flatMap(({ usage, summary }) => [`  ${usage}`, `      ${summary}`]),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong command line or file, 3 done but something was refused, 130 interrupted.',
    '',
  ].join('\n')
}
