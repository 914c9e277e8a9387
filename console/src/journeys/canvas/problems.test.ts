import type { ExitCondition, JourneyDefinition } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import { blankJourney, graphReducer } from './graph.ts'
import { problemsOf } from './problems.ts'

const known = {
  templates: new Map([
    ['welcome', 'popup'],
    ['old_coupon', 'popup'],
  ]),
  segments: new Set<string>(),
  tags: new Map([['stage', ['活跃', '流失']]]),
  staticTags: new Set(['gold']),
  coupons: new Set(['welcome']),
  journeys: new Map([['care', 'call'] as const, ['news', 'schedule'] as const]),
  taskMembers: new Set(['li@shop.cn']),
  couponless: new Set(['old_coupon']),
  holdouts: new Set(['always']),
}
const end = { id: 'end', kind: 'exit', name: '', result: '' } as const
const send = (id: string, next: string, template = 'welcome') =>
  ({ id, kind: 'send', name: '', channel: 'popup', template, purpose: 'marketing', next }) as const
const journey = (start: string, nodes: JourneyDefinition['nodes']): JourneyDefinition => ({ ...blankJourney(), start, nodes })
const texts = (definition: JourneyDefinition) => problemsOf(definition, known, 'zh').map((problem) => problem.text)

it('finds nothing wrong with the blank journey', () => {
  expect(problemsOf(blankJourney(), known, 'zh')).toEqual([])
})

it('marks a grant without a coupon, and with one that cannot be given', () => {
  const graph = graphReducer(blankJourney(), { type: 'insert', edge: { from: null, field: 'next' }, kind: 'grant' })
  expect(problemsOf(graph, known, 'zh')).toEqual([{ nodeId: 'grant_1', text: '还没选优惠券' }])
  const giving = (coupon: string) => graphReducer(graph, { type: 'patch', id: 'grant_1', patch: { coupon } })
  expect(texts(giving('gone'))).toEqual(['优惠券不存在或已归档'])
  expect(texts(giving('welcome'))).toEqual([])
})

it('marks a tag or attribute that is not chosen, or cannot be written', () => {
  const tag = (key: string) => ({ id: 'a', kind: 'set_tag', name: '', tag: key, change: 'give', next: 'end' }) as const
  expect(['', 'stage', 'gold'].map((key) => texts(journey('a', [tag(key), end])))).toEqual([
    ['还没选标签'],
    ['标签不存在、已归档，或由规则决定'],
    [],
  ])
  const attribute = (name: string) =>
    ({ id: 'a', kind: 'set_attribute', name: '', attribute: name, value: { kind: 'trigger', property: '' }, next: 'end' }) as const
  expect(texts(journey('a', [attribute(''), end]))).toEqual(['还没填属性', '还没填触发时的属性'])
  expect(texts(journey('a', [{ ...attribute('phone'), value: { kind: 'literal', value: '1' } }, end]))).toEqual([
    '手机号和邮箱用来认人，流程不能写',
  ])
})

it('marks a step to another journey that is not chosen, is not there, or takes nobody', () => {
  const start = (to: string, name = 'order_id') => {
    const properties = [{ name, value: { kind: 'trigger', property: 'order_id' } as const }]
    return journey('a', [{ id: 'a', kind: 'start_journey', name: '', journey: to, properties, next: 'end', onFailure: 'end' }, end])
  }
  expect(['', 'gone', 'news', 'care'].map((to) => texts(start(to)))).toEqual([
    ['还没选流程'],
    ['流程不存在或已归档'],
    ['那个流程的触发方式不是“接口或别的流程送入”，送不进去'],
    [],
  ])
  expect(texts(start('care', ''))).toEqual(['带过去的属性没填完整'])
  const stop = (from?: string) =>
    journey('a', [{ id: 'a', kind: 'stop_journey', name: '', ...(from === undefined ? {} : { journey: from }), next: 'end' }, end])
  expect([stop(''), stop('gone'), stop('news'), stop()].map(texts)).toEqual([['还没选流程'], ['流程不存在或已归档'], [], []])
  const graph = graphReducer(stop('news'), { type: 'patch', id: 'a', patch: { journey: null } })
  expect(graph.nodes[0]).not.toHaveProperty('journey')
})

it('marks a send without a template, with a lost one, and with one of another channel', () => {
  const graph = graphReducer(blankJourney(), { type: 'insert', edge: { from: null, field: 'next' }, kind: 'send' })
  expect(problemsOf(graph, known, 'zh')).toEqual([{ nodeId: 'send_1', text: '还没选模板' }])
  expect(texts(journey('a', [send('a', 'end', 'gone'), end]))).toEqual(['模板不存在或已归档'])
  expect(texts(journey('a', [{ ...send('a', 'end'), channel: 'sms' }, end]))).toEqual(['模板不是这个渠道的'])
  expect(texts(journey('a', [send('a', 'end', 'old_coupon'), end]))).toEqual(['模板里的优惠券已归档或不存在，用户领不到'])
  const unless = [{ event: '', filters: [] }]
  expect(texts(journey('a', [{ ...send('a', 'end'), unless }, end]))).toEqual(['“不用再发”里有一条还没选行为'])
})

it('says every problem of the drawing in Chinese', () => {
  const broken = [
    journey('a', [send('a', 'b'), send('b', 'a')]),
    journey('a', [send('a', 'a'), end]),
    journey('a', [send('a', 'nowhere'), end]),
    journey('gone', [end]),
    journey('end', [end, end]),
    journey('end', [send('loose', 'end'), end]),
  ]
  for (const definition of broken) {
    const said = texts(definition)
    expect(said.length).toBeGreaterThan(0)
    for (const text of said) expect(text).not.toMatch(/[a-z]{3}/)
  }
})

it('marks a step whose own exit condition is not complete, and takes it off again', () => {
  const wait = { id: 'w', kind: 'wait', name: '', duration: { amount: 1, unit: 'hour' }, next: 'end' } as const
  const leaving = (exits: ExitCondition[]) => graphReducer(journey('w', [wait, end]), { type: 'patch', id: 'w', patch: { exits } })
  expect(problemsOf(leaving([{ kind: 'event', event: '', filters: [] }]), known, 'zh')).toEqual([
    { nodeId: 'w', text: '退出条件还没选行为' },
  ])
  expect(texts(leaving([{ kind: 'event', event: 'Order Paid', filters: [] }]))).toEqual([])
  expect(leaving([])).toEqual(journey('w', [wait, end]))
})

it('names incomplete settings', () => {
  const definition: JourneyDefinition = {
    ...blankJourney(''),
    exits: [
      { kind: 'event', event: '', filters: [] },
      { kind: 'rule', rule: { kind: 'tag', tag: '' } },
    ],
  }
  expect(texts(definition)).toEqual(['还没选触发行为', '退出条件还没选行为', '退出条件没填完整'])
  expect(texts({ ...blankJourney(), trigger: { kind: 'segment_entry', segment: 'lost' } })).toEqual(['触发人群不存在或已归档'])
  const tagged = (tag: string, value?: string) =>
    texts({ ...blankJourney(), trigger: { kind: 'tag_entry', tag, ...(value ? { value } : {}) } })
  expect([tagged(''), tagged('gone'), tagged('stage', '新客'), tagged('stage', '流失'), tagged('stage')]).toEqual([
    ['还没选触发标签'],
    ['触发标签不存在或已归档'],
    ['触发标签没有这个值'],
    [],
    [],
  ])
})
