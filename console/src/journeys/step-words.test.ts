import type { JourneyDefinition } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import type { JourneyNaming } from './node-words.ts'
import { nodeSummary } from './node-words.ts'
import { stepSentence } from './step-words.ts'

const naming: JourneyNaming = { language: 'zh', timeZone: 'Asia/Shanghai', tag: String, segment: String, template: () => '新人券弹窗' }
const definition: JourneyDefinition = {
  trigger: { kind: 'event', event: 'Signed Up', filters: [] },
  reentry: 'never',
  exits: [],
  goal: { event: 'Order Paid', window: { amount: 3, unit: 'day' } },
  start: 'hello',
  nodes: [
    { id: 'hello', kind: 'send', name: '', channel: 'popup', template: 'welcome', purpose: 'marketing', next: 'claim' },
    {
      id: 'claim',
      kind: 'wait_event',
      name: '',
      match: { event: 'Coupon Claimed', filters: [] },
      timeout: { amount: 1, unit: 'hour' },
      next: 'end',
      onTimeout: 'end',
    },
    { id: 'end', kind: 'exit', name: '', result: '已领券' },
  ],
}
const at = '2026-11-22T02:00:00.000Z'
const say = (nodeId: string, outcome: string, details: Record<string, unknown> = {}) =>
  stepSentence({ at, nodeId, outcome, details }, definition, naming)

it('tells a run as a story', () => {
  expect(say('hello', 'entered', { trigger: { name: 'Signed Up', sourceKey: 'event:m1' } })).toBe(
    '因「注册」进入流程。来到：弹窗「新人券弹窗」',
  )
  expect(say('hello', 'passed')).toBe('已交给触达：弹窗「新人券弹窗」（是否发出见消息记录）')
  expect(say('claim', 'entered', { until: '2026-11-22T03:00:00.000Z' })).toBe('开始等待：等领券，最多 1 小时，最晚等到 2026-11-22 11:00')
  expect(say('claim', 'timed_out')).toBe('等满 1 小时 没有发生，走“超时”')
  expect(say('end', 'passed')).toBe('流程结束：已领券')
  expect(say('claim', 'left', { result: 'exit_rule.0' })).toBe('中途退出：满足了退出条件，后面的消息不再发')
})

it('summarises nodes in one line', () => {
  expect(definition.nodes.map((node) => nodeSummary(node, naming))).toEqual(['弹窗「新人券弹窗」', '等领券，最多 1 小时', '已领券'])
})
