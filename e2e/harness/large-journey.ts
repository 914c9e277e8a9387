import { type JourneyDefinition, journeyNeeds } from '@chaoxi/contract'
import { days, event, hours, journey, minutes } from '@chaoxi/contract/journey-builder'
import type { TestApp } from '../../server/test/harness/app.ts'

const tag = (key: string) => ({ kind: 'tag', tag: key }) as const
const paid = { event: 'Order Paid' }
const sms = (template: string, name: string) => ({ channel: 'sms' as const, template, name })
const popup = (template: string, name: string) => ({ channel: 'popup' as const, template, name })

/** A big promotion as a shop draws it: 60 steps with branches, splits, a loop and ways that join. */
export function largeJourney(): JourneyDefinition {
  return journey('double_eleven', { name: '双十一全程' })
    .on(event('Product Added'), { exits: [event('Order Refunded')], reentry: 'after_exit' })
    .wait(minutes(30), { id: 'settle', name: '加购后稍等' })
    .branch(
      [
        {
          id: 'vip',
          name: '高价值会员',
          rule: tag('vip'),
          way: (way) =>
            way
              .grant('vip_50', { onFailure: (none) => none.send(sms('vip_regret', '券已发完致歉')) }, { name: '发 50 元会员券' })
              .split([
                { id: 'a', share: 45, name: '弹窗', way: (one) => one.send(popup('vip_popup', '会员专享弹窗')) },
                { id: 'b', share: 45, name: '短信', way: (one) => one.send(sms('vip_sms', '会员专享短信')) },
                { id: 'c', share: 10, control: true, way: (one) => one.exit('对照组') },
              ])
              .waitForEvent(paid, days(1), { onTimeout: (late) => late.send(sms('vip_last', '会员最后提醒')) }, { name: '1 天内付款？' })
              .setTag({ tag: 'eleven_vip', change: 'give', name: '打上大促会员标签' }),
        },
        {
          id: 'back',
          name: '老客',
          rule: tag('returning'),
          way: (way) =>
            way
              .condition(
                tag('coupon_unused'),
                {
                  next: (yes) => yes.send(sms('coupon_due', '提醒券快到期')),
                  otherwise: (no) => no.grant('back_20', { onFailure: (none) => none.wait(hours(1)) }, { name: '发 20 元回购券' }),
                },
                { name: '手里有券？' },
              )
              .waitUntil({ kind: 'time', at: '20:00' }, { name: '晚上八点' })
              .send(popup('evening_popup', '晚八点弹窗'))
              .check(
                tag('bought_today'),
                { every: hours(6), times: 4 },
                { onTimeout: (never) => never.send(sms('back_last', '老客最后提醒')) },
                { name: '今天买了吗' },
              ),
        },
        {
          id: 'new',
          name: '新客',
          rule: tag('newcomer'),
          way: (way) =>
            way
              .send({ id: 'welcome', ...popup('welcome_popup', '新人礼弹窗') })
              .waitForEvent(
                { event: 'Coupon Claimed' },
                hours(1),
                {
                  onTimeout: (late) => late.send(sms('claim_sms', '短信提醒领券')).wait(hours(3)),
                },
                { name: '1 小时内领券？' },
              )
              .condition(
                tag('coupon_unused'),
                {
                  next: (yes) =>
                    yes.split([
                      { id: 'a', share: 50, name: '热销', way: (one) => one.send(sms('hot_items', '推热销')) },
                      { id: 'b', share: 50, name: '同类', way: (one) => one.send(sms('alike_items', '推同类')) },
                    ]),
                  otherwise: (no) =>
                    no
                      .wait(days(1))
                      .condition(
                        tag('still_browsing'),
                        { next: (again) => again.goToOther('welcome'), otherwise: (gone) => gone.exit('没有兴趣') },
                        { name: '还在逛？' },
                      ),
                },
                { name: '领了没用？' },
              ),
        },
      ],
      (others) =>
        others
          .condition(
            tag('price_sensitive'),
            { next: (yes) => yes.send(sms('price_drop', '降价提醒')), otherwise: (no) => no.send(popup('fresh_popup', '上新弹窗')) },
            { name: '价格敏感？' },
          )
          .wait(hours(4)),
      { id: 'who', name: '是哪类客户' },
    )
    .waitUntilDate(
      { attribute: 'eleven_day', yearly: true, days: -1, at: '19:30' },
      { otherwise: (none) => none.send(sms('open_general', '开售通用提醒')) },
      { id: 'opening', name: '开售前一晚' },
    )
    .send(popup('countdown', '倒计时弹窗'))
    .waitForEvent(
      { event: 'Order Completed' },
      hours(6),
      {
        next: (ordered) =>
          ordered
            .waitForEvent(
              paid,
              minutes(30),
              {
                next: (done) =>
                  done.setAttribute({ attribute: 'eleven_paid', value: { kind: 'literal', value: true }, name: '记下已付款' }),
                onTimeout: (late) =>
                  late.send(sms('pay_first', '第一次催付')).waitForEvent(
                    paid,
                    hours(2),
                    {
                      onTimeout: (later) =>
                        later.send(popup('pay_second', '第二次催付')).waitForEvent(
                          paid,
                          hours(12),
                          {
                            onTimeout: (last) => last.send(sms('pay_last', '最后一次催付')).wait(hours(6)),
                          },
                          { name: '12 小时内付款？' },
                        ),
                    },
                    { name: '2 小时内付款？' },
                  ),
              },
              { name: '半小时内付款？' },
            )
            .condition(
              tag('bought_today'),
              { otherwise: (no) => no.setTag({ tag: 'eleven_lost', change: 'give', name: '标记流失订单' }).exit('没有付款') },
              { name: '付款了吗' },
            ),
        onTimeout: (none) =>
          none
            .split([
              { id: 'a', share: 40, name: '凑单', way: (one) => one.send(sms('bundle', '凑单建议')) },
              {
                id: 'b',
                share: 40,
                name: '加码',
                way: (one) =>
                  one
                    .grant('extra_10', { onFailure: (no) => no.wait(minutes(10)) }, { name: '加码 10 元券' })
                    .send(sms('extra_sms', '加码券到账')),
              },
              { id: 'c', share: 20, name: '不打扰', way: (one) => one.wait(days(1)) },
            ])
            .waitForEvent(paid, days(2), { onTimeout: (never) => never.exit('没有购买') }, { name: '两天内购买？' }),
      },
      { id: 'ordered', name: '6 小时内下单？' },
    )
    .wait(days(7), { name: '收货期' })
    .condition(
      tag('complained'),
      { next: (yes) => yes.send(sms('care', '售后关怀')).exit('转售后'), otherwise: (no) => no },
      { name: '有投诉？' },
    )
    .send(sms('review_invite', '邀请评价'))
    .waitForRule(
      tag('repurchased'),
      days(30),
      { onTimeout: (late) => late.send(sms('winback', '三十天召回')).exit('未复购') },
      { name: '复购了吗' },
    )
    .exit('已复购')
    .build()
}

/** What the journey names, so that it has no problems. */
export async function furnish(app: TestApp, definition: JourneyDefinition): Promise<void> {
  const needs = journeyNeeds(definition)
  for (const key of needs.tags) await app.call('tagCreate', { body: { key, name: key, layer: 'basic', mode: 'static', rule: null } })
  for (const key of needs.coupons) {
    const offer = { kind: 'amount_off', value: 1000, thresholdFen: 0, stock: 1000, perPersonMax: 1, validDays: 7 } as const
    await app.call('couponCreate', { body: { key, name: key, ...offer } })
  }
  const sends = definition.nodes.flatMap((node) => (node.kind === 'send' ? [node] : []))
  for (const { template: key, name, channel } of sends) {
    const content =
      channel === 'sms'
        ? ({ kind: 'sms', text: `${name}，点击 {{ link }}` } as const)
        : ({ kind: 'popup', title: name, body: name, button: '去看看', action: { kind: 'link', url: '/' }, validHours: 24 } as const)
    await app.call('templateCreate', { body: { key, name, channel, content, linkUrl: channel === 'sms' ? 'https://shop.example/' : '' } })
  }
}
