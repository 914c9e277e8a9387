import { expect, test } from 'vitest'
import { journeyDefinitionSchema, nodeSchema } from './journey.ts'
import { journeyProblems } from './journey-problems.ts'

const problems = (start: string, nodes: unknown[]) =>
  journeyProblems(journeyDefinitionSchema.parse({ trigger: { kind: 'event', event: 'Signed Up' }, start, nodes }))
const send = (id: string, next: string) => ({ id, kind: 'send', channel: 'sms', template: 'hello', next })
const wait = (id: string, next: string) => ({ id, kind: 'wait', duration: { amount: 1, unit: 'hour' }, next })
const waitEvent = (id: string, next: string, onTimeout: string) => ({
  id,
  kind: 'wait_event',
  match: { event: 'Order Paid' },
  timeout: { amount: 1, unit: 'hour' },
  next,
  onTimeout,
})
const condition = (id: string, next: string, otherwise: string) => ({
  id,
  kind: 'condition',
  rule: { kind: 'all', rules: [] },
  next,
  otherwise,
})
const end = (id = 'end') => ({ id, kind: 'exit' })

test('a straight journey has no problems', () => {
  expect(problems('a', [send('a', 'b'), wait('b', 'end'), end()])).toEqual([])
})

test('ways to nodes that are not there are told with the field that leads there', () => {
  const found = problems('nowhere', [send('a', 'x'), waitEvent('b', 'end', 'y'), condition('c', 'end', 'z'), end()])
  expect(found.map((problem) => problem.path)).toEqual(
    expect.arrayContaining(['start', 'nodes.0.next', 'nodes.1.onTimeout', 'nodes.2.otherwise']),
  )
})

test('two nodes of one name are told at the second', () => {
  expect(problems('a', [send('a', 'end'), end(), send('a', 'end')])).toEqual([
    { path: 'nodes.2.id', message: 'nodes.0 is called "a" too; give this node an id of its own' },
  ])
})

test('a node that nobody comes to is told', () => {
  expect(problems('a', [send('a', 'end'), send('b', 'end'), end()]).map((problem) => problem.path)).toEqual(['nodes.1'])
})

test('a journey without an exit node, and a way that never ends, are told', () => {
  expect(problems('a', [wait('a', 'a')]).map((problem) => problem.path)).toEqual(['nodes'])
  expect(problems('a', [condition('a', 'end', 'b'), wait('b', 'b'), end()]).map((problem) => problem.path)).toEqual(['nodes.1'])
})

test('a circle without a wait is told once, with its nodes', () => {
  const found = problems('a', [send('a', 'b'), condition('b', 'end', 'a'), end()])
  expect(found).toEqual([{ path: 'nodes.0', message: '"b", "a" form a circle without a wait; put a wait or a wait for an event into it' }])
  expect(problems('a', [condition('a', 'end', 'a'), end()]).map((problem) => problem.path)).toEqual(['nodes.0'])
})

test('a circle whose only wait counts from the entry turns for ever once that has passed, and is told', () => {
  const nodes = [{ ...wait('a', 'b'), since: 'entry' }, condition('b', 'end', 'a'), end()]
  expect(problems('a', nodes).map((problem) => problem.path)).toEqual(['nodes.0'])
})

test('a circle through a wait, or through a wait for an event, is well', () => {
  expect(problems('a', [send('a', 'b'), condition('b', 'end', 'c'), wait('c', 'a'), end()])).toEqual([])
  expect(problems('a', [waitEvent('a', 'a', 'end'), end()])).toEqual([])
})

const everyone = { kind: 'all', rules: [] }
const until = (id: string, end: object, next: string) => ({ id, kind: 'wait_until', until: end, next })
const morning = { kind: 'time', at: '09:00' }
const workdays = { kind: 'window', weekdays: [1, 2, 3, 4, 5], from: '10:00', to: '20:00' }
const birthday = (otherwise: string) => ({ kind: 'date', attribute: 'birthday', yearly: true, days: -3, at: '10:00', otherwise })
const split = (id: string, ...ways: object[]) => ({ id, kind: 'split', ways })
const half = (id: string, next: string, more: object = {}) => ({ id, share: 50, next, ...more })

