import { AppError, type GovernanceReport, type Output, rulesOf } from '@chaoxi/contract'
import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import { type CatalogueReader, catalogueProblems, memberName } from '../query/index.ts'
import { namesIn } from './compiled.ts'
import type { Definitions } from './definitions.ts'
import { duplicatesAmong, findingsOf, unusedMs } from './findings.ts'
import { findLastChanges, findMoves } from './history-store.ts'
import { findDefinitions } from './store.ts'
import type { StoredDefinition } from './types.ts'
import { countActiveAt, findChanges, findFormerRules } from './version-store.ts'

interface Deps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly catalogue: CatalogueReader
  readonly timeZone: (workspaceId: number) => Promise<string>
  readonly definitions: Definitions
  readonly settled: () => Promise<void>
}

/** Order among a workspace's definitions. */
export interface Governance {
  /** Every active definition with its uses and what is out of order about it. */
  overview(workspaceId: number): Promise<Output<'governance'>>
  /** What happened in a month, `2026-11`, of the workspace's calendar. */
  report(workspaceId: number, month: string): Promise<GovernanceReport>
}

/** Nobody changes more by hand in a month. */
const changesMax = 20_000
const changesShownMax = 500
const movesMax = 50
const iso = (ms: number) => new Date(ms).toISOString()

export function createGovernance({ db, clickhouse, clock, catalogue, timeZone, definitions, settled }: Deps): Governance {
  /** Until when rules that are no more named each definition. */
  async function freed(workspaceId: number, since: number): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    for (const { rule, until } of await findFormerRules(db, workspaceId, since))
      for (const name of namesIn(rule)) found.set(name, Math.max(found.get(name) ?? 0, until))
    return found
  }

  return {
    async overview(workspaceId) {
      await settled()
      const now = clock.now()
      const all = await findDefinitions(db, workspaceId)
      const active = all.filter((one) => one.status === 'active')
      const [moves, names, freedAt] = await Promise.all([
        findLastChanges(clickhouse, workspaceId),
        catalogue.catalogue(workspaceId),
        freed(workspaceId, now - unusedMs),
      ])
      const movedAt = new Map(moves.map((row) => [`${row.kind}:${row.key}`, row.changed * 1000]))
      const duplicates = duplicatesAmong(active)
      const usedBy = await Promise.all(active.map((one) => definitions.usedBy(workspaceId, one.kind, one.key)))
      const item = (one: StoredDefinition, i: number) => {
        const name = memberName(one.kind, one.key)
        const around = {
          usedBy: usedBy[i] ?? [],
          freedAt: freedAt.get(name) ?? null,
          movedAt: movedAt.get(name) ?? null,
          unheard: rulesOf(one).flatMap(({ path: place, rule }) =>
            catalogueProblems(rule, names).unknown.map(({ path, message }) => ({
              path: one.mode === 'valued' ? `${place}.${path}` : path,
              message,
            })),
          ),
        }
        const { kind, key, layer, mode, owner, size } = one
        return {
          kind,
          key,
          name: one.name,
          layer,
          mode,
          owner,
          size,
          createdAt: iso(one.createdAt),
          updatedAt: iso(one.updatedAt),
          movedAt: around.movedAt === null ? null : iso(around.movedAt),
          usedBy: [...around.usedBy],
          findings: findingsOf(one, around, duplicates.get(one) ?? [], now),
        }
      }
      return { at: iso(now), archived: all.length - active.length, items: active.map(item) }
    },

    async report(workspaceId, month) {
      const zone = await timeZone(workspaceId)
      const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 })
      const from = first.toZonedDateTime(zone).epochMilliseconds
      const end = first.add({ months: 1 }).toZonedDateTime(zone).epochMilliseconds
      // What happened in this very millisecond counts too.
      const to = Math.min(end, clock.now() + 1)
      if (to <= from)
        throw new AppError('invalid_request', 'This month is still to come', [
          { path: 'query.month', message: 'choose a month that has begun' },
        ])
      await settled()
      const all = await findDefinitions(db, workspaceId)
      const names = new Map(all.map((one) => [memberName(one.kind, one.key), one]))
      const changes = await findChanges(db, workspaceId, { from, to }, changesMax)
      const count = (...which: (typeof changes)[number]['change'][]) => changes.filter((one) => which.includes(one.change)).length
      const active = await countActiveAt(db, workspaceId, to)
      const moves = (await findMoves(clickhouse, workspaceId, { from, to })).flatMap(({ kind, key, ...sizes }) => {
        const one = names.get(`${kind}:${key}`)
        if (one === undefined || sizes.entered + sizes.left === 0) return []
        return [{ kind: one.kind, key, name: one.name, ...sizes, after: sizes.before + sizes.entered - sizes.left }]
      })
      return {
        month,
        from: iso(from),
        to: iso(to),
        tags: active.get('tag') ?? 0,
        segments: active.get('segment') ?? 0,
        created: count('created'),
        changed: count('changed', 'boundaries'),
        archived: count('archived'),
        restored: count('restored'),
        changes: changes.slice(-changesShownMax).map(({ account, at, ...one }) => ({ ...one, at: iso(at), by: account })),
        more: changes.length > changesShownMax,
        moves: moves.sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before)).slice(0, movesMax),
      }
    },
  }
}
