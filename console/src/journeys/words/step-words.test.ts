import { type JourneyDefinition, type Rule, waitUntilSchema } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import type { JourneyNaming } from './node-words.ts'
import { nodeSummary } from './node-words.ts'
import { stepSentence } from './step-words.ts'
import { untilWords } from './until-words.ts'

const naming: JourneyNaming = {
  language: 'zh',
  timeZone: 'Asia/Shanghai',
  tag: String,
  segment: String,
  coupon: () => '新人券',
  template: () => '新人券弹窗',
  journey: (name) => (name === 'jny_1' || name === 'care' ? '关怀' : name),
}
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
  expect(say('claim', 'left', { result: 'exit_rule.claim.0' })).toBe('中途退出：停在这一步时满足了退出条件，后面的消息不再发')
})

it('tells dates, branches and groups in plain words', () => {
  const nodes: JourneyDefinition['nodes'] = [
    {
      id: 'birthday',
      kind: 'wait_until',
      name: '',
      until: { kind: 'date', attribute: 'birthday', yearly: true, days: -3, at: '10:00', otherwise: 'end' },
      next: 'tier',
    },
    {
      id: 'tier',
      kind: 'branch',
      name: '',
      ways: [
        {
          id: 'a',
          name: '大单',
          rule: { kind: 'all', rules: [] },
          triggerFilters: [{ property: 'total', op: 'gt', value: 500 }],
          next: 'groups',
        },
      ],
      otherwise: 'groups',
    },
    {
      id: 'groups',
      kind: 'split',
      name: '',
      ways: [
        { id: 'a', name: '', share: 90, next: 'end' },
        { id: 'b', name: '', share: 10, control: true, next: 'end' },
      ],
    },
    ...definition.nodes.slice(2),
  ]
  const own = { ...definition, start: 'birthday', nodes }
  const tell = (nodeId: string, outcome: string, details: Record<string, unknown> = {}) =>
    stepSentence({ at, nodeId, outcome, details }, own, naming)
  expect(tell('birthday', 'entered', { until: '2026-11-25T02:00:00.000Z' })).toBe(
    '开始等待：等到每年「生日」前 3 天 10:00，等到 2026-11-25 10:00',
  )
  expect(tell('birthday', 'passed', { way: 'otherwise', reason: 'missing' })).toBe('没有等：没有这个日期，走“没有日期”')
  expect(tell('birthday', 'passed', { way: 'next', since: at, until: at })).toBe('时间到了，继续下一步')
  expect(tell('tier', 'passed', { way: 'a' })).toMatch(/^走“大单”：触发时.*大于 500$/)
  expect(tell('tier', 'passed', { way: 'otherwise' })).toBe('各路的条件都不满足，走“其余”')
  expect(tell('groups', 'passed', { way: 'a', share: 90 })).toBe('随机分到：A 90%')
  expect(tell('groups', 'passed', { way: 'b', share: 10, control: true })).toBe('分到对照组 10%，不再发消息')
  expect(nodes.slice(0, 3).map((node) => nodeSummary(node, { ...naming, language: 'en' }))).toEqual([
    'Until 10:00, 3 days before “birthday”, each year',
    expect.stringMatching(/^大单: at the trigger .*500$/),
    'A 90% · control 10%',
  ])
})

it('tells how a condition was waited for', () => {
  const rule = { kind: 'tag', tag: 'gold' } as const
  const nodes: JourneyDefinition['nodes'] = [
    { id: 'until', kind: 'wait_rule', name: '', rule, timeout: { amount: 2, unit: 'day' }, next: 'end', onTimeout: 'end' },
    { id: 'look', kind: 'repeat_check', name: '', rule, every: { amount: 6, unit: 'hour' }, times: 4, next: 'end', onTimeout: 'end' },
    ...definition.nodes.slice(2),
  ]
  const own = { ...definition, start: 'until', nodes }
  const tell = (nodeId: string, outcome: string, details: Record<string, unknown> = {}, language: 'zh' | 'en' = 'zh') =>
    stepSentence({ at, nodeId, outcome, details }, own, { ...naming, language })
  expect(tell('until', 'passed')).toMatch(/^已经满足，马上继续：/)
  expect(tell('until', 'passed', { since: at }, 'en')).toMatch(/^It came to hold: /)
  expect(tell('until', 'timed_out')).toBe('等满 2 天没有满足，走“超时”')
  expect(tell('look', 'passed', { looks: 3 })).toMatch(/^第 3 次检查时满足：/)
  expect(tell('look', 'timed_out', { looks: 4 }, 'en')).toBe('Did not hold in 4 looks: took “never held”')
  expect(nodes.slice(1, 2).map((node) => nodeSummary(node, naming))).toEqual([expect.stringMatching(/^每 6 小时看一次，最多 4 次：/)])
})

