import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import newUserActivation from '../../playbooks/new-user-activation.json' with { type: 'json' }
import { AppError } from './errors.ts'
import { journeyDefinitionSchema, nodeExits } from './journey.ts'
import { days, event, hours, journey, minutes, type Path } from './journey-builder.ts'
import { compareJourneys, isDifferent } from './journey-compare.ts'
import { journeyText, parseJourneyFile } from './journey-file.ts'
import { journeyProblems } from './journey-problems.ts'
import { playbookSchema } from './playbook.ts'

const vip = { kind: 'tag', tag: 'vip' } as const
const start = () => journey('sample').on(event('Signed Up'))

describe('a journey in code', () => {
  test('new-user activation is the playbook’s, step by step', () => {
    const claimed = { event: 'Coupon Claimed', filters: [{ property: 'coupon_key', op: 'eq' as const, value: 'new_customer_20' }] }
    const built = journey('new_user_activation', { name: '新用户激活' })
      .on(event('Signed Up'), { exits: [event('Order Paid')], goal: { event: 'Order Paid', window: days(3) } })
      .send({ id: 'welcome', name: '弹窗送新人券', channel: 'popup', template: 'welcome_coupon_popup' })
      .waitForEvent(
        claimed,
        hours(1),
        {
          onTimeout: (way) =>
            way.send({ id: 'remind_claim', name: '短信提醒领券', channel: 'sms', template: 'claim_reminder_sms', unless: [claimed] }),
        },
        { id: 'wait_claim', name: '1 小时内领券？', since: 'entry' },
      )
      .waitForEvent(
        { event: 'Order Paid' },
        hours(24),
        {
          next: (way) => way.exit('bought', { id: 'bought', name: '已下单' }),
          onTimeout: (way) =>
            way
              .send({ id: 'hot_items', name: '短信推荐热销商品', channel: 'sms', template: 'hot_items_sms' })
              .exit('done', { id: 'done', name: '流程结束' }),
        },
        { id: 'wait_buy', name: '注册 24 小时内下单？', since: 'entry' },
      )
      .build()
    const [packed] = playbookSchema.parse(newUserActivation).journeys
    if (packed === undefined) throw new Error('the playbook has no journey')
    expect(isDifferent(compareJourneys(built, packed.definition))).toBe(false)
  })

  test('ways that stay open join the next step, and steps without a name get one', () => {
    const built = start()
      .branch(
        [
          { id: 'gold', rule: vip, way: (way) => way.wait(hours(1)) },
          { id: 'out', rule: vip, way: (way) => way.exit('left') },
        ],
        (way) => way,
      )
      .condition(vip, { otherwise: (way) => way.setTag({ tag: 'seen', change: 'give' }) })
      .exit()
      .build()
    expect(built.start).toBe('branch_1')
    expect(built.nodes.map((node) => [node.id, nodeExits(node).map(({ to }) => to)])).toEqual([
      ['branch_1', ['wait_1', 'exit_1', 'condition_1']],
      ['wait_1', ['condition_1']],
      ['exit_1', []],
      ['condition_1', ['exit_2', 'set_tag_1']],
      ['set_tag_1', ['exit_2']],
      ['exit_2', []],
    ])
  })

  test('a task’s results are ways, and so is that nobody did it', () => {
    const built = start()
      .humanTask(
        { id: 'call', title: 'Call {{ customer.name }}', who: { kind: 'role', role: 'agent' }, due: hours(24) },
        [
          { id: 'yes', name: 'Wants it', way: (way) => way.setTag({ tag: 'wants', change: 'give' }) },
          { id: 'no', way: (way) => way.exit('refused') },
        ],
        (way) => way,
      )
      .exit()
      .build()
    const [call] = built.nodes
    expect(call && nodeExits(call).map(({ way, to }) => [way, to])).toEqual([
      ['yes', 'set_tag_1'],
      ['no', 'exit_1'],
      ['onTimeout', 'exit_2'],
    ])
    expect(call).toMatchObject({ kind: 'human_task', priority: 'normal', instructions: '', ways: [{ name: 'Wants it' }, { name: '' }] })
  })

  test('loops lead back by name, and far ways on by name', () => {
    const built = start()
      .wait(minutes(10), { id: 'pause' })
      .check(vip, { every: hours(6), times: 4 }, { onTimeout: (way) => way.goTo('pause') }, { id: 'look' })
      .split([
        { id: 'a', share: 90, way: (way) => way.goToOther('last') },
        { id: 'b', share: 10, control: true, way: (way) => way.exit('control') },
      ])
    expect(() => built.build()).toThrow(/cannot go live/)
    const joined = start()
      .wait(minutes(10), { id: 'pause' })
      .condition(vip, { otherwise: (way) => way.goToOther('last') })
      .waitUntilDate({ attribute: 'birthday', yearly: true, days: -3, at: '10:00' }, { otherwise: (way) => way.goTo('pause') })
      .exit('', { id: 'last' })
      .build()
    expect(joined.nodes).toMatchObject([
      { id: 'pause' },
      { otherwise: 'last' },
      { until: { kind: 'date', otherwise: 'pause' }, next: 'last' },
      { id: 'last' },
    ])
  })

  test('what is wrong is told with its place', () => {
    const circle = start()
      .condition(vip, { otherwise: (way) => way.goToOther('ask') }, { id: 'ask' })
      .exit()
    const share = start().split([
      { id: 'a', share: 50, way: (way) => way.exit() },
      { id: 'b', share: 40, way: (way) => way.exit() },
    ])
    const problems = (built: { build(): unknown }) => {
      try {
        built.build()
      } catch (error) {
        if (error instanceof AppError) return error.problems
      }
      return []
    }
    expect(problems(circle)).toMatchObject([{ path: 'definition.nodes.0', message: expect.stringContaining('circle without a wait') }])
    expect(problems(share)).toMatchObject([{ path: 'definition.nodes.0.ways', message: expect.stringContaining('make 90 per cent') }])
    expect(problems(start().wait(hours(0)).exit())).toMatchObject([{ path: 'definition.nodes.0.duration.amount' }])
  })

  test('the compiler refuses what is no journey', () => {
    const open = start().wait(hours(1), { id: 'w' })
    const wrong = [
      // @ts-expect-error Nothing ends it.
      () => open.build(),
      // @ts-expect-error Nothing follows an exit.
      () => open.exit().wait(hours(1)),
      // @ts-expect-error There is such a step already.
      () => open.wait(hours(1), { id: 'w' }).exit().build(),
      // @ts-expect-error No step is called so.
      () => open.goTo('x').build(),
      // @ts-expect-error The way of those who were too late is missing.
      () => open.waitForEvent({ event: 'Order Paid' }, hours(1), {}).exit().build(),
      // @ts-expect-error Both ways have ended.
      () => open.condition(vip, { next: (way) => way.exit(), otherwise: (way) => way.exit() }).wait(hours(1)),
    ]
    expect(wrong.filter((work) => throws(work))).toHaveLength(wrong.length)
  })

  test('whatever is put together is whole, and the same after a journey through a file', () => {
    const tree = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
      steps: fc.array(tie('step'), { maxLength: 3 }),
      step: fc.oneof(
        { maxDepth: 2, depthIdentifier: 'steps' },
        fc.constantFrom<Step>('wait', 'send', 'tag'),
        fc.record({ ways: fc.array(fc.record({ steps: tie('steps'), ends: fc.boolean() }), { minLength: 1, maxLength: 3 }) }),
      ),
    })).steps
    fc.assert(
      fc.property(tree, (steps) => {
        const file = walked(start(), steps).exit().file()
        expect(journeyProblems(file.definition)).toEqual([])
        expect(parseJourneyFile(JSON.parse(journeyText(file)), 'it')).toMatchObject(file)
        expect(journeyText(parseJourneyFile(JSON.parse(journeyText(file)), 'it'))).toBe(journeyText(file))
      }),
      { numRuns: 100 },
    )
  })
})

