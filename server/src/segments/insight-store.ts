import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { DefinitionKind } from '../query/index.ts'

export interface SetName {
  readonly kind: DefinitionKind
  readonly key: string
}

/** Of a tag with values perhaps one value alone. In `membership_changes` the empty value stands for the tag, whichever somebody has. */
export interface ValueName extends SetName {
  readonly value?: string | undefined
}

/** Whom a portrait shows and against whom; null: everyone. */
export interface Compared {
  readonly workspaceId: number
  readonly group: SetName
  readonly base: SetName | null
}

/** People who have something: in the group, in the base, in both. */
export interface Counts {
  group: number
  base: number
  both: number
}

/** An attribute by the JSON type of its values. */
export interface AttributeRow extends Counts {
  name: string
  type: 'text' | 'number' | 'boolean' | 'list'
  /** Different values, about. */
  distinct: number
  /** How many of the texts begin like a date, and the first and last month of these. */
  dates: number
  firstMonth: string
  lastMonth: string
  quantiles: number[]
}

export interface BucketRow extends Counts {
  name: string
  /** JSON of a value, or how many edges lie at or below a number, or the beginning of a date; empty: everyone of whom it is known. */
  bucket: string
}

/** How an attribute's values are put together to be counted. */
export interface Bucketing {
  readonly name: string
  readonly type: AttributeRow['type']
  /** Of bands of numbers. */
  readonly edges: readonly number[]
  /** Of dates: so many characters of a value count. */
  readonly prefix: number
}

const memberIds = (name: string) => `(
      select person_id from membership_changes
      where workspace_id = {workspace:UInt32} and kind = {${name}Kind:String} and key = {${name}Key:String} and value = ''
      group by person_id having argMax(entered, seq) = 1)`

/** One row for each living person of group or base: whether in each, and `columns` besides. */
function people({ base }: Compared, columns: string): string {
  const among = base === null ? '' : `and (person_id in ${memberIds('group')} or person_id in ${memberIds('base')})`
  // `final` costs a seventh of `group by person_id` with `argMax`.
  return `
    select person_id in ${memberIds('group')} as g, ${base === null ? '1' : `person_id in ${memberIds('base')}`} as b ${columns}
    from profiles final where workspace_id = {workspace:UInt32} and merged = 0 ${among}`
}

const counts = 'sum(g) as group, sum(b) as base, sum(g and b) as both'

const paramsOf = ({ workspaceId, group, base }: Compared) => ({
  workspace: workspaceId,
  groupKind: group.kind,
  groupKey: group.key,
  ...(base === null ? {} : { baseKind: base.kind, baseKey: base.key }),
})

/** How many people are in group and base. */
export async function comparedSizes(clickhouse: ClickHouse, compared: Compared): Promise<Counts> {
  const text = `select ${counts} from (${people(compared, '')})`
  const [row] = await clickhouse.query<Counts>('interactive', text, paramsOf(compared))
  return row ?? { group: 0, base: 0, both: 0 }
}

/** A row for each person and attribute, as name and raw JSON; with `nested`, objects are opened one level. Nulls are missing. */
function fields(from: string, nested: boolean): string {
  const opened = `arrayFlatten(arrayMap(
    kv -> if(startsWith(kv.2, '{'), arrayMap(inner -> (concat(kv.1, '.', inner.1), inner.2), JSONExtractKeysAndValuesRaw(kv.2)), [kv]),
    JSONExtractKeysAndValuesRaw(attributes)))`
  return `
    select g, b, field.1 as name, field.2 as raw, substring(raw, 1, 1) as sign,
      multiIf(sign = '"', 'text', sign in ('t', 'f'), 'boolean', sign = '[', 'list', 'number') as type
    from (select g, b, arrayJoin(${nested ? opened : 'JSONExtractKeysAndValuesRaw(attributes)'}) as field from (${from}))
    where raw != 'null' and not startsWith(raw, '{')`
}

const monthPattern = "'^\"[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]'"

/**
 * What attributes there are and what their values are like, from a sample: one of `groupEach` people of the group and one of
 * `baseEach` of the base. It only decides how the attributes are shown.
 */
