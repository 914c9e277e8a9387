import { existsSync } from 'node:fs'
import { type Advice, AppError, type RehearsalResult, rehearsalDaysMax } from '@chaoxi/contract'
import type { ApiCall } from '../api-client.ts'
import { exitCodes, type Shell, UsageError } from '../command.ts'
import { apiOf, type JourneysOptions, type JourneysPart } from './options.ts'
import { onServer, readJourney } from './source.ts'

/** How often the server is asked whether it is done. */
const askEveryMs = 500

export const simulatePart: JourneysPart = {
  usage: 'FILE.json|KEY|KEY@live [--days 30] [--everyone] [--json]',
  async run(names, options, shell) {
    const [name, ...more] = names
    if (name === undefined || more.length > 0) throw new UsageError('journeys simulate needs one journey: a file, KEY or KEY@live')
    const days = daysOf(options)
    const call = apiOf(options, shell)
    const file = name.endsWith('.json') || existsSync(name) ? readJourney(name) : null
    const live = file === null && name.endsWith('@live')
    const { id } = await onServer(call, file?.key ?? name.replace(/@(live|draft)$/, ''))
    const asked = await call('journeyRehearse', {
      params: { id },
      body: {
        version: live ? 'live' : 'draft',
        days,
        reach: options.everyone ? 'everyone' : 'recorded',
        ...(file === null ? {} : { definition: file.definition }),
      },
    })
    const result = await finished(call, id, asked.id, shell)
    if (options.json) shell.out(`${JSON.stringify(result, null, 2)}\n`)
    else shell.out(linesOf(result).join('\n').concat('\n'))
    return exitCodes.done
  },
}

function daysOf({ days }: JourneysOptions): number {
  if (days === undefined) return 30
  const count = Number(days)
  if (!(Number.isInteger(count) && count >= 1 && count <= rehearsalDaysMax)) throw new UsageError(`--days needs 1 to ${rehearsalDaysMax}`)
  return count
}

async function finished(call: ApiCall, id: string, rehearsal: string, shell: Shell): Promise<RehearsalResult> {
  for (;;) {
    const { state, reason, result } = await call('journeyRehearsal', { params: { id, rehearsal } })
    if (result !== null) return result
    if (state === 'failed') throw new AppError('internal', `The simulation failed: ${reason}`)
    if (state === 'cancelled') throw new AppError('conflict', 'The simulation was called off')
    await shell.sleep(askEveryMs)
  }
}

const sum = (rows: readonly { count: number }[]) => rows.reduce((all, { count }) => all + count, 0)
const told = (rows: readonly { reason: string; count: number }[]) => rows.map(({ reason, count }) => `${reason} ${count}`).join(', ')

function linesOf(result: RehearsalResult): string[] {
  const { people, peopleInAll, entries, entrants, refusals, nodes, results, hours, peak, cost, inside, advice } = result
  const sent = nodes.reduce((all, node) => all + node.sent, 0)
  const dropped = nodes.reduce((all, node) => all + sum(node.dropped), 0)
  return [
    `played ${people}${people < peopleInAll ? ` of ${peopleInAll}` : ''} people in ${result.seconds} s, ${result.speed} times as fast as life`,
    `entries: ${entries} of ${entrants} people; kept out: ${refusals.length === 0 ? 'nobody' : told(refusals)}`,
    `messages: ${sent} sent, ${dropped} stopped, ${result.held} waiting; about ${(cost.fen / 100).toFixed(2)} yuan`,
    ...(peak === null ? [] : [`busiest hour: ${peak.at}, ${peak.sent} messages; by hour of the day: ${hours.join(' ')}`]),
    'steps:',
    ...nodes.map((node) => {
      const ways = node.ways.map(({ way, passed }) => `${way} ${passed}`).join(', ')
      const went =
        node.sent > 0 || node.dropped.length > 0
          ? `; sent ${node.sent}${node.dropped.length > 0 ? `, stopped: ${told(node.dropped)}` : ''}`
          : ''
      return `  ${node.nodeId}: ${node.entered} entered, ${node.left} left${ways === '' ? '' : ` (${ways})`}${went}`
    }),
    `ended: ${results.map(({ result: how, count }) => `${how} ${count}`).join(', ') || 'nobody'}; still inside: ${inside}`,
    ...advice.map((one) => `! ${adviceWords(one)}`),
  ]
}

function adviceWords(advice: Advice): string {
  switch (advice.kind) {
    case 'not_recorded':
      return `what brings people in (${advice.trigger}) is not among what is recorded, so nobody comes in`
    case 'coupon_over':
      return `${advice.nodeId} goes out ${advice.hours} hours after ${advice.grantId} at the earliest, whose coupon is good for ${advice.validHours} hours`
    case 'answers_assumed':
      return `who answers ${advice.nodeId} in truth nobody knows: ${advice.percent} per cent were taken as answered, the others timed out`
    case 'not_asked':
      return `nobody asks ${advice.endpoint} at ${advice.nodeId}: it is taken to have answered well with its samples${advice.without.length > 0 ? `; nothing is known of ${advice.without.join(', ')}` : ''}`
    case 'results_not_recorded':
      return `${advice.nodeId} goes by clicks or replies, which are not recorded for these messages, so no way is sure`
    case 'winner_late':
      return `whoever waits at ${advice.nodeId} goes on after up to ${advice.hours} hours, when the goal (within ${advice.goalHours}) does not count any more`
    case 'winner_early':
      return `${advice.nodeId} decides after ${advice.hours} hours, while successes count for ${advice.withinHours}: most have not come by then`
    case 'always_quiet':
      return `${advice.nodeId} always comes at ${advice.at}, in the quiet hours, and waits until ${advice.until}`
  }
}