test('a circle may wait for a clock time or a date, but not for a window, and not on the way of whom no date is known', () => {
  expect(problems('a', [until('a', morning, 'b'), condition('b', 'a', 'end'), end()])).toEqual([])
  expect(problems('a', [until('a', birthday('end'), 'a'), end()])).toEqual([])
  expect(problems('a', [until('a', workdays, 'b'), condition('b', 'a', 'end'), end()]).map((problem) => problem.path)).toEqual(['nodes.0'])
  expect(problems('a', [until('a', birthday('b'), 'end'), condition('b', 'a', 'end'), end()]).map((problem) => problem.path)).toEqual([
    'nodes.0',
  ])
})

test('ways of branches, splits and dates are told with the field that leads there', () => {
  const branch = { id: 'b', kind: 'branch', ways: [{ id: 'one', rule: everyone, next: 'x' }], otherwise: 'y' }
  const found = problems('b', [branch, split('s', half('one', 'end'), half('two', 'z')), until('u', birthday('w'), 'end'), end()])
  expect(found.map((problem) => problem.path)).toEqual([
    'nodes.0.ways.0.next',
    'nodes.0.otherwise',
    'nodes.1.ways.1.next',
    'nodes.2.until.otherwise',
  ])
})

test('shares make 100 to the hundredth, and ways have ids of their own', () => {
  const thirds = [33.33, 33.33, 33.34].map((share, i) => ({ id: `w${i}`, share, next: 'end' }))
  expect(problems('s', [split('s', ...thirds), end()])).toEqual([])
  expect(problems('s', [split('s', half('one', 'end'), { id: 'two', share: 49.99, next: 'end' }), end()])).toEqual([
    { path: 'nodes.0.ways', message: 'the shares make 99.99 per cent; make them 100' },
  ])
  expect(problems('s', [split('s', half('one', 'end'), half('one', 'end')), end()]).map((problem) => problem.path)).toEqual([
    'nodes.0.ways.1.id',
  ])
  const branch = { id: 'b', kind: 'branch', ways: [{ id: 'otherwise', rule: everyone, next: 'end' }], otherwise: 'end' }
  expect(problems('b', [branch, end()]).map((problem) => problem.path)).toEqual(['nodes.0.ways.0.id'])
})

test('the control group gets nothing, and there is one', () => {
  const control = { control: true }
  expect(problems('s', [split('s', half('one', 'm'), half('none', 'end', control)), send('m', 'end'), end()])).toEqual([])
  expect(
    problems('s', [split('s', half('one', 'end'), half('none', 'm', control)), send('m', 'end'), end()]).map((problem) => problem.path),
  ).toEqual(['nodes.0.ways.1.next'])
  expect(
    problems('s', [split('s', half('one', 'end', control), half('two', 'end', control)), end()]).map((problem) => problem.path),
  ).toEqual(['nodes.0.ways.1.control'])
})

test('a test of what brought the person in is told with its place', () => {
  const triggerFilters = [{ property: 'products[].category', op: 'eq', value: 'x' }]
  const branch = { id: 'b', kind: 'branch', ways: [{ id: 'one', rule: everyone, triggerFilters, next: 'c' }], otherwise: 'end' }
  const found = problems('b', [branch, { ...condition('c', 'end', 'end'), triggerFilters }, end()])
  expect(found.map((problem) => problem.path)).toEqual(['nodes.0.ways.0.triggerFilters.0.property', 'nodes.1.triggerFilters.0.property'])
})

test.each([
  ['a clock time that there is not', { kind: 'time', at: '24:00' }],
  ['a window without a day', { ...workdays, weekdays: [] }],
  ['an eighth weekday', { ...workdays, weekdays: [8] }],
  ['more than a year before the date', { ...birthday('end'), days: -366 }],
])('%s is refused', (_, end) => {
  expect(nodeSchema.safeParse(until('u', end, 'end')).success).toBe(false)
})
