import { AppError } from '@chaoxi/contract'
import type { Identifier, Identity, SplitPlan } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Caller, Handlers } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import type { Ingest } from './ingest.ts'
import { belongings } from './split.ts'
import { countEvents, countRows } from './split-store.ts'

export interface PeopleHandlersDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly ids: Ids
  readonly identity: Identity
  readonly ingest: Pick<Ingest, 'join' | 'split'>
  audit(tx: Tx, caller: Caller, action: string, subject: string, details: object): Promise<void>
  /** Whether this caller sees contact data whole. */
  unmasked(caller: Caller): boolean
}

/**
 * A colleague says that two people are one, or that they are not. The first is an alias like the shop's own, and goes the way
 * of one: through the intake, which decides about people one group after the other, and onto the timeline. The second takes
 * its turn there too.
 */
export function peopleHandlers({ db, clickhouse, clock, ids, identity, ingest, audit, unmasked }: PeopleHandlersDeps): Handlers {
  const living = async (workspaceId: number, personId: number) =>
    (await identity.livesOn(workspaceId, [personId])).get(personId) ?? personId

  async function nameOf(workspaceId: number, personId: number): Promise<{ id: number; identifier: Identifier }> {
    const id = await living(workspaceId, personId)
    const identities = await identity.identities(workspaceId, id, { unmasked: true })
    const find = (kind: 'user_id' | 'anonymous_id') => identities.find((one) => one.kind === kind)
    const own = find('user_id') ?? find('anonymous_id')
    if (own) return { id, identifier: { kind: own.kind === 'user_id' ? 'user_id' : 'anonymous_id', value: own.value } }
    if ((await identity.strangers(workspaceId, [id])).has(id)) throw new AppError('not_found', `There is no person ${personId}`)
    throw new AppError('conflict', `Person ${personId} has neither a user id nor a device, and so no name to be joined by`)
  }

  /** The plan of undoing a merge that this person is part of. */
  async function planOf(workspaceId: number, personId: number, mergeId: string): Promise<SplitPlan> {
    const plan = await identity.planSplit(workspaceId, mergeId)
    if (plan.leaves !== (await living(workspaceId, personId)))
      throw new AppError('not_found', `Merge ${mergeId} is not of person ${personId}`)
    return plan
  }

  return {
    personMerge: async (caller, { params, body }) => {
      const { workspaceId } = caller
      const into = await nameOf(workspaceId, params.id)
      const from = await nameOf(workspaceId, body.from)
      if (into.id === from.id) throw new AppError('conflict', `${params.id} and ${body.from} are one person already`)
      await ingest.join(workspaceId, { into: into.identifier, from: from.identifier, note: body.note, messageId: ids.next('evt') })
      await db.tx((tx) => audit(tx, caller, 'person.merge', String(into.id), { from: from.id, note: body.note }))
      return { personId: into.id }
    },

    personSplitPlan: async (caller, { params, query }) => {
      const { workspaceId } = caller
      const plan = await planOf(workspaceId, params.id, query.merge)
      const moved = await belongings({ db, clickhouse }, workspaceId, plan)
      const all = await identity.identities(workspaceId, plan.leaves, { unmasked: unmasked(caller) })
      const [leaving, staying] = [
        all.filter((one) => plan.numbers.includes(one.origin)),
        all.filter((one) => !plan.numbers.includes(one.origin)),
      ]
      const rows = await countRows(db, workspaceId, plan.leaves, moved)
      const names = (of: typeof all) => of.map(({ kind, value }) => ({ kind, value }))
      return {
        merge: plan.mergeId,
        mergedAt: plan.at.toISOString(),
        reason: plan.reason,
        leaving: {
          number: plan.person,
          identities: names(leaving),
          events: await countEvents(clickhouse, workspaceId, plan.numbers),
          ...rows.leaving,
        },
        staying: {
          number: plan.leaves,
          identities: names(staying),
          events: await countEvents(clickhouse, workspaceId, plan.staying),
          ...rows.staying,
        },
      }
    },

    personSplit: async (caller, { params, body }) => {
      const { workspaceId } = caller
      await planOf(workspaceId, params.id, body.merge)
      const { person, leaves } = await ingest.split(workspaceId, body.merge, {
        at: clock.now(),
        by: caller.actor,
        note: body.note,
        audit: (tx, plan) =>
          audit(tx, caller, 'person.split', String(plan.leaves), { person: plan.person, merge: plan.mergeId, note: body.note }),
      })
      return { personId: person, leftId: leaves }
    },
  }
}