it('tells what a step did, or why not', () => {
  const nodes: JourneyDefinition['nodes'] = [
    { id: 'give', kind: 'grant', name: '', coupon: 'new', next: 'end', onFailure: 'end' },
    { id: 'tag', kind: 'set_tag', name: '', tag: 'gold', change: 'take', next: 'end' },
    { id: 'level', kind: 'set_attribute', name: '', attribute: 'level', value: { kind: 'trigger', property: 'plan' }, next: 'end' },
    ...definition.nodes.slice(2),
  ]
  const own = { ...definition, start: 'give', nodes }
  const tell = (language: 'zh' | 'en', details: Record<string, unknown>, nodeId = 'give') =>
    stepSentence({ at, nodeId, outcome: 'passed', details }, own, { ...naming, language })
  expect(nodes.slice(0, 3).map((node) => nodeSummary(node, naming))).toEqual([
    '发一张「新人券」',
    '去掉「gold」',
    'level = 触发时的「plan」',
  ])
  expect(tell('zh', { tag: 'gold', change: 'take', done: true }, 'tag')).toBe('已去掉标签「gold」')
  expect(tell('en', { done: false, reason: 'archived' }, 'tag')).toBe('Left the tag “gold” alone: the tag is archived')
  expect(tell('zh', { attribute: 'level', value: 'A', done: true }, 'level')).toBe('已写入资料：level = A')
  expect(tell('zh', { attribute: 'level', done: false, reason: 'unknown' }, 'level')).toBe('没有写「level」：触发事件里没有这个属性')
  expect(tell('zh', { way: 'next', done: true, coupon: { code: 'ABC' } })).toBe('已发放「新人券」，券码 ABC')
  expect(tell('zh', { way: 'onFailure', done: false, reason: 'out_of_stock' })).toBe('没有发出「新人券」：库存已发完，走“没发出”')
  expect(tell('en', { way: 'onFailure', done: false, reason: 'limit' })).toBe(
    'Could not give “新人券”: the customer has had as many as allowed; took “not given”',
  )
})

it('tells what journeys do to each other', () => {
  const nodes: JourneyDefinition['nodes'] = [
    { id: 'into', kind: 'start_journey', name: '', journey: 'care', properties: [], next: 'out', onFailure: 'out' },
    { id: 'out', kind: 'stop_journey', name: '', next: 'end' },
    ...definition.nodes.slice(2),
  ]
  const own = { ...definition, start: 'into', nodes }
  const tell = (language: 'zh' | 'en', nodeId: string, details: Record<string, unknown>, outcome = 'passed') =>
    stepSentence({ at, nodeId, outcome, details }, own, { ...naming, language })
  expect(nodes.slice(0, 2).map((node) => nodeSummary(node, naming))).toEqual(['送入「关怀」', '退出本流程的其他进程'])
  expect(tell('zh', 'into', { done: true })).toBe('已送往「关怀」（进没进由它的进入条件决定）')
  expect(tell('en', 'into', { done: false, reason: 'paused' })).toBe(
    '“关怀” did not take the customer: the journey is paused; took “not taken”',
  )
  expect(tell('zh', 'into', { done: false, reason: 'too_deep' })).toBe('没能送入「关怀」：流程之间已经接连送了 10 次，走“没送进”')
  expect(tell('zh', 'out', { done: true })).toBe('已让用户退出本流程的其他进程')
  const caller = { journeyId: 'jny_1', nodeId: 'n', runId: 'run_1', depth: 1 }
  const by = { kind: 'stop', name: 'jny_2', caller }
  expect(tell('zh', 'out', { result: 'stopped_by_journey', by }, 'left')).toBe('中途退出：被别的流程叫停（「关怀」），后面的消息不再发')
  expect(tell('zh', 'into', { trigger: { kind: 'call', name: 'jny_2', caller } }, 'entered')).toMatch(/^由流程「关怀」送入。/)
  expect(tell('en', 'into', { trigger: { kind: 'call', name: 'jny_2' } }, 'entered')).toMatch(/^Let in by a program\. /)
})

