import { z } from 'zod'

// Where a window means days, weeks, months or years, they are those of the workspace's time zone; weeks begin on Monday.

/** Far enough back and ahead for any rule of a shop, near enough for every calendar to be computed. */
const calendarStepsMax = 3_660
const units = z.enum(['minute', 'hour', 'day'])
export const spanLengthSchema = z.object({ amount: z.number().int().positive().max(100_000), unit: units })
export type SpanLength = z.infer<typeof spanLengthSchema>

const localDaySchema = z.iso.date()
/** A day of any year: `11-01`. */
export const monthDaySchema = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a month and a day, like 11-01')

const rolling = spanLengthSchema.extend({ kind: z.literal('rolling') })
const offset = z.number().int().min(-100_000).max(100_000)
const relative = z.object({ kind: z.literal('relative'), from: offset.optional(), to: offset, unit: units })
const step = z.number().int().min(-calendarStepsMax).max(calendarStepsMax)
export const calendarWindowSchema = z.object({
  kind: z.literal('calendar'),
  unit: z.enum(['day', 'week', 'month', 'quarter', 'year']),
  from: step,
  to: step,
})
export type CalendarWindow = z.infer<typeof calendarWindowSchema>
const annual = z.object({ kind: z.literal('annual'), from: monthDaySchema, to: monthDaySchema, year: z.number().int().min(-100).max(100) })
const dates = z.object({ kind: z.literal('dates'), from: localDaySchema.optional(), to: localDaySchema.optional() })
const between = z.object({ kind: z.literal('between'), from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) })

/**
 * Where a date may lie:
 * - `rolling`: (now - length, now].
 * - `relative`: so many units ago, `from` the far end and `to` the near one: {from: 10, to: 3, unit: 'day'} is
 *   (now - 10 × 24 h, now - 3 × 24 h]. Without `from`: longer ago than `to`. Negative numbers are ahead of now.
 * - `calendar`: whole units, 0 the current one: month -1..-1 is last month, day -2..0 are today and the two days before.
 * - `annual`: the days `from`..`to` of a year, 0 this one and -1 the last; where `to` is before `from`, into the next year.
 * - `dates`: local days, both included; without `from` or `to` open at that end.
 * - `between`: [from, to), instants in ISO 8601.
 */
export const dateWindowSchema = z.discriminatedUnion('kind', [rolling, relative, calendarWindowSchema, annual, dates, between])
export type DateWindow = z.infer<typeof dateWindowSchema>

/** When events must have happened; besides the above `ever`, and `since` a date in an attribute (for `within` after it). */
export const windowSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ever') }),
  rolling,
  relative,
  calendarWindowSchema,
  annual,
  dates,
  between,
  z.object({ kind: z.literal('since'), attribute: z.string().min(1).max(200), within: spanLengthSchema.optional() }),
])
export type RuleWindow = z.infer<typeof windowSchema>

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** Milliseconds of a span; a day is 24 hours here. */
export function spanLengthMs({ amount, unit }: SpanLength): number {
  return amount * unitMs[unit]
}
