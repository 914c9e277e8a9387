import { type Alarm, AppError, type Input, type Output, outletSigned, usualLimits } from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import { findJourney } from '../store.ts'
import { listEndpoints } from '../webhooks/endpoint-store.ts'
import * as store from './alarm-store.ts'
import { tellTest } from './outlet.ts'

const shown = 50
/** As long as a journey may stay without anything coming of it. */
const unproductiveMs = 90 * 86_400_000

/** What the desk says of alarms, and what they are held against. */
export interface Alarms {
  open(workspaceId: number): Promise<Output<'alarms'>>
  of(workspaceId: number, id: string): Promise<Output<'journeyAlarms'>>
  setLimits(caller: Caller, id: string, limits: Input<'journeyAlarmLimits'>['body']): Promise<void>
  outlet(workspaceId: number): Promise<Output<'alarmOutlet'>>
  testOutlet(caller: Caller): Promise<Output<'alarmOutletTest'>>
  setOutlet(caller: Caller, outlet: Input<'alarmOutletUpdate'>['body']['outlet']): Promise<Output<'alarmOutlet'>>
}

export function createAlarms({ db, clock, audit, post, publicUrl, timeZone }: EngineDeps & DeskDeps): Alarms {
  async function existing(workspaceId: number, id: string): Promise<void> {
    if (!(await findJourney(db, workspaceId, id))) throw new AppError('not_found', `There is no journey ${id}`)
  }

  async function outlet(workspaceId: number): Promise<Output<'alarmOutlet'>> {
    const row = await store.findOutlet(db, workspaceId)
    return { outlet: row && { kind: row.kind, language: row.language, url: row.url, secretSet: row.secret !== null, problem: row.problem } }
  }

  return {
    async open(workspaceId) {
      const since = new Date(clock.now() - unproductiveMs)
      const [alarms, idle, endpoints] = await Promise.all([
        store.openAlarms(db, workspaceId),
        store.unproductive(db, workspaceId, since),
        listEndpoints(db, workspaceId),
      ])
      return {
        items: alarms.map(alarmView),
        unproductive: idle.map(({ journey_id, entered }) => ({
          journeyId: journey_id,
          reason: entered === 0 ? 'no_entries' : 'no_goals',
          since: since.toISOString(),
        })),
        endpoints: endpoints.flatMap(({ key, name, paused_at: at, paused_why: why }) =>
          at === null || why === null ? [] : [{ key, name, why, since: at.toISOString() }],
        ),
      }
    },

    async of(workspaceId, id) {
      await existing(workspaceId, id)
      const [limits, alarms] = await Promise.all([store.findLimits(db, workspaceId, id), store.alarmsOf(db, workspaceId, id, shown)])
      return { limits: { ...usualLimits, ...limits }, items: alarms.map(alarmView) }
    },

    async setLimits(caller, id, limits) {
      await existing(caller.workspaceId, id)
      await db.tx(async (tx) => {
        await store.saveLimits(tx, caller.workspaceId, id, limits, new Date(clock.now()))
        await audit(tx, caller, 'journey.alarm_limits', id, limits)
      })
    },

    outlet,

    async setOutlet(caller, asked) {
      const { workspaceId } = caller
      await db.tx(async (tx) => {
        const before = await store.findOutlet(tx, workspaceId)
        // Another kind of outlet has another secret.
        const secret = asked?.secret ?? (before?.kind === asked?.kind ? before?.secret : null) ?? null
        if (asked !== null && secret === null && outletSigned(asked.kind))
          throw new AppError('invalid_request', 'A new outlet needs a secret', [
            { path: 'body.outlet.secret', message: 'is needed: whoever is told checks the signature with it' },
          ])
        const { kind, language, url } = asked ?? {}
        const next = kind && language && url ? { kind, language, url, secret: outletSigned(kind) ? secret : null } : null
        await store.saveOutlet(tx, workspaceId, next, new Date(clock.now()))
        await audit(tx, caller, 'workspace.alarm_outlet', String(workspaceId), {
          kind: kind ?? null,
          // Of a robot the address is a password.
          host: url === undefined ? null : new URL(url).host,
        })
      })
      return outlet(workspaceId)
    },

    async testOutlet({ workspaceId }) {
      const row = await store.findOutlet(db, workspaceId)
      if (row === null) throw new AppError('not_found', 'There is no outlet to test; save one first')
      const problem = await tellTest({ post, publicUrl, timeZone: await timeZone(workspaceId) }, row, clock.now())
      await store.noteOutlet(db, workspaceId, problem, new Date(clock.now()))
      return { problem }
    },
  }
}

const alarmView = (row: store.AlarmRow): Alarm => ({
  id: row.id,
  journeyId: row.journey_id,
  journeyName: row.name,
  kind: row.kind,
  openedAt: row.opened_at.toISOString(),
  closedAt: row.closed_at?.toISOString() ?? null,
  openedWith: row.opened_with,
  stands: row.stands,
})
