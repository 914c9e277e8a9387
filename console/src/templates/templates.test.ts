import { contentSchema } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import { translator } from '../i18n/texts.ts'
import { countSms } from './sms-counter.ts'
import { starters } from './starters.ts'
import { templateTexts } from './texts.ts'
import { insertAt, variableGroups } from './variables.ts'

it('says how many characters still fit before an SMS costs one more', () => {
  expect(countSms('字'.repeat(60))).toEqual({ length: 60, segments: 1, left: 10 })
  expect(countSms('字'.repeat(71))).toEqual({ length: 71, segments: 2, left: 63 })
  expect(countSms('')).toEqual({ length: 0, segments: 0, left: 70 })
})

it('puts a variable where the cursor stands, over what is selected', () => {
  expect(insertAt('您好，再见', 3, 3, 'X')).toEqual({ text: '您好，X再见', cursor: 4 })
  expect(insertAt('abc', 1, 2, 'XY')).toEqual({ text: 'aXYc', cursor: 3 })
  expect(insertAt('ab', 9, 9, 'X')).toEqual({ text: 'abX', cursor: 3 })
})

it('offers the attributes that the shop has sent, and only those that a template can name', () => {
  const catalogue = {
    events: [],
    attributes: [
      { name: 'city', type: 'string' as const, samples: [] },
      { name: 'a b', type: 'string' as const, samples: [] },
    ],
  }
  const [customer] = variableGroups('sms', catalogue, translator(templateTexts, 'zh'), 'zh')
  expect(customer?.items.map((item) => item.label)).toEqual(['姓名', '城市'])
})

it('starts from drafts that the contract takes', () => {
  for (const starter of starters)
    for (const content of Object.values(starter.content)) expect(contentSchema.safeParse(content).success).toBe(true)
})
