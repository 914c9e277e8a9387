import { AppError } from '@chaoxi/contract'
import type { Identifier, Identity } from '../identity/index.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Caller, Handlers } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import type { Ingest } from './ingest.ts'

export interface MergeByHandDeps {
  readonly db: Db
  readonly ids: Ids
  readonly identity: Identity
  readonly ingest: Pick<Ingest, 'join'>
  audit(tx: Tx, caller: Caller, action: string, subject: string, details: object): Promise<void>
}

/**
 * A colleague says that two people are one. It is an alias like the shop's own, and goes the way of one: through the intake,
 * which decides about people one group after the other, and onto the timeline.
 */
export function mergeByHand({ db, ids, identity, ingest, audit }: MergeByHandDeps): Handlers {
  async function nameOf(workspaceId: number, personId: number): Promise<{ id: number; identifier: Identifier }> {
    const id = (await identity.livesOn(workspaceId, [personId])).get(personId) ?? personId
    const identities = await identity.identities(workspaceId, id, { unmasked: true })
    const find = (kind: 'user_id' | 'anonymous_id') => identities.find((one) => one.kind === kind)
    const own = find('user_id') ?? find('anonymous_id')
    if (own) return { id, identifier: { kind: own.kind === 'user_id' ? 'user_id' : 'anonymous_id', value: own.value } }
    if ((await identity.strangers(workspaceId, [id])).has(id)) throw new AppError('not_found', `There is no person ${personId}`)
    throw new AppError('conflict', `Person ${personId} has neither a user id nor a device, and so no name to be joined by`)
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
  }
}
