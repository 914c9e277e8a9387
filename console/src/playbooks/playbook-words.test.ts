import type { PlaybookSummary } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { commonBeginning, isFound, neededAttributes, neededEvents, wordsOf } from './playbook-words.ts'

const words = (name: string) => ({ name, description: '', audience: '', effect: '', setup: '' })
const playbook: PlaybookSummary = {
  ...words('生日关怀'),
  key: 'birthday',
  scene: 'member',
  en: words('Birthday'),
  installed: false,
  parts: { journeys: 1, templates: 3, tags: 1, segments: 0, coupons: 1 },
  events: [
    { name: 'Order Paid', starts: true },
    { name: 'Product Viewed', starts: false },
  ],
  attributes: ['birthday', 'tier'],
}

test('a playbook is told in the language of the console, and found in both', () => {
  expect(wordsOf(playbook, 'zh').name).toBe('生日关怀')
  expect(wordsOf(playbook, 'en').name).toBe('Birthday')
  expect(wordsOf({ ...playbook, en: undefined }, 'en').name).toBe('生日关怀')
  expect(['生日', 'BIRTH', 'birthday 关怀', ''].map((typed) => isFound(playbook, typed))).toEqual([true, true, true, true])
  expect(isFound(playbook, 'cart')).toBe(false)
})

test('what it needs is held against what has come in', () => {
  const catalogue = {
    events: [{ name: 'Order Paid', count: 7, properties: [] }],
    attributes: [{ name: 'birthday', type: 'string' as const, samples: [] }],
  }
  expect(neededEvents(playbook, catalogue).map(({ count }) => count)).toEqual([7, 0])
  expect(neededEvents(playbook, undefined).map(({ count }) => count)).toEqual([null, null])
  expect(neededAttributes(playbook, catalogue).map(({ isKnown }) => isKnown)).toEqual([true, false])
})

test('journeys of a playbook are found together by what their names begin with', () => {
  expect(commonBeginning(['双11·预热', '双11·返场'])).toBe('双11·')
  expect(commonBeginning(['降价提醒', '到货提醒'])).toBe('')
  expect(commonBeginning([])).toBe('')
})
