import { AppError, type Output, type PersonSummary, type Portrait } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { DefinitionKind } from '../query/index.ts'
import type { Tags } from '../tags/index.ts'
import * as store from './insight-store.ts'
import { figureOf, planPortrait, sampleOf, traitsOf, valuePeopleMin, valuesMax } from './portrait.ts'

export interface InsightDeps {
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly tags: Tags
  readonly summaries: (
    workspaceId: number,
    personIds: readonly number[],
    options: { unmasked: boolean },
  ) => Promise<ReadonlyMap<number, PersonSummary>>
  readonly timeZone: (workspaceId: number) => Promise<string>
}

/** What is known of the people in a segment or tag. All counts are exact, and of the memberships committed before the call. */
export interface Insight {
  portrait(workspaceId: number, of: store.SetName, options: { against: string; shares: 'all' | 'known' }): Promise<Portrait>
  overlap(workspaceId: number, names: readonly string[]): Promise<Output<'overlap'>>
  sizes(workspaceId: number, of: store.ValueName, span: { from: string; to: string }): Promise<Output<'sizes'>>
  membersAt(
    workspaceId: number,
    of: store.ValueName,
    at: { day: string; before: number | null; limit: number },
    options: { unmasked: boolean },
  ): Promise<Output<'membersAt'>>
}

const dayMs = 86_400_000
const daysMax = 400

const kindOf = (text: string): DefinitionKind => (text === 'tag' ? 'tag' : 'segment')
/** `segment:vip` */
function nameOf(text: string): store.SetName {
  const [kind = '', key = ''] = text.split(':')
  return { kind: kindOf(kind), key }
}

export function createInsight({ clickhouse, clock, tags, summaries, timeZone }: InsightDeps): Insight {
  const named = async (workspaceId: number, { kind, key }: store.SetName) => {
    const { name } = await tags.definitions.get(workspaceId, kind, key)
    return { kind, key, name }
  }
  /** Of a parameter: which of them is not there is said by its place. */
  async function namedIn(workspaceId: number, text: string, path: string) {
    const { kind, key } = nameOf(text)
    const found = (await tags.definitions.list(workspaceId, kind)).find((one) => one.key === key)
    if (found) return { kind, key, name: found.name }
    throw new AppError('invalid_request', 'It names a tag or segment that is not there', [
      { path, message: `there is no such ${kind}; choose another` },
    ])
  }

  return {
    async portrait(workspaceId, of, { against, shares }) {
      const group = await named(workspaceId, of)
      const base = against === 'everyone' ? null : await namedIn(workspaceId, against, 'query.against')
      await tags.settled()
      const compared = { workspaceId, group, base }
      const everybody = await store.comparedSizes(clickhouse, compared)
      const plan = planPortrait(await store.attributeRows(clickhouse, compared, sampleOf(everybody)))
      const { bucketings } = plan
      const limits = {
        each: valuesMax,
        peopleMin: valuePeopleMin,
        size: Math.max(1, everybody.group),
        baseSize: Math.max(1, everybody.base),
      }
      const buckets = bucketings.length === 0 ? [] : await store.bucketRows(clickhouse, compared, bucketings, limits)
      const tagged = Map.groupBy(await store.tagRows(clickhouse, compared), (row) => row.key)
      const defined = (await tags.definitions.list(workspaceId, 'tag')).filter((one) => one.status === 'active')
      return {
        of: group,
        against: base,
        at: new Date(clock.now()).toISOString(),
        size: everybody.group,
        baseSize: everybody.base,
        attributes: traitsOf(plan, buckets, shares === 'all' ? everybody : null),
        tags: defined
          .filter((one) => !(of.kind === 'tag' && one.key === of.key))
          .flatMap(({ key, name, layer }) =>
            (tagged.get(key) ?? [{ value: '', group: 0, base: 0, both: 0 }]).map((row) => ({
              ...figureOf(row, everybody),
              key,
              name,
              layer: layer ?? 'basic',
              value: row.value,
            })),
          )
          .sort((a, b) => b.count - a.count || b.baseCount - a.baseCount),
        leftOut: plan.leftOut,
      }
    },

    async overlap(workspaceId, names) {
      if (new Set(names).size < names.length)
        throw new AppError('invalid_request', 'Each can be compared once', [{ path: 'query.of', message: 'name each only once' }])
      const sets = await Promise.all(names.map((name) => namedIn(workspaceId, name, 'query.of')))
      await tags.settled()
      const rows = await store.overlapRows(clickhouse, workspaceId, sets)
      const has = (mask: number, i: number) => Math.floor(mask / 2 ** i) % 2 === 1
      const sizeWhere = (keep: (mask: number) => boolean) =>
        rows.filter(({ mask }) => keep(mask)).reduce((total, { size }) => total + size, 0)
      return {
        sets: sets.map((set, i) => ({ ...set, size: sizeWhere((mask) => has(mask, i)) })),
        total: sizeWhere(() => true),
        regions: rows.map(({ mask, size }) => ({ inside: sets.map((_, i) => has(mask, i)), size })),
      }
    },

    async sizes(workspaceId, of, { from, to }) {
      const { values } = await tags.definitions.get(workspaceId, of.kind, of.key)
      const [first, last] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)]
      const days = (last - first) / dayMs + 1
      if (days < 1) throw badDays('query.to', 'the span ends before it begins')
      if (days > daysMax) throw badDays('query.from', `at most ${daysMax} days at once`)
      await tags.settled()
      const zone = await timeZone(workspaceId)
      const rows = new Map((await store.dayRows(clickhouse, workspaceId, of, { from, to, zone })).map((row) => [row.day, row]))
      const none = { entered: 0, left: 0, mergedIn: 0, mergedOut: 0 }
      const change = (row: typeof none) => row.entered - row.left + row.mergedIn - row.mergedOut
      let size = change(rows.get('') ?? none)
      const dayAt = (i: number) => new Date(first + i * dayMs).toISOString().slice(0, 10)
      const byValue =
        values.length > 0 && of.value === undefined ? await store.valueDayRows(clickhouse, workspaceId, of, { from, to, zone }) : null
      const sizesOf = (value: string) => {
        const steps = new Map(byValue?.flatMap((row) => (row.value === value ? [[row.day, row.step]] : [])))
        let own = steps.get('') ?? 0
        return Array.from({ length: days }, (_, i) => {
          own += steps.get(dayAt(i)) ?? 0
          return own
        })
      }
      return {
        values: byValue === null ? [] : values.map(({ value }) => ({ value, sizes: sizesOf(value) })),
        days: Array.from({ length: days }, (_, i) => {
          const day = dayAt(i)
          const row = rows.get(day) ?? none
          size += change(row)
          return { day, size, entered: row.entered, left: row.left, merged: row.mergedOut - row.mergedIn }
        }),
      }
    },

    async membersAt(workspaceId, of, { day, before, limit }, options) {
      await named(workspaceId, of)
      await tags.settled()
      const zone = await timeZone(workspaceId)
      const { size, people } = await store.memberRowsAt(clickhouse, workspaceId, of, { day, zone }, { before, limit: limit + 1 })
      const page = people.slice(0, limit)
      const found = await summaries(workspaceId, page, options)
      return {
        size,
        items: page.flatMap((id) => found.get(id) ?? []),
        nextCursor: people.length > limit ? String(page.at(-1)) : null,
      }
    },
  }
}

function badDays(path: string, message: string): AppError {
  return new AppError('invalid_request', 'These days cannot be shown', [{ path, message }])
}
