import { AppError, type Input, type Output } from '@chaoxi/contract'
import type { Tx } from '../../platform/db/postgres.ts'
import type { Caller } from '../../platform/http/api.ts'
import { type Call, callNews, type Uncallable, uncallable } from '../core/calling.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import { inboxLoopName } from '../loop-names.ts'
import { shareJourney } from '../store.ts'
import type { Definitions } from './definitions.ts'
import { insertInbox } from './inbox-store.ts'

export interface Calls {
  /**
   * Lets people into a journey, in the caller's transaction: what it writes happens exactly when the rest does. The same person under
   * the same key comes in once, however often. Answers why the journey takes none, null when it does; whether each of them may come in
   * is decided when the inbox comes to them, as with any trigger.
   */
  start(tx: Tx, workspaceId: number, journeyId: string, calls: readonly Call[]): Promise<Uncallable | null>
  enter(caller: Caller, journeyId: string, input: Input<'journeyEnter'>['body']): Promise<Output<'journeyEnter'>>
}

export function createCalls(
  deps: Pick<EngineDeps, 'db' | 'clock' | 'loops'> & Pick<DeskDeps, 'peopleOfUsers'>,
  definitions: Definitions,
): Calls {
  const start: Calls['start'] = async (tx, workspaceId, journeyId, calls) => {
    const row = await shareJourney(tx, workspaceId, journeyId)
    if (!row) return 'not_found'
    const live = row.live_version === null ? null : await definitions.of(tx, { workspaceId, journeyId, version: row.live_version })
    const refused = uncallable(row.status, live)
    if (refused !== null) return refused
    const now = deps.clock.now()
    const rows = calls.map((call) => ({ workspaceId, personId: call.personId, ...callNews(journeyId, call, now) }))
    await insertInbox(tx, rows)
    return null
  }

  return {
    start,
    async enter({ workspaceId }, journeyId, { key, people, properties = {} }) {
      const users = await deps.peopleOfUsers(
        workspaceId,
        people.map((one) => one.userId),
      )
      const calls = new Map<number, Call>()
      for (const { userId, properties: own } of people) {
        const personId = users.get(userId)
        if (personId !== undefined && !calls.has(personId)) calls.set(personId, { key, personId, properties: { ...properties, ...own } })
      }
      const refused = await deps.db.tx((tx) => start(tx, workspaceId, journeyId, [...calls.values()]))
      if (refused !== null) throw refusal(journeyId, refused)
      deps.loops.wake(inboxLoopName)
      return { accepted: calls.size, unknown: [...new Set(people.map((one) => one.userId))].filter((userId) => !users.has(userId)) }
    },
  }
}

function refusal(journeyId: string, reason: Uncallable): AppError {
  switch (reason) {
    case 'not_found':
      return new AppError('not_found', `There is no journey ${journeyId}`)
    case 'other_trigger':
      return new AppError('conflict', 'The journey does not begin by a call; choose that trigger and publish it')
    default:
      return new AppError('conflict', `The journey is ${reason}: only a live one lets people in`)
  }
}
