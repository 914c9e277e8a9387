import type { Rule } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { moved } from '../ui/moved.ts'
import { complete, draftOf, problemOf, valuesOf, withNewValue } from './value-list.ts'

const rule: Rule = { kind: 'random', seed: 'x', from: 0, to: 50 }
const list = draftOf([
  { value: '甲', rule },
  { value: '乙', rule },
])

test('values keep what they are told apart by while they move and are joined by others', () => {
  const longer = withNewValue(moved(list, 0, 1))
  expect(longer.map(({ id, value }) => [id, value])).toEqual([
    [1, '乙'],
    [0, '甲'],
    [2, ''],
  ])
  expect(valuesOf(list)).toEqual([
    { value: '甲', rule },
    { value: '乙', rule },
  ])
})

test('a value without a name, with one that is taken, or with an unfinished rule cannot be stored', () => {
  expect(complete(list)).toBe(true)
  expect(complete(list.slice(0, 1))).toBe(false)
  expect(problemOf(withNewValue(list), 2)).toBe('valueUnnamed')
  expect(
    problemOf(
      draftOf([
        { value: '甲', rule },
        { value: ' 甲 ', rule },
      ]),
      1,
    ),
  ).toBe('valueTwice')
  expect(problemOf(draftOf([{ value: '甲', rule: { kind: 'tag', tag: '' } }]), 0)).toBe('valueRule')
})
