import { existsSync } from 'node:fs'
import { AppError, type Output, type TrialPeople, trialCsv, trialPeopleMax, trialSpeedMax } from '@chaoxi/contract'
import type { ApiCall } from '../api-client.ts'
import { exitCodes, type Shell, UsageError } from '../command.ts'
import { apiOf, type JourneysOptions, type JourneysPart } from './options.ts'
import { onServer, readJourney } from './source.ts'

type Report = Output<'journeyTrial'>

/** How often the server is asked how far it is. */
const askEveryMs = 1_000

export const testRunPart: JourneysPart = {
  usage: 'FILE.json|KEY|KEY@live [--people u1,u2|--choose 20 [--segment KEY]] [--speed 1440] [--to RECIPIENT,…] [--cover] [--json|--csv]',
  async run(names, options, shell) {
    const [name, ...more] = names
    if (name === undefined || more.length > 0) throw new UsageError('journeys test-run needs one journey: a file, KEY or KEY@live')
    const people = peopleOf(options)
    const speed = numberOf(options.speed, 1_440, trialSpeedMax, '--speed')
    const call = apiOf(options, shell)
    const file = name.endsWith('.json') || existsSync(name) ? readJourney(name) : null
    const live = file === null && name.endsWith('@live')
    const { id } = await onServer(call, file?.key ?? name.replace(/@(live|draft)$/, ''))
    const asked = await call('journeyTry', {
      params: { id },
      body: {
        version: live ? 'live' : 'draft',
        ...{ people, speed, ways: options.cover ? 'cover' : 'facts' },
        recipients: await recipientsOf(call, options.to),
        ...(file === null ? {} : { definition: file.definition }),
      },
    })
    const report = await finished(call, id, asked.id, shell)
    if (options.json) shell.out(`${JSON.stringify(report, null, 2)}\n`)
    else shell.out(options.csv ? trialCsv(report) : linesOf(report).join('\n').concat('\n'))
    return exitCodes.done
  },
}

function numberOf(text: string | undefined, otherwise: number, most: number, flag: string): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!(Number.isInteger(value) && value >= 1 && value <= most)) throw new UsageError(`${flag} needs 1 to ${most}`)
  return value
}

function peopleOf({ people, choose, segment }: JourneysOptions): TrialPeople {
  if (people !== undefined && choose !== undefined) throw new UsageError('--people names them, --choose lets them be chosen: take one')
  if (people !== undefined) return { kind: 'users', userIds: people.split(',') }
  const count = numberOf(choose, 20, trialPeopleMax, '--choose')
  return { kind: 'choose', count, ...(segment === undefined ? {} : { segment }) }
}

/** By name or id. */
async function recipientsOf(call: ApiCall, to: string | undefined): Promise<string[]> {
  if (to === undefined || to === 'none') return []
  const { items } = await call('testRecipients', {})
  return to.split(',').map((wanted) => {
    const found = items.find((one) => one.id === wanted || one.name === wanted)
    if (found === undefined)
      throw new UsageError(`there is no test recipient "${wanted}"; there are: ${items.map((one) => one.name).join(', ')}`)
    return found.id
  })
}

async function finished(call: ApiCall, id: string, trial: string, shell: Shell): Promise<Report> {
  for (;;) {
    const report = await call('journeyTrial', { params: { id, trial } })
    if (report.state === 'done' || report.state === 'stopped') return report
    if (report.state === 'failed') throw new AppError('internal', `The test run failed: ${report.reason}`)
    await shell.sleep(askEveryMs)
  }
}

function linesOf({ participants, coverage, problems, from, at }: Report): string[] {
  const messages = participants.flatMap(({ story }) => story?.messages ?? [])
  const sent = messages.filter((one) => one.outcome === 'sent').length
  const really = messages.filter((one) => one.test !== null && one.test.state !== 'not_sent').length
  return [
    `${participants.length} people from ${from} to ${at}; ${coverage.covered} of ${coverage.all} steps and ways seen`,
    `messages: ${sent} would go, ${messages.length - sent} stopped; ${really} really sent to test recipients`,
    'steps:',
    ...coverage.nodes.map(({ nodeId, seen, ways }) => {
      const taken = ways.map((one) => `${one.way} ${one.seen}`).join(', ')
      return `  ${nodeId}: ${seen}${taken === '' ? '' : ` (${taken})`}`
    }),
    `ended: ${coverage.results.map(({ result, count }) => `${result} ${count}`).join(', ') || 'nobody'}`,
    ...problems.map(
      ({ kind, nodeId, way, reason, count }) => `! ${nodeId || 'the door'}${way === null ? '' : ` → ${way}`}: ${kind} ${reason} (${count})`,
    ),
  ]
}
