import { AppError, type HoldoutGroupView, type Input } from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import { publishedDefinitions } from '../store.ts'
import { deleteHoldout, findHoldout, type HoldoutRow, listHoldouts, saveHoldout } from './holdout-store.ts'

/** Groups of a workspace whom no journey that names them reaches. */
export interface Holdouts {
  list(workspaceId: number): Promise<HoldoutGroupView[]>
  save(caller: Caller, group: Input<'holdoutGroupSave'>['body']): Promise<void>
  delete(caller: Caller, key: string): Promise<void>
}

const factsOf = ({ name, share, until }: HoldoutRow) => ({ name, share: share / 100, until: until?.toISOString() ?? null })

export function createHoldouts({ db, clock, audit }: Pick<EngineDeps & DeskDeps, 'db' | 'clock' | 'audit'>): Holdouts {
  /** Live and paused journeys that name the group. */
  async function usersOf(workspaceId: number, key: string): Promise<{ key: string; name: string }[]> {
    const published = await publishedDefinitions(db, workspaceId)
    const users = published.filter(({ definition }) => definition.nodes.some((node) => node.kind === 'holdout' && node.group === key))
    return [...new Map(users.map((one) => [one.key, { key: one.key, name: one.name }])).values()]
  }

  return {
    async list(workspaceId) {
      const rows = await listHoldouts(db, workspaceId)
      return Promise.all(rows.map(async (row) => ({ key: row.key, ...factsOf(row), journeys: await usersOf(workspaceId, row.key) })))
    },
    async save(caller, { key, name, share, until }) {
      if (until !== null && Number.isNaN(Date.parse(until)))
        throw new AppError('invalid_request', 'The holdout group cannot be saved', [
          { path: 'until', message: 'must be an instant such as 2026-11-11T00:00:00Z, or null' },
        ])
      await db.tx(async (tx) => {
        const before = await findHoldout(tx, caller.workspaceId, key)
        const at = new Date(clock.now())
        const row = { key, name, share: Math.round(share * 100), until: until === null ? null : new Date(until) }
        await saveHoldout(tx, caller.workspaceId, row, at)
        await audit(tx, caller, 'holdout.save', key, {
          after: factsOf({ ...row, updated_at: at }),
          ...(before ? { before: factsOf(before) } : {}),
        })
      })
    },
    async delete(caller, key) {
      const users = await usersOf(caller.workspaceId, key)
      if (users.length > 0)
        throw new AppError('conflict', `The holdout group is used by journeys: ${users.map((one) => one.name).join(', ')}`)
      await db.tx(async (tx) => {
        if ((await deleteHoldout(tx, caller.workspaceId, key)) === 0) throw new AppError('not_found', `There is no holdout group ${key}`)
        await audit(tx, caller, 'holdout.delete', key, {})
      })
    },
  }
}
