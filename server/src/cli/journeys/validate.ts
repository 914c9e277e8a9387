import { AppError, journeyFileProblems, type Problem } from '@chaoxi/contract'
import type { ApiCall } from '../api-client.ts'
import { exitCodes, type Shell, UsageError } from '../command.ts'
import { apiOf, type JourneysPart } from './options.ts'
import { pathsAt, readJourney } from './source.ts'
import { problemWords } from './words.ts'

export const validatePart: JourneysPart = {
  usage: 'FILE|FOLDER... [--server URL] (without a server: what the files alone can tell)',
  async run(paths, options, shell) {
    if (paths.length === 0) throw new UsageError('journeys validate needs a file or a folder')
    const call = options.server === undefined ? null : apiOf(options, shell)
    let bad = 0
    for (const path of pathsAt(paths)) if (!(await isValid(path, call, shell))) bad++
    return bad > 0 ? exitCodes.failed : exitCodes.done
  },
}

async function isValid(path: string, call: ApiCall | null, shell: Shell): Promise<boolean> {
  try {
    const file = readJourney(path)
    const own = journeyFileProblems(file)
    const problems = call === null ? own : [...own, ...unsaid(await referenceProblems(call, file.definition), own)]
    for (const problem of problems) shell.error(`${path}: ${problemWords(problem, file)}\n`)
    if (problems.length === 0) shell.out(`${path}: a valid journey${call === null ? '' : ', and the server has what it names'}\n`)
    return problems.length === 0
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_request') throw error
    if (error.problems.length === 0) shell.error(`${error.message}\n`)
    for (const problem of error.problems) shell.error(`${path}: ${problem.path}: ${problem.message}\n`)
    return false
  }
}

async function referenceProblems(call: ApiCall, definition: Parameters<typeof journeyFileProblems>[0]['definition']): Promise<Problem[]> {
  const { problems } = await call('journeyCheck', { body: { definition } })
  return problems.map((problem) => ({ ...problem, path: `definition.${problem.path}` }))
}

const unsaid = (problems: readonly Problem[], said: readonly Problem[]): Problem[] =>
  problems.filter(({ path, message }) => !said.some((one) => one.path === path && one.message === message))
