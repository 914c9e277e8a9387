import { z } from 'zod'

/** A local time of day. */
export const clockTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time, like 09:00')

/**
 * What the clocks of the workspace's time zone must have shown when an event happened: a time of day from `from` up to, and not
 * with, `to`, and one of the weekdays (1 is Monday). A `to` that is not after `from` is the next day's, and the weekday then
 * that of the beginning. A time that clocks show twice counts both times.
 */
export const eventClockSchema = z.object({
  hours: z.object({ from: clockTimeSchema, to: clockTimeSchema }).optional(),
  weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7).optional(),
})
export type EventClock = z.infer<typeof eventClockSchema>

/** Of a clock time `09:30`, how many minutes after midnight. */
export const clockMinute = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