export async function attributeRows(
  clickhouse: ClickHouse,
  compared: Compared,
  sample: { groupEach: number; baseEach: number },
): Promise<AttributeRow[]> {
  const from = `select g, b, attributes from (${people(compared, ', person_id, attributes')})
    where (g and cityHash64(person_id) % {groupEach:UInt32} = 0) or (b and cityHash64(person_id) % {baseEach:UInt32} = 0)`
  const text = `
    select name, type, ${counts}, uniq(raw) as distinct,
      countIf(isDate) as dates, minIf(month, isDate) as firstMonth, maxIf(month, isDate) as lastMonth,
      arrayFilter(q -> isFinite(q), quantilesExactIf(0.15, 0.35, 0.5, 0.65, 0.85)(ifNull(toFloat64OrNull(raw), nan), type = 'number')) as quantiles
    from (select *, match(raw, ${monthPattern}) as isDate, substring(raw, 2, 7) as month from (${fields(from, true)}))
    group by name, type`
  return clickhouse.query('interactive', text, { ...paramsOf(compared), ...sample })
}

/**
 * Of the given attributes, of how many people each is known (the bucket is empty), and its values (or bands, or spans of
 * dates), those with the greatest share first: exact, in one pass over everybody's profiles.
 */
export async function bucketRows(
  clickhouse: ClickHouse,
  compared: Compared,
  bucketings: readonly Bucketing[],
  limits: { each: number; peopleMin: number; size: number; baseSize: number },
): Promise<BucketRow[]> {
  const nested = bucketings.some(({ name }) => name.includes('.'))
  // Equal values are gathered before they are looked at: most people share theirs.
  const text = `
    select name, bucket, sum(gathered.group) as group, sum(gathered.base) as base, sum(gathered.both) as both
    from (
      select values.group, values.base, values.both, name, arrayJoin(arrayPushBack(multiIf(
          type != {types:Array(String)}[at], [],
          type = 'list', arrayDistinct(arrayFilter(element -> element != '', JSONExtractArrayRaw(raw))),
          type = 'number' and notEmpty({edges:Array(Array(Float64))}[at]),
            [toString(arrayCount(edge -> edge <= toFloat64OrZero(raw), {edges:Array(Array(Float64))}[at]))],
          {prefixes:Array(UInt8)}[at] > 0, if(match(raw, ${monthPattern}), [substring(raw, 2, {prefixes:Array(UInt8)}[at])], []),
          [raw]), '')) as bucket
      from (
        select name, raw, any(type) as type, indexOf({names:Array(String)}, name) as at, ${counts}
        from (${fields(people(compared, ', attributes'), nested)} and has({names:Array(String)}, name))
        group by name, raw
      ) as values
    ) as gathered
    group by name, bucket having bucket = '' or group + base - both >= {peopleMin:UInt32}
    order by bucket = '' desc, greatest(group / {size:Float64}, base / {baseSize:Float64}) desc, bucket limit {each:UInt32} by name`
  // Of millions of people it takes its time, and must not fail for it.
  return clickhouse.query('batch', text, {
    ...paramsOf(compared),
    ...limits,
    each: limits.each + 1,
    names: bucketings.map((one) => one.name),
    types: bucketings.map((one) => one.type),
    edges: bucketings.map((one) => one.edges),
    prefixes: bucketings.map((one) => one.prefix),
  })
}

/**
 * How many of group and base have each tag (with `value` empty), and each value of a tag that has values. Nobody enters twice
 * without leaving between, so enters less leaves are the members: forty tags of a million people take 1 s, and person by person three times that.
 */
export async function tagRows(clickhouse: ClickHouse, compared: Compared): Promise<(Counts & { key: string; value: string })[]> {
  const { base } = compared
  const inBase = base === null ? '1' : `person_id in ${memberIds('base')}`
  const flags = `person_id in ${memberIds('group')} as g, ${inBase} as b`
  const tags = `workspace_id = {workspace:UInt32} and kind = 'tag'`
  const moved = (who: string) => `toUInt64(greatest(0, sumIf(step, ${who})))`
  const text = `
    select key, value, ${moved('g')} as group, ${moved('b')} as base, ${moved('g and b')} as both
    from (select key, value, if(entered = 1, 1, -1) as step, ${flags} from membership_changes final where ${tags})
    group by key, value`
  return clickhouse.query('batch', text, paramsOf(compared))
}

