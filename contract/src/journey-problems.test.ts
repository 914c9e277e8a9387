import { expect, test } from 'vitest'
import { journeyDefinitionSchema } from './journey.ts'
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
