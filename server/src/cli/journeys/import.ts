import { readFileSync, writeFileSync } from 'node:fs'
import { AppError, compareJourneys, isDifferent, type JourneyDetail, journeyText, withPlacesOf } from '@chaoxi/contract'
import type { ApiCall } from '../api-client.ts'
import { exitCodes, type Shell, UsageError } from '../command.ts'
import { apiOf, type JourneysOptions, type JourneysPart } from './options.ts'
import { draftFile, type FoundFile, findOnServer, fingerprint, journeysAt } from './source.ts'
import { problemWords } from './words.ts'

interface Step extends FoundFile {
  readonly what: 'created' | 'changed' | 'same'
  readonly stored: JourneyDetail | null
}

export const importPart: JourneysPart = {
  usage: 'FILE|FOLDER... [--dry-run] [--force] [--review NOTE] [--publish [--share PERCENT]]',
  async run(paths, options, shell) {
    if (paths.length === 0) throw new UsageError('journeys import needs a file or a folder')
    const share = shareOf(options)
    const call = apiOf(options, shell)
    const steps: Step[] = []
    for (const found of journeysAt(paths)) steps.push(await planned(found, call))
    if (!options.force) refuseOverwriting(steps)
    const count = { created: 0, changed: 0, same: 0 }
    for (const step of steps) {
      count[step.what]++
      if (step.what !== 'same') shell.out(`${options['dry-run'] ? 'would be ' : ''}${step.what}: ${step.file.key} ${step.file.name}\n`)
      if (options['dry-run'])
        await tellProblems(step, (await call('journeyCheck', { body: { definition: step.file.definition } })).problems, shell)
      else await named(step.path, () => doStep(step, call, { ...options, percent: share }, shell))
    }
    shell.out(`${count.created} created, ${count.changed} changed, ${count.same} the same`)
    shell.out(options['dry-run'] ? ' (nothing was written)\n' : '\n')
    return exitCodes.done
  },
}

function shareOf({ share, publish }: JourneysOptions): number {
  if (share === undefined) return 100
  if (!publish) throw new UsageError('--share goes with --publish')
  const percent = Number(share)
  if (!(percent >= 0.01 && percent <= 100)) throw new UsageError('--share needs per cent: 0.01 to 100')
  return percent
}

async function planned(found: FoundFile, call: ApiCall): Promise<Step> {
  const stored = await findOnServer(call, found.file.key)
  if (stored === null) return { ...found, what: 'created', stored }
  const places = found.file.definition.nodes.some((node) => node.place !== undefined)
  const text = (file: FoundFile['file']) => journeyText({ ...file, base: undefined })
  const same = text(draftFile(stored, { places })) === text(found.file)
  return { ...found, what: same ? 'same' : 'changed', stored }
}

function refuseOverwriting(steps: readonly Step[]): void {
  const problems = steps.flatMap(({ what, stored, file, path }) => {
    if (what !== 'changed' || stored === null) return []
    if (fingerprint(draftFile(stored, { places: false })) === file.base) return []
    const why =
      file.base === undefined ? 'does not say which draft it was made from' : 'was made from another draft than the server has now'
    const mend = `see "journeys diff ${path}", then export anew and make the change again, or overwrite the draft with --force`
    return [{ path, message: `${why}; ${mend}` }]
  })
  if (problems.length > 0) throw new AppError('stale_revision', 'Nothing was changed', problems)
}

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw new AppError(error.code, `${path}: ${error.message}`, error.problems)
    throw error
  }
}

async function doStep(step: Step, call: ApiCall, options: JourneysOptions & { percent: number }, shell: Shell): Promise<void> {
  const stored = await written(step, call)
  rebase(step, stored)
  await tellProblems(step, stored.problems, shell)
  if (options.review !== undefined) await askReview(stored, options.review, call, shell)
  if (options.publish) await publish(stored, options.percent, call, shell)
}

function written({ file, what, stored }: Step, call: ApiCall): Promise<JourneyDetail> | JourneyDetail {
  const { key, name, description, definition } = file
  if (stored === null) return call('journeyCreate', { body: { key, name, description, definition } })
  if (what === 'same') return stored
  const body = { name, description, definition: withPlacesOf(definition, stored.draft), draftRevision: stored.draftRevision }
  return call('journeyDraft', { params: { id: stored.id }, body })
}

/** The file now says that it stands on what the server has, so that it may be edited and imported again. */
function rebase({ path, file }: Step, stored: JourneyDetail): void {
  const text = journeyText({ ...file, base: fingerprint(draftFile(stored, { places: false })) })
  if (readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
}

async function tellProblems({ file, path }: Step, problems: JourneyDetail['problems'], shell: Shell): Promise<void> {
  if (problems.length === 0) return
  shell.error(`${path}: as it is, this cannot be published\n`)
  for (const problem of problems) shell.error(`  ${problemWords({ ...problem, path: `definition.${problem.path}` }, file)}\n`)
}

async function askReview({ id, key, draftRevision, reviews }: JourneyDetail, note: string, call: ApiCall, shell: Shell): Promise<void> {
  const [latest] = reviews
  if (latest?.current && (latest.state === 'requested' || latest.state === 'approved')) {
    shell.out(`${key}: this draft is ${latest.state === 'approved' ? 'approved' : 'waiting for its review'} already\n`)
    return
  }
  await call('journeyReviewRequest', { params: { id }, body: { note, draftRevision } })
  shell.out(`${key}: a review was asked for\n`)
}

async function publish({ id, key, draft, live, version }: JourneyDetail, share: number, call: ApiCall, shell: Shell): Promise<void> {
  if (live !== null && !isDifferent(compareJourneys(draft, live))) {
    shell.out(`${key}: version ${version} is this already\n`)
    return
  }
  const published = await call('journeyPublish', { params: { id }, query: { share } })
  shell.out(`${key}: published as version ${published.version}${share < 100 ? `, to ${share} per cent` : ''}\n`)
}
