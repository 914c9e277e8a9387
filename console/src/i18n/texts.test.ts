import { expect, test } from 'vitest'
import { fill, type Text } from './texts.ts'

const modules = import.meta.glob<Record<string, unknown>>(['../**/*texts.ts', '../messages/reasons.ts', '../settings/audit-actions.ts'], {
  eager: true,
})
const cjk = /[一-鿿]/
/** Two Latin words in a row, which no name, key or unit that Chinese operators use needs. */
const latinSentence = /[A-Za-z]{2,}\s+[A-Za-z]{2,}/
const names = /AccessKey (ID|Secret)|Standard Webhooks/g

function isTexts(value: unknown): value is Record<string, Text> {
  if (typeof value !== 'object' || value === null) return false
  const entries: unknown[] = Object.values(value)
  return entries.length > 0 && entries.every((entry) => typeof entry === 'object' && entry !== null && 'zh' in entry && 'en' in entry)
}

const found = Object.entries(modules).flatMap(([file, module]) =>
  Object.values(module).flatMap((value) =>
    isTexts(value) ? Object.entries(value).map(([key, text]) => ({ place: `${file} ${key}`, key, text })) : [],
  ),
)
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted()
/** Texts that fill in different values on purpose: a discount is counted in folds in Chinese and in percent in English. */
const apart = ['percentOff', 'percentOffOver']
/** The switch names the other language in its own script. */
const switches = ['otherLanguage']

test('the texts of every domain are found', () => {
  expect(found.length).toBeGreaterThan(300)
})

test('every text is there in both languages and fills in the same values', () => {
  for (const { place, key, text } of found) {
    expect(text.zh.trim(), place).not.toBe('')
    expect(text.en.trim(), place).not.toBe('')
    if (!apart.includes(key)) expect(placeholders(text.zh), place).toEqual(placeholders(text.en))
  }
})

test('no Chinese is left in English texts', () => {
  for (const { place, key, text } of found) if (!switches.includes(key)) expect(cjk.test(text.en), `${place}: ${text.en}`).toBe(false)
})

test('no English sentence is left in Chinese texts', () => {
  for (const { place, text } of found)
    expect(latinSentence.test(text.zh.replace(names, '').replace(/\{\w+\}/g, '')), `${place}: ${text.zh}`).toBe(false)
})

test('a value is filled in wherever its name stands, and an unknown name stays', () => {
  expect(fill('{a} and {a}, not {b}', { a: 1 })).toBe('1 and 1, not {b}')
})
