import { expect, test } from 'vitest'
import { timeReader } from './times.ts'

const shanghai = timeReader(['unix', 'iso', 'yyyy-MM-dd HH:mm:ss', 'yyyy/MM/dd HH:mm'], 'Asia/Shanghai')
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

test('seconds, instants and local times all come to the same instant', () => {
  const noon = '2017-11-25T04:00:00.000Z'
  expect(iso(shanghai('1511582400'))).toBe(noon)
  expect(iso(shanghai('2017-11-25T12:00:00+08:00'))).toBe(noon)
  expect(iso(shanghai('2017-11-25 12:00:00'))).toBe(noon)
  expect(iso(shanghai('2017/11/25 12:00'))).toBe(noon)
})

test('numbers may lack their leading zero, as spreadsheets write them', () => {
  expect(iso(shanghai('2017/1/5 8:05'))).toBe('2017-01-05T00:05:00.000Z')
})

test('summer time is that of the day', () => {
  const london = timeReader(['yyyy-MM-dd HH:mm:ss'], 'Europe/London')
  expect(iso(london('2011-07-01 09:30:15'))).toBe('2011-07-01T08:30:15.000Z')
  expect(iso(london('2011-12-01 09:30:15'))).toBe('2011-12-01T09:30:15.000Z')
})

test('what is no time is null', () => {
  for (const text of [
    '',
    'yesterday',
    '2017-02-30 10:00:00',
    '2017-13-01 10:00:00',
    '2017-01-01 10:00:75',
    '2017-01-01T10:00:00',
    '9'.repeat(20),
  ]) {
    expect(shanghai(text), text).toBeNull()
  }
})
