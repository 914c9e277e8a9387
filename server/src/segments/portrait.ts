import type { Portrait, Trait, TraitFigure, TraitValue } from '@chaoxi/contract'
import { readableEdges, targetIndex } from '../stats/index.ts'
import type { AttributeRow, Bucketing, BucketRow, Counts } from './insight-store.ts'

/** Values shown of one attribute; more are not read. */
export const valuesMax = 12
/** Attributes in one portrait, those known of most people first. */
const attributesMax = 60
/** A value that one person alone has says who that is, not what the group is like. */
export const valuePeopleMin = 2
const monthsMax = 24
const yearsMax = 24

const personal =
  /phone|mobile|e-?mail|address$|id_?card|wechat|openid|unionid|(^|[._])(ip|name|first_?name|last_?name)$|手机|电话|邮箱|姓名|身份证/i

export interface PortraitPlan {
  readonly bucketings: readonly Bucketing[]
  readonly types: ReadonlyMap<string, Trait['type']>
  readonly leftOut: Portrait['leftOut']
}

const nobody: Counts = { group: 0, base: 0, both: 0 }
const anyone = ({ group, base, both }: Counts) => group + base - both

function datePrefix({ firstMonth, lastMonth }: AttributeRow): number {
  const month = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7))
  if (month(lastMonth) - month(firstMonth) < monthsMax) return 7
  return Number(lastMonth.slice(0, 4)) - Number(firstMonth.slice(0, 4)) < yearsMax ? 4 : 3
}

function planOne(row: AttributeRow): { type: Trait['type']; bucketing: Bucketing } | 'scattered' {
  const { name, type, distinct } = row
  const plain = { name, type, edges: [], prefix: 0 } as const
  if (type === 'number') return { type, bucketing: distinct > valuesMax ? { ...plain, edges: readableEdges(row.quantiles) } : plain }
  // Of lists only the elements repeat, so the lists themselves may all differ.
  if (type === 'list' || type === 'boolean') return { type, bucketing: plain }
  if (row.dates > anyone(row) / 2) return { type: 'date', bucketing: { ...plain, prefix: datePrefix(row) } }
  return distinct > valuesMax && distinct > anyone(row) / 2 ? 'scattered' : { type: 'text', bucketing: plain }
}

const sampleSize = 50_000

/** One of so many people is looked at before the exact pass. */
export const sampleOf = ({ group, base }: Counts) => ({
  groupEach: Math.max(1, Math.floor(group / sampleSize)),
  baseEach: Math.max(1, Math.floor(base / sampleSize)),
})

/** Which attributes are shown, and how each is cut. An attribute is taken by the type that most of its values have. */
export function planPortrait(rows: readonly AttributeRow[]): PortraitPlan {
  const byName = Map.groupBy(rows, (row) => row.name)
  const types = new Map<string, Trait['type']>()
  const bucketings: Bucketing[] = []
  const leftOut: Portrait['leftOut'] = []
  const ranked = [...byName]
    .map(([name, kinds]) => ({ name, main: kinds.reduce((best, row) => (anyone(row) > anyone(best) ? row : best)), known: sum(kinds) }))
    .sort((a, b) => anyone(b.known) - anyone(a.known) || (a.name < b.name ? -1 : 1))
  for (const one of ranked) {
    const { name } = one
    const planned = personal.test(name) ? 'personal' : planOne(one.main)
    if (typeof planned === 'string') leftOut.push({ name, reason: planned })
    else if (bucketings.length >= attributesMax) leftOut.push({ name, reason: 'too_many' })
    else {
      bucketings.push(planned.bucketing)
      types.set(name, planned.type)
    }
  }
  return { bucketings, types, leftOut }
}

function sum(all: readonly Counts[]): Counts {
  return all.reduce((a, b) => ({ group: a.group + b.group, base: a.base + b.base, both: a.both + b.both }), nobody)
}
function less(a: Counts, b: Counts): Counts {
  return { group: a.group - b.group, base: a.base - b.base, both: a.both - b.both }
}

/** Counts of a trait among `of` as shares, index and interval. */
export function figureOf(trait: Counts, of: Counts): TraitFigure {
  const counted = (which: keyof Counts) => ({ size: of[which], count: trait[which] })
  const { groupShare, baseShare, ...rest } = targetIndex({ group: counted('group'), base: counted('base'), both: counted('both') })
  return { count: trait.group, baseCount: trait.base, share: groupShare, baseShare, ...rest }
}

/** Bands and dates in their order, values by how many have them. */
function inOrder(type: Trait['type']): (a: TraitValue, b: TraitValue) => number {
  const byShare = (a: TraitValue, b: TraitValue) => (b.share ?? 0) - (a.share ?? 0) || b.baseCount - a.baseCount
  switch (type) {
    case 'number':
      return (a, b) => Number(a.value ?? a.from ?? Number.NEGATIVE_INFINITY) - Number(b.value ?? b.from ?? Number.NEGATIVE_INFINITY)
    case 'date':
      return (a, b) => (String(a.value) < String(b.value) ? -1 : 1)
    default:
      return byShare
  }
}

function shownValue(row: BucketRow, bucketing: Bucketing): Pick<TraitValue, 'value' | 'from' | 'to'> | null {
  const { edges, prefix } = bucketing
  if (edges.length > 0) {
    const below = Number(row.bucket)
    return { value: null, from: edges[below - 1] ?? null, to: edges[below] ?? null }
  }
  if (prefix > 0) return { value: row.bucket, from: null, to: null }
  const value: unknown = JSON.parse(row.bucket)
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return plain ? { value, from: null, to: null } : null
}

/** The attributes of a portrait; shares are of `everybody`, or (null) of those of whom the attribute is known. */
export function traitsOf(plan: PortraitPlan, rows: readonly BucketRow[], everybody: Counts | null): Trait[] {
  const byName = Map.groupBy(rows, (row) => row.name)
  return plan.bucketings.map((bucketing) => {
    const { name } = bucketing
    const type = plan.types.get(name) ?? 'text'
    const [known = nobody] = (byName.get(name) ?? []).filter((row) => row.bucket === '')
    const of = everybody ?? known
    const found = (byName.get(name) ?? []).flatMap((row) => {
      if (row.bucket === '') return []
      const value = shownValue(row, bucketing)
      return value === null ? [] : [{ row, shown: { ...figureOf(row, of), ...value } }]
    })
    const rest = less(known, sum(found.map(({ row }) => row)))
    return {
      name,
      type,
      known: known.group,
      baseKnown: known.base,
      values: found.map(({ shown }) => shown).sort(inOrder(type)),
      others: type === 'list' || anyone(rest) === 0 ? null : figureOf(rest, of),
    }
  })
}
