import { AppError, isTimeZone, type Problem, problemsOf } from '@chaoxi/contract'
import { z } from 'zod'

/**
 * A mapping says how the rows of one kind of file become events. It is strict: a misspelt field is a problem, not a
 * silent default. The words are explained in mappings/README.md.
 */
const column = z.string().min(1).max(200)
const scalar = z.union([z.string().max(1000), z.number(), z.boolean()])

const valueTypes = ['string', 'id', 'integer', 'number', 'boolean'] as const

const valueSchema = z.union([
  z.strictObject({
    column,
    type: z.enum(valueTypes).default('string'),
    required: z.boolean().default(false),
    negate: z.boolean().default(false),
  }),
  z.strictObject({ template: z.string().min(1).max(1000), required: z.boolean().default(false) }),
  z.strictObject({ value: scalar }),
])
export type Value = z.infer<typeof valueSchema>

const conditionSchema = z.union([
  z.strictObject({ column, in: z.array(z.string().max(1000)).min(1).max(1000) }),
  z.strictObject({ column, startsWith: z.array(z.string().min(1).max(1000)).min(1).max(100) }),
  z.strictObject({ column, empty: z.boolean() }),
  z.strictObject({ column, lessThan: z.number() }),
  z.strictObject({ column, atLeast: z.number() }),
])
export type Condition = z.infer<typeof conditionSchema>

const timeFormat = z
  .string()
  .refine((text) => ['unix', 'unix_ms', 'iso'].includes(text) || /^(?=.*yyyy)(?=.*M)(?=.*d)[yMdHms/\-:. T年月日]+$/.test(text), {
    message: 'unix, unix_ms, iso, or a pattern of yyyy MM dd HH mm ss',
  })
const timeSchema = z.strictObject({
  /** The first of these columns that is not empty. */
  columns: z.array(column).min(1).max(10),
  formats: z.array(timeFormat).min(1).max(10),
})

const personSchema = z
  .strictObject({ userId: valueSchema.optional(), anonymousId: valueSchema.optional() })
  .refine((person) => person.userId !== undefined || person.anonymousId !== undefined, {
    message: 'give userId, anonymousId or both',
  })

const properties = z.record(z.string().min(1).max(200), valueSchema)

const linesSchema = z.strictObject({
  properties,
  /** The property of the event that gets the sum of price x quantity over its lines. */
  total: z.string().min(1).max(200).optional(),
})

const eventName = z.string().min(1).max(200)
const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('track'),
    event: z.union([eventName, z.strictObject({ column, values: z.record(z.string(), eventName) })]),
    when: z.array(conditionSchema).max(20).default([]),
    time: timeSchema.optional(),
    properties: properties.default({}),
    lines: linesSchema.optional(),
    messageId: z.array(column).min(1).max(10).optional(),
  }),
  z.strictObject({
    type: z.literal('identify'),
    when: z.array(conditionSchema).max(20).default([]),
    time: timeSchema.optional(),
    traits: properties.default({}),
    messageId: z.array(column).min(1).max(10).optional(),
  }),
])
export type EventMapping = z.infer<typeof eventSchema>

const mappingSchema = z.strictObject({
  /** Part of every message id: two mappings never take each other's rows for repetitions. */
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, _ and -, at most 64'),
  description: z.string().max(2000).default(''),
  source: z
    .strictObject({
      format: z.enum(['csv', 'jsonl', 'parquet']).optional(),
      encoding: z.enum(['auto', 'utf-8', 'gbk']).default('utf-8'),
      delimiter: z.enum([',', ';', '\t', '|']).default(','),
      header: z.boolean().default(true),
      columns: z.array(column).max(1000).optional(),
      /** Other names a column goes by in other versions of the file. */
      aliases: z.record(column, z.array(column).min(1).max(20)).default({}),
    })
    .refine((source) => source.header || source.columns !== undefined, {
      message: 'without a header, columns must be named',
      path: ['columns'],
    }),
  timeZone: z.string().refine(isTimeZone, { message: 'a time zone of the IANA database, like Asia/Shanghai' }),
  time: timeSchema,
  person: personSchema,
  skip: z.array(conditionSchema).max(50).default([]),
  /** Consecutive rows with the same value here make one event. */
  groupBy: column.optional(),
  events: z.array(eventSchema).min(1).max(20),
})
export type Mapping = z.infer<typeof mappingSchema>

/** Every column that the mapping reads. */
export function columnsOf(mapping: Mapping): Set<string> {
  const found = new Set<string>()
  const ofValue = (value: Value | undefined) => {
    if (value === undefined) return
    if ('column' in value) found.add(value.column)
    if ('template' in value) for (const name of placeholders(value.template)) found.add(name)
  }
  const ofTime = (time: z.infer<typeof timeSchema> | undefined) => {
    for (const name of time?.columns ?? []) found.add(name)
  }
  ofTime(mapping.time)
  ofValue(mapping.person.userId)
  ofValue(mapping.person.anonymousId)
  for (const condition of mapping.skip) found.add(condition.column)
  if (mapping.groupBy !== undefined) found.add(mapping.groupBy)
  for (const event of mapping.events) {
    for (const condition of event.when) found.add(condition.column)
    for (const name of event.messageId ?? []) found.add(name)
    ofTime(event.time)
    if (event.type === 'identify') {
      for (const value of Object.values(event.traits)) ofValue(value)
      continue
    }
    if (typeof event.event === 'object') found.add(event.event.column)
    for (const value of Object.values(event.properties)) ofValue(value)
    for (const value of Object.values(event.lines?.properties ?? {})) ofValue(value)
  }
  return found
}

/** The column names between braces in `{user}-{item}`. */
export function placeholders(template: string): string[] {
  return [...template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '')
}

/** What the schema cannot see: names that must agree with each other. */
function crossProblems(mapping: Mapping): Problem[] {
  const problems: Problem[] = []
  const { columns } = mapping.source
  if (columns !== undefined) {
    const known = new Set(columns)
    for (const name of columnsOf(mapping))
      if (!known.has(name)) problems.push({ path: 'source.columns', message: `there is no column ${name}` })
  }
  mapping.events.forEach((event, i) => {
    if (event.type === 'identify' && mapping.groupBy !== undefined)
      problems.push({ path: `events.${i}`, message: 'groupBy makes track events only' })
    if (event.type === 'track' && mapping.groupBy !== undefined && event.lines === undefined)
      problems.push({ path: `events.${i}.lines`, message: 'groupBy needs lines, or the rows after the first would be lost' })
    if (event.type === 'track' && event.lines !== undefined && event.properties.order_id === undefined)
      problems.push({ path: `events.${i}.properties`, message: 'an event with lines needs order_id' })
    if (event.type === 'track' && event.lines?.total !== undefined && !(event.lines.properties.price && event.lines.properties.quantity))
      problems.push({ path: `events.${i}.lines.total`, message: 'a total needs the line properties price and quantity' })
  })
  return problems
}

/** Reads a mapping, or throws `invalid_request` with every problem and its path. */
export function parseMapping(text: string): Mapping {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid_request', `The mapping is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const result = mappingSchema.safeParse(json)
  if (!result.success) throw new AppError('invalid_request', 'The mapping does not have the expected form', problemsOf(result.error))
  const problems = crossProblems(result.data)
  if (problems.length > 0) throw new AppError('invalid_request', 'The mapping contradicts itself', problems)
  return result.data
}
