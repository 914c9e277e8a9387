import type { Clock } from '../platform/clock.ts'
import type { Tx } from '../platform/db/postgres.ts'
import { moveByHand } from './by-hand.ts'
import type { Changes } from './changes.ts'
import { changeNames } from './compiled.ts'
import { insertTouched } from './pending-store.ts'
import { shareSlots } from './slot-store.ts'
import { findDefinitions } from './store.ts'

/** What a journey does to one person's tag. */
export interface JourneyTag {
  readonly tag: string
  readonly change: 'give' | 'take'
  readonly personId: number
  readonly journeyId: string
}

/** Why a tag is left alone. */
export type TagRefusal = 'missing' | 'archived' | 'not_static'

export function createByJourney({ changes, clock }: { changes: Changes; clock: Clock }) {
  /** Gives and takes static tags in the order asked, in somebody else's transaction; answers the tags that it leaves alone. */
  return async function byJourney(tx: Tx, workspaceId: number, asked: readonly JourneyTag[]): Promise<Map<string, TagRefusal>> {
    // Until this is committed none of them can be archived.
    await shareSlots(tx, workspaceId)
    const definitions = new Map(
      (await findDefinitions(tx, workspaceId)).filter((one) => one.kind === 'tag').map((one) => [one.key, one] as const),
    )
    const refused = new Map<string, TagRefusal>()
    const now = clock.now()
    for (const [tag, own] of Map.groupBy(asked, (one) => one.tag)) {
      const definition = definitions.get(tag)
      if (definition?.status !== 'active' || definition.mode !== 'static') {
        refused.set(tag, definition === undefined ? 'missing' : definition.status === 'active' ? 'not_static' : 'archived')
        continue
      }
      for (const round of roundsOf(own)) {
        const [first] = round
        if (!first) continue
        const people = (change: JourneyTag['change']) => round.filter((one) => one.change === change).map((one) => one.personId)
        const moved = await moveByHand(
          tx,
          changes,
          workspaceId,
          definition,
          { add: people('give'), remove: people('take') },
          { at: now, reason: `journey:${first.journeyId}` },
        )
        const touched = moved.flatMap((move) => move.people)
        await insertTouched(tx, workspaceId, touched, [changeNames.member('tag', tag)], now)
      }
    }
    return refused
  }
}

/** What can be written together: of one journey, each person once. */
function roundsOf(asked: readonly JourneyTag[]): JourneyTag[][] {
  const rounds: { journeyId: string; people: Set<number>; asked: JourneyTag[] }[] = []
  for (const one of asked) {
    const last = rounds.at(-1)
    if (last?.journeyId === one.journeyId && !last.people.has(one.personId)) {
      last.people.add(one.personId)
      last.asked.push(one)
    } else rounds.push({ journeyId: one.journeyId, people: new Set([one.personId]), asked: [one] })
  }
  return rounds.map((round) => round.asked)
}
