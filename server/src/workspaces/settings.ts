import { AppError, type WorkspaceSettings, workspaceSettingsSchema } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Queryable } from '../platform/db/postgres.ts'
import { createCache } from './cache.ts'
import * as store from './store.ts'

/** What a new workspace starts with: the hours and the cap that the law and good manners ask for (SPEC M2). */
export const defaultRules = {
  quietHours: { start: '21:00', end: '08:00' },
  marketingCap: { max: 3, hours: 24 },
  journeyReview: false,
} as const

/** How long another process may still see old settings. */
const settingsLifeMs = 5_000
const workspacesCachedMax = 1_000

export interface SettingsReader {
  get(workspaceId: number): Promise<WorkspaceSettings>
  changed(workspaceId: number): void
}

const rulesSchema = workspaceSettingsSchema.pick({ quietHours: true, marketingCap: true, journeyReview: true })

export function createSettings({ db, clock }: { db: Queryable; clock: Clock }): SettingsReader {
  const cache = createCache<number, WorkspaceSettings>({ clock, lifeMs: settingsLifeMs, sizeMax: workspacesCachedMax })
  return {
    get: (workspaceId) =>
      cache.get(workspaceId, async () => {
        const row = await store.workspaceById(db, workspaceId)
        if (!row) throw new AppError('not_found', 'There is no such workspace')
        return { name: row.name, timeZone: row.time_zone, ...rulesSchema.parse(row.settings) }
      }),
    changed: (workspaceId) => cache.forget(workspaceId),
  }
}
