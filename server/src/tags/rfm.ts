import {
  AppError,
  modelValues,
  type Output,
  type Rfm,
  type RfmAgain,
  type RfmBoundaries,
  type RfmShares,
  type RfmSubject,
  rfmClasses,
} from '@chaoxi/contract'
import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Logger } from '../platform/log.ts'
import type { Actor, Definitions } from './definitions.ts'
import { countClasses, findDistribution, levels, type RfmDistribution } from './rfm-store.ts'
import { findQuantileTags, lockWorkspace, updateModel } from './store.ts'
import type { StoredDefinition } from './types.ts'

// Boundaries of RFM from the shop's own distribution. They are stored as fixed ones, so nobody changes class because others bought; on
// the days that the operator chose they are taken again, which is a revision of the tag where they moved.

interface Deps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly log: Logger
  readonly timeZone: (workspaceId: number) => Promise<string>
  readonly definitions: Definitions
}

export interface RfmModels {
  preview(workspaceId: number, asked: RfmSubject & { by: RfmShares | RfmBoundaries }): Promise<Output<'rfmPreview'>>
  /** Takes the boundaries of a tag again. Throws `conflict` where it has none from the distribution, or nobody bought. */
  retake(actor: Actor, key: string): Promise<StoredDefinition>
  /** Takes those again whose day has come, if it is time to look. */
  runDue(): Promise<boolean>
}

/** Between two looks at what is due: a day begins no more punctually. */
const lookEveryMs = 10 * 60_000
const dayMs = 86_400_000
const [frequencyMax, amountMax] = [100_000, 1_000_000_000]

/** The first day on which boundaries are taken again; null: never by themselves. */
export function dueOn(takenOn: string, again: RfmAgain): string | null {
  if (again === 'never') return null
  const span = { week: { days: 7 }, month: { months: 1 }, quarter: { months: 3 } }[again]
  return Temporal.PlainDate.from(takenOn).add(span).toString()
}

/**
 * High is who bought more lately than the share's quantile, and more often and for more than those of whom the others are: of equal
 * people all are on one side, so the high may be fewer than the share says.
 */
export function boundariesOf({ people, ages, orders, spent }: RfmDistribution, shares: RfmShares, days: number): RfmBoundaries | null {
  if (people === 0) return null
  const at = (numbers: readonly number[], percent: number) => numbers[levels.indexOf(percent)] ?? 0
  const between = (low: number, value: number, high: number) => Math.min(Math.max(value, low), high)
  const cents = Math.floor(at(spent, 100 - shares.much) / 10_000) + 1
  return {
    recencyDays: between(1, Math.floor(at(ages, shares.recent) / dayMs) + 1, Math.max(1, days - 1)),
    frequency: between(1, at(orders, 100 - shares.frequent) + 1, frequencyMax),
    amount: between(0, cents / 100, amountMax),
  }
}

const sameBoundaries = (one: RfmBoundaries, other: RfmBoundaries) =>
  one.recencyDays === other.recencyDays && one.frequency === other.frequency && one.amount === other.amount

const refusal = (message: string) => new AppError('conflict', message, [{ path: 'model', message }])

export function createRfmModels({ db, clickhouse, clock, log, timeZone, definitions }: Deps): RfmModels {
  let nextAt = 0
  const today = async (workspaceId: number) =>
    Temporal.Instant.fromEpochMilliseconds(clock.now())
      .toZonedDateTimeISO(await timeZone(workspaceId))
      .toPlainDate()
      .toString()

  async function take(workspaceId: number, subject: RfmSubject, shares: RfmShares): Promise<RfmBoundaries | null> {
    return boundariesOf(await findDistribution(clickhouse, workspaceId, subject, clock.now()), shares, subject.days)
  }

  /** `taken` null: nobody bought, so they stay what they were. */
  async function store(actor: Actor, one: StoredDefinition, settings: Rfm, taken: RfmBoundaries | null, takenOn: string) {
    const quantiles = settings.quantiles && { ...settings.quantiles, takenOn }
    const model = { kind: 'rfm' as const, settings: { ...settings, ...taken, quantiles } }
    if (taken === null || sameBoundaries(taken, settings)) {
      await db.tx(async (tx) => {
        await lockWorkspace(tx, actor.workspaceId)
        await updateModel(tx, actor.workspaceId, { ...one, model })
      })
      return definitions.get(actor.workspaceId, 'tag', one.key)
    }
    const { name, description, layer, scene, rule, revision } = one
    const values = modelValues(
      model,
      'zh',
      one.values.map((value) => value.value),
    )
    return definitions.update(actor, 'tag', one.key, { name, description, layer, scene, rule, values, model, revision }, 'boundaries')
  }

  return {
    async preview(workspaceId, { by, ...subject }) {
      const boundaries = 'recent' in by ? await take(workspaceId, subject, by) : by
      const rows = boundaries === null ? [] : await countClasses(clickhouse, workspaceId, subject, boundaries, clock.now())
      const sizes = rfmClasses.map(
        ({ recent, frequent, much }) =>
          rows.find((row) => row.recent === Number(recent) && row.frequent === Number(frequent) && row.much === Number(much))?.people ?? 0,
      )
      const people = sizes.reduce((sum, size) => sum + size, 0)
      return { takenOn: await today(workspaceId), people, boundaries: people === 0 ? null : boundaries, sizes }
    },
    async retake(actor, key) {
      const one = await definitions.get(actor.workspaceId, 'tag', key)
      const settings = one.model?.kind === 'rfm' ? one.model.settings : null
      if (one.status !== 'active' || !settings?.quantiles) throw refusal('The boundaries of this tag are not taken from the distribution')
      const taken = await take(actor.workspaceId, settings, settings.quantiles)
      if (taken === null)
        throw refusal(`Nobody had "${settings.event}" in the last ${settings.days} days; the boundaries stay what they were`)
      return store(actor, one, settings, taken, await today(actor.workspaceId))
    },
    async runDue() {
      if (clock.now() < nextAt) return false
      nextAt = clock.now() + lookEveryMs
      for (const { workspaceId, definition } of await findQuantileTags(db)) {
        const settings = definition.model?.kind === 'rfm' ? definition.model.settings : null
        if (!settings?.quantiles) continue
        const day = await today(workspaceId)
        const due = dueOn(settings.quantiles.takenOn, settings.quantiles.again)
        if (due === null || day < due) continue
        try {
          const taken = await take(workspaceId, settings, settings.quantiles)
          await store({ workspaceId, actor: 'system' }, definition, settings, taken, day)
        } catch (error) {
          // Somebody may have changed it meanwhile; the next look sees what it is then.
          log.warn({ err: error, workspaceId, tag: definition.key }, 'the boundaries of a tag could not be taken again')
        }
      }
      return false
    },
  }
}
