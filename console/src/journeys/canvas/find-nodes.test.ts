import { expect, it } from 'vitest'
import type { JourneyNaming } from '../words/node-words.ts'
import { findNodes } from './find-nodes.ts'
import { blankJourney, type GraphAction, graphReducer } from './graph.ts'
import { layoutJourney } from './layout.ts'
import { walkTo } from './walk-nodes.ts'

const naming: JourneyNaming = {
  language: 'zh',
  tag: (key) => (key === 'vip' ? '会员' : key),
  segment: (key) => key,
  template: (key) => (key === 'hello' ? '新人问候' : key),
  coupon: (key) => key,
} as JourneyNaming
const entrance = { from: null, field: 'next' } as const
const actions: GraphAction[] = [
  { type: 'insert', edge: entrance, kind: 'send' },
  { type: 'patch', id: 'send_1', patch: { template: 'hello' } },
  { type: 'insert', edge: entrance, kind: 'condition' },
  { type: 'patch', id: 'condition_1', patch: { rule: { kind: 'tag', tag: 'vip' }, name: '老客？' } },
  { type: 'insert', edge: entrance, kind: 'wait_event' },
  { type: 'patch', id: 'wait_event_1', patch: { match: { event: 'Coupon Claimed', filters: [] } } },
]
const journey = actions.reduce(graphReducer, blankJourney())
const found = (query: string) => findNodes(journey, query, naming).map((node) => node.id)

it('finds steps by name, kind, template, tag and event, by any of their words', () => {
  expect(found('新人问候')).toEqual(['send_1'])
  expect(found('HELLO')).toEqual(['send_1'])
  expect(found('老客')).toEqual(['condition_1'])
  expect(found('会员')).toEqual(['condition_1'])
  expect(found('vip 老客')).toEqual(['condition_1'])
  expect(found('coupon claimed')).toEqual(['wait_event_1'])
  expect(found('等待行为')).toEqual(['wait_event_1'])
  // Where a step leads to is not what it says.
  expect(found('exit_1')).toEqual(['exit_1'])
  expect(found(' ')).toEqual([])
  expect(found('没有这个')).toEqual([])
})

it('walks by the arrow keys along the ways and across', () => {
  const points = layoutJourney(journey)
  const to = (from: string | null, direction: 'up' | 'down' | 'left' | 'right') =>
    walkTo(journey, points, { from, direction, entrance: '-entrance' })
  expect(to(null, 'down')).toBe('wait_event_1')
  expect(to('-entrance', 'down')).toBe('wait_event_1')
  expect(to('wait_event_1', 'up')).toBe('-entrance')
  expect(to('wait_event_1', 'down')).toBe('condition_1')
  expect(to('condition_1', 'up')).toBe('wait_event_1')
  expect(to('condition_1', 'right')).toBe('exit_2')
  expect(to('exit_2', 'left')).toBe('condition_1')
  expect(to('exit_2', 'right')).toBeNull()
  expect(to('end', 'down')).toBeNull()
})
