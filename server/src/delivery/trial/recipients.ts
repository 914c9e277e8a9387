import { AppError, type Input, type Recipient, recipientsMax } from '@chaoxi/contract'
import { normalisePhone } from '../../identity/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db, Queryable } from '../../platform/db/postgres.ts'
import type { Caller } from '../../platform/http/api.ts'
import type { Ids } from '../../platform/ids.ts'
import * as store from './recipient-store.ts'

export interface RecipientsDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  audit(tx: Queryable, caller: Caller, action: string, subject: string, details: object): Promise<void>
}

export type Recipients = ReturnType<typeof createRecipients>

/** Colleagues to whom messages of trials go, each put in by somebody who says that the address belongs to the staff. */
export function createRecipients({ db, clock, ids, audit }: RecipientsDeps) {
  const toView = ({ id, name, channel, address, confirmed_by, confirmed_at }: store.RecipientRow): Recipient => ({
    ...{ id, name, channel, address },
    confirmedBy: confirmed_by,
    confirmedAt: confirmed_at.toISOString(),
  })
  const masked = (one: Recipient): Recipient =>
    one.channel === 'sms' ? { ...one, address: one.address.replace(/^(.*)(.{4})(.{4})$/, '$1****$3') } : one

  const list = async (workspaceId: number) => (await store.listRecipients(db, workspaceId)).map(toView)

  return {
    list,
    async shown({ workspaceId, me }: Caller): Promise<Recipient[]> {
      const all = await list(workspaceId)
      return me.permissions.includes('people.write') ? all : all.map(masked)
    },
    async add(caller: Caller, { name, channel, address }: Input<'testRecipientAdd'>['body']): Promise<Recipient> {
      const { workspaceId, actor } = caller
      const normal = channel === 'sms' ? normalisePhone(address) : address
      if (normal === null)
        throw new AppError('invalid_request', 'The recipient cannot be reached like this', [
          { path: 'address', message: 'a mobile number, such as 13800138000' },
        ])
      const row = { id: ids.next('rcp'), name, channel, address: normal, confirmed_by: actor, confirmed_at: new Date(clock.now()) }
      await db.tx(async (tx) => {
        if ((await store.listRecipients(tx, workspaceId)).length >= recipientsMax)
          throw new AppError('conflict', `There are ${recipientsMax} test recipients; remove one first`)
        if (!(await store.insertRecipient(tx, workspaceId, row))) throw new AppError('conflict', 'This address is a test recipient already')
        await audit(tx, caller, 'test_recipient.added', row.id, { name, channel })
      })
      return toView(row)
    },
    async remove(caller: Caller, id: string): Promise<{ ok: true }> {
      await db.tx(async (tx) => {
        if (!(await store.removeRecipient(tx, caller.workspaceId, id, new Date(clock.now()))))
          throw new AppError('not_found', `There is no test recipient ${id}`)
        await audit(tx, caller, 'test_recipient.removed', id, {})
      })
      return { ok: true }
    },
  }
}
