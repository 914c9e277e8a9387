import { journeyProblems } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { fullSmsText, renderSms, templateProblems } from '../../content/index.ts'
import { loadPlaybooks } from './playbooks.ts'

const playbooks = loadPlaybooks(new URL('../../../../playbooks', import.meta.url).pathname)

describe.each(playbooks.map((playbook) => [playbook.key, playbook] as const))('playbook %s', (_, playbook) => {
  test('draws journeys without problems, whose templates and coupons it brings along', () => {
    const templates = new Map(playbook.templates.map((template) => [template.key, template]))
    const coupons = new Set(playbook.coupons.map((coupon) => coupon.key))
    for (const { definition } of playbook.journeys) {
      expect(journeyProblems(definition)).toEqual([])
      for (const node of definition.nodes) if (node.kind === 'send') expect(templates.get(node.template)?.channel).toBe(node.channel)
    }
    for (const { content } of playbook.templates) {
      if (content.kind === 'popup' && content.action.kind === 'coupon') expect(coupons).toContain(content.action.coupon)
    }
  })

  test('says in both languages for whom it is, what it brings and what to set', () => {
    const told = [playbook, playbook.en].map((words) => [words?.name, words?.description, words?.audience, words?.effect, words?.setup])
    expect(told.flat().filter((text) => text === undefined || text === '')).toEqual([])
  })

  test('has texts that parse and fit two billed parts, also for a customer of whom nothing is known', () => {
    for (const { channel, content, linkUrl } of playbook.templates) {
      expect(templateProblems(channel, content, linkUrl.startsWith('/') ? `https://shop.example${linkUrl}` : linkUrl)).toEqual([])
      if (content.kind !== 'sms') continue
      const nobody = { customer: {}, event: {}, shop: { name: '小店' }, coupon: {}, hot_items: [], link: 'https://shop.example/l/A2B3C4D5' }
      const { text, holes } = renderSms(content.text, nobody, 'Asia/Shanghai', 'https://shop.example/l/')
      expect(holes).toEqual([])
      expect(fullSmsText('潮汐小店', text, '拒收请回复R').length).toBeLessThanOrEqual(134)
    }
  })
})