/** People by exactly which of the sets they are in: bit i of `mask` stands for the i-th. */
export async function overlapRows(
  clickhouse: ClickHouse,
  workspaceId: number,
  sets: readonly SetName[],
): Promise<{ mask: number; size: number }[]> {
  const text = `
    select mask, count() as size
    from (
      select person_id, groupBitOr(bitShiftLeft(toUInt32(1), toUInt8(at - 1))) as mask
      from (
        select person_id, indexOf({names:Array(String)}, concat(kind, ':', key)) as at
        from membership_changes
        where workspace_id = {workspace:UInt32} and value = ''
          and (kind, key) in (select arrayJoin(arrayZip({kinds:Array(String)}, {keys:Array(String)})) as pair)
        group by kind, key, person_id having argMax(entered, seq) = 1
      )
      group by person_id
    )
    group by mask order by size desc, mask`
  return clickhouse.query('interactive', text, {
    workspace: workspaceId,
    names: sets.map((set) => `${set.kind}:${set.key}`),
    kinds: sets.map((set) => set.kind),
    keys: sets.map((set) => set.key),
  })
}

export interface DayRow {
  /** `2026-11-01`; empty: everything before the first day asked for. */
  day: string
  entered: number
  left: number
  /** What merges added and took. */
  mergedIn: number
  mergedOut: number
}

/** Enters and leaves by day of the workspace's calendar. A row that was sent twice counts once. */
export async function dayRows(
  clickhouse: ClickHouse,
  workspaceId: number,
  set: ValueName,
  span: { from: string; to: string; zone: string },
): Promise<DayRow[]> {
  const text = `
    select if(day < {from:Date}, '', toString(day)) as day,
      sumIf(greatest(0, step), not merged) as entered, sumIf(greatest(0, -step), not merged) as left,
      sumIf(greatest(0, step), merged) as mergedIn, sumIf(greatest(0, -step), merged) as mergedOut
    from (
      select toDate(toTimeZone(at, {zone:String})) as day, reason = 'merge' as merged,
        toInt64(uniqExactIf(seq, m.entered = 1)) - toInt64(uniqExactIf(seq, m.entered = 0)) as step
      from membership_changes as m
      where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String} and value = {value:String}
      group by person_id, at, merged
    ) as c
    where c.day <= {to:Date}
    group by day order by day`
  return clickhouse.query('interactive', text, { workspace: workspaceId, kind: set.kind, key: set.key, value: set.value ?? '', ...span })
}

/** By how much the people with each value of a tag became more or fewer; `day` as in `dayRows`. */
export async function valueDayRows(
  clickhouse: ClickHouse,
  workspaceId: number,
  set: SetName,
  span: { from: string; to: string; zone: string },
): Promise<{ value: string; day: string; step: number }[]> {
  const text = `
    select value, if(day < {from:Date}, '', toString(day)) as day,
      toInt64(uniqExactIf((person_id, seq), c.entered = 1)) - toInt64(uniqExactIf((person_id, seq), c.entered = 0)) as step
    from (
      select value, person_id, seq, entered, toDate(toTimeZone(at, {zone:String})) as day
      from membership_changes
      where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String} and value != ''
    ) as c
    where c.day <= {to:Date}
    group by value, day`
  return clickhouse.query('interactive', text, { workspace: workspaceId, kind: set.kind, key: set.key, ...span })
}

/** Who was in at the end of a day, under the ids they live on in; highest first, below `before`. `size` counts them all. */
export async function memberRowsAt(
  clickhouse: ClickHouse,
  workspaceId: number,
  set: ValueName,
  at: { day: string; zone: string },
  page: { before: number | null; limit: number },
): Promise<{ size: number; people: number[] }> {
  const text = `
    select count() as size, arrayMap(id -> -id, groupArraySortedIf(${page.limit})(-toInt64(living), living < {before:UInt64})) as people
    from (
      select distinct dictGetOrDefault('person_override_map', 'person_id', ({workspace:UInt32}, person_id), person_id) as living
      from (
        select person_id from membership_changes
        where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String} and value = {value:String}
          and toDate(toTimeZone(at, {zone:String})) <= {day:Date}
        group by person_id having argMax(entered, seq) = 1
      )
    )`
  const [row] = await clickhouse.query<{ size: number; people: number[] }>('interactive', text, {
    workspace: workspaceId,
    kind: set.kind,
    key: set.key,
    value: set.value ?? '',
    ...at,
    before: page.before ?? Number.MAX_SAFE_INTEGER,
  })
  return row ?? { size: 0, people: [] }
}
