import { type JourneyDefinition, journeyDefinitionSchema } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { aheadOf } from './season.ts'

const due = (date: string): { definition: JourneyDefinition } => ({
  definition: journeyDefinitionSchema.parse({
    trigger: { kind: 'schedule', audience: { kind: 'segment', segment: 'all' }, at: '10:00', repeat: { kind: 'once', date }, to: date },
    start: 'end',
    nodes: [{ id: 'end', kind: 'exit' }],
  }),
})
const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000
const datesOn = (today: string, ...dates: string[]) =>
  aheadOf(dates.map(due), dayOf(today)).map(({ definition: { trigger } }) =>
    trigger.kind === 'schedule' && trigger.repeat.kind === 'once' ? [trigger.repeat.date, trigger.to] : [],
  )

test('dates of a season that is over are those of the next one, all in the same year', () => {
  expect(datesOn('2026-10-19', '2026-10-20', '2026-11-11')).toEqual([
    ['2026-10-20', '2026-10-20'],
    ['2026-11-11', '2026-11-11'],
  ])
  expect(datesOn('2026-10-20', '2026-10-20', '2026-11-11')).toEqual([
    ['2027-10-20', '2027-10-20'],
    ['2027-11-11', '2027-11-11'],
  ])
  expect(datesOn('2029-01-01', '2028-02-29')).toEqual([['2029-02-28', '2029-02-28']])
})

test('what is still ahead stays in its year, and what has no dates stays as it is', () => {
  expect(datesOn('2025-01-01', '2026-10-20')).toEqual([['2026-10-20', '2026-10-20']])
  expect(aheadOf([], 0)).toEqual([])
})