it.each([
  [{ kind: 'time', at: '09:00' }, '等到下一个 09:00', 'Until the next 09:00'],
  [{ kind: 'window', weekdays: [1, 2, 3, 4, 5], from: '10:00', to: '20:00' }, '等到周一至周五 10:00–20:00', 'Until Mon–Fri 10:00–20:00'],
  [
    { kind: 'window', weekdays: [6, 1], from: '22:00', to: '02:00' },
    '等到周一、周六 22:00–次日 02:00',
    'Until Mon, Sat 22:00–next day 02:00',
  ],
  [{ kind: 'window', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '10:00', to: '20:00' }, '等到每天 10:00–20:00', 'Until every day 10:00–20:00'],
  [
    { kind: 'date', attribute: 'birthday', yearly: false, days: 1, at: '10:00', otherwise: 'end' },
    '等到「生日」后 1 天 10:00',
    'Until 10:00, 1 day after “birthday”',
  ],
  [
    { kind: 'best_hour', event: 'Product Viewed', days: 30, least: 3, defaultHour: 23 },
    '等到最常浏览商品的时段，记录不够的等到 23:00–00:00',
    'Until the hour of most “Product Viewed”, 23:00–00:00 where too little is known',
  ],
] as const)('says what a wait ends at', (until, zh, en) => {
  const parsed = waitUntilSchema.parse(until)
  expect([untilWords(parsed, 'zh'), untilWords(parsed, 'en')]).toEqual([zh, en])
})

it('summarises nodes in one line', () => {
  expect(definition.nodes.map((node) => nodeSummary(node, naming))).toEqual(['弹窗「新人券弹窗」', '等领券，最多 1 小时', '已领券'])
})

it('names the step whose message is asked about', () => {
  const everyone: Rule = { kind: 'all', rules: [] }
  const asked: JourneyDefinition = {
    ...definition,
    nodes: [
      ...definition.nodes,
      { id: 'c', kind: 'condition', name: '', rule: everyone, message: { node: 'hello', state: 'clicked' }, next: 'end', otherwise: 'end' },
    ],
  }
  const tell = (language: 'zh' | 'en') =>
    stepSentence({ at, nodeId: 'c', outcome: 'passed', details: { holds: true } }, asked, { ...naming, language })
  expect(tell('zh')).toBe('满足条件：弹窗「新人券弹窗」已点击')
  expect(tell('en')).toBe('Yes: Popup “新人券弹窗” was clicked')
})

it('tells each attempt of a send with what came of it', () => {
  const send = {
    id: 's',
    kind: 'send' as const,
    name: '',
    channel: 'sms' as const,
    template: 'a',
    purpose: 'marketing' as const,
    next: 'end',
  }
  const several = { ...definition, nodes: [...definition.nodes, { ...send, attempts: [{ channel: 'popup' as const, template: 'b' }] }] }
  const attempts = [
    { channel: 'sms', template: 'a', effectKey: 'k', result: 'dropped', reason: 'no_address' },
    { channel: 'popup', template: 'b', effectKey: 'k:2', result: 'opened' },
  ]
  const tell = (language: 'zh' | 'en') =>
    stepSentence({ at, nodeId: 's', outcome: 'passed', details: { attempts } }, several, { ...naming, language, template: (key) => key })
  expect(tell('zh')).toBe('短信「a」：没发（没有可用的联系方式）；弹窗「b」：已打开')
  expect(tell('en')).toBe('SMS “a”: not sent (No address for this channel); Popup “b”: opened')
})