type Step = 'wait' | 'send' | 'tag' | { ways: { steps: Step[]; ends: boolean }[] }

/** One way at least stays open, so that the path goes on. */
function walked(path: Path<string>, steps: readonly Step[]): Path<string> {
  return steps.reduce((before, step) => {
    if (step === 'wait') return before.wait(hours(1))
    if (step === 'send') return before.send({ channel: 'sms', template: 'hello' })
    if (step === 'tag') return before.setTag({ tag: 'seen', change: 'give' })
    const ways = step.ways.map(({ steps: inner, ends }, i) => ({
      id: `w${i}`,
      rule: vip,
      way: (way: Path<string>) => (ends ? walked(way, inner).exit() : walked(way, inner)),
    }))
    return before.branch(ways, (way) => way)
  }, path)
}

function throws(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

test('a holdout and a split that looks for a winner are drawn in code too', () => {
  const built = start()
    .holdout({ id: 'h', share: 10 }, {})
    .split(
      [
        { id: 'a', share: 50, way: (path) => path.send({ channel: 'sms', template: 'a' }) },
        { id: 'b', share: 50, way: (path) => path.send({ channel: 'sms', template: 'b' }) },
      ],
      { winner: { explore: 20, for: days(1), measure: { kind: 'message', result: 'clicked' }, within: days(1) } },
    )
    .exit()
    .build()
  expect(built.nodes.map(({ kind }) => kind)).toEqual(['holdout', 'split', 'send', 'send', 'exit'])
  expect(built.nodes[1]).toMatchObject({ winner: { enough: 95 } })
  const held = start()
    .holdout({ group: 'always' }, { held: (path) => path.exit('control') })
    .exit()
    .build()
  expect(held.nodes[0]).toMatchObject({ kind: 'holdout', group: 'always', held: 'exit_1', next: 'exit_2' })
})

test('what a winner or a holdout lacks is said', () => {
  const check = (node: object) =>
    journeyProblems(
      journeyDefinitionSchema.parse({
        trigger: { kind: 'event', event: 'A' },
        start: 'n',
        nodes: [
          { id: 'n', ...node },
          { id: 'e', kind: 'exit' },
        ],
      }),
    ).map(({ path, message }) => `${path}: ${message}`)
  const ways = ['a', 'b'].map((id) => ({ id, share: 50, next: 'e' }))
  const winner = { explore: 100, for: days(100), within: days(1), measure: { kind: 'goal', goal: 'gone' }, otherwise: 'c' }
  expect(check({ kind: 'split', ways, winner })).toEqual([
    'nodes.0.winner.explore: nobody is left to follow the winner; spread fewer than 100 per cent',
    'nodes.0.winner.for: a winner is looked for within 90 days; make the time shorter',
    'nodes.0.winner.otherwise: there is no way "c"; name one of this split',
    'nodes.0.winner.measure.goal: the journey has no goal "gone"; name one of its goals',
  ])
  expect(check({ kind: 'holdout', next: 'e' })).toEqual(['nodes.0.share: say how many per cent are held out, or name a holdout group'])
  expect(check({ kind: 'holdout', group: 'g', share: 5, next: 'e' })).toHaveLength(1)
})
