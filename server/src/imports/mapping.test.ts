import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { parseMapping } from './mapping.ts'

const folder = join(import.meta.dirname, '../../../mappings')

const minimal = {
  name: 'm',
  source: {},
  timeZone: 'UTC',
  time: { columns: ['at'], formats: ['iso'] },
  person: { userId: { column: 'user' } },
  events: [{ type: 'track', event: 'E' }],
}

function problemsOf(mapping: object): string[] {
  try {
    parseMapping(JSON.stringify(mapping))
    return []
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.problems.map(({ path }) => path)
  }
}

test('every shipped mapping is valid and named like its file', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    expect(parseMapping(readFileSync(join(folder, file), 'utf8')).name).toBe(file.replace('.json', ''))
  }
})

test('a misspelt field, an unknown zone and a time format that is none are problems with their path', () => {
  expect(problemsOf(minimal)).toEqual([])
  expect(problemsOf({ ...minimal, timezone: 'UTC' })).toEqual([''])
  expect(problemsOf({ ...minimal, timeZone: 'Mars/Olympus' })).toEqual(['timeZone'])
  expect(problemsOf({ ...minimal, time: { columns: ['at'], formats: ['soon'] } })).toEqual(['time.formats.0'])
  expect(problemsOf({ ...minimal, person: {} })).toEqual(['person'])
})

test('names must agree with each other', () => {
  expect(problemsOf({ ...minimal, source: { header: false, columns: ['user'] } })).toEqual(['source.columns'])
  expect(problemsOf({ ...minimal, source: { header: false } })).toEqual(['source.columns'])
  expect(problemsOf({ ...minimal, groupBy: 'order' })).toEqual(['events.0.lines'])
  expect(problemsOf({ ...minimal, events: [{ type: 'track', event: 'E', lines: { properties: {} } }] })).toEqual(['events.0.properties'])
})

test('what is not JSON is said so', () => {
  expect(() => parseMapping('{')).toThrow('not JSON')
})
