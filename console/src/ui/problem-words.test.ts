import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemWords } from './problem-words.ts'

const root = join(import.meta.dirname, '../../..')
/** Where input is checked, and what is wrong with it is said. */
const files = [
  'contract/src/journey-deeds.ts',
  'contract/src/journey-item.ts',
  'contract/src/journey-problems.ts',
  'contract/src/journey-reply.ts',
  'contract/src/journey-task.ts',
  'contract/src/journey-split.ts',
  'contract/src/rule-problems.ts',
  'contract/src/definition-file.ts',
  'contract/src/tag-table.ts',
  'contract/src/tag-values.ts',
  'contract/src/value-models.ts',
  'server/src/benefits/benefits.ts',
  'server/src/delivery/accounts.ts',
  'server/src/delivery/trial/recipients.ts',
  'server/src/ingest/ingest.ts',
  'server/src/ingest/json.ts',
  'server/src/ingest/message.ts',
  'server/src/ingest/sensors.ts',
  'server/src/ingest/time.ts',
  'server/src/journeys/desk/references.ts',
  'server/src/journeys/trial/choosing.ts',
  'server/src/journeys/trial/trials.ts',
  'server/src/journeys/rehearsal/rehearsals.ts',
  'server/src/tasks/tasks.ts',
  'server/src/journeys/contests/experiments.ts',
  'server/src/journeys/contests/holdouts.ts',
  'server/src/platform/http/api.ts',
  'server/src/query/check.ts',
  'server/src/query/resolve.ts',
  'server/src/reports/people.ts',
  'server/src/reports/people-trait.ts',
  'server/src/segments/insight.ts',
  'server/src/segments/insight-routes.ts',
  'server/src/tags/definitions.ts',
  'server/src/tags/governance.ts',
]
// `message: '…'` of a problem, and `tell(path, '…')` of the rule's checks.
const literal = /(?:message(?::| =)\s*|tell\w*\([^,()]+,\s*)(`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*')/g

/** The sentence with something in the place of every value. */
const spoken = (source: string) =>
  source
    .slice(1, -1)
    .replace(/\$\{backwards\}/, 'the span ends before it begins')
    .replace(/\$\{whose\}/, 'the attribute "city"')
    .replace(/\$\{one\.kind\}/, 'tag')
    .replace(/\$\{kind\}/, 'tag')
    .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '7')

test('every sentence of the rooms that check input is read in Chinese', () => {
  const said = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(literal)].map(([, source = '']) => spoken(source)),
  )
  expect(said.length).toBeGreaterThan(30)
  // One that begins with a list is cut off by the pattern above; it is asked for below.
  const whole = said.filter((sentence) => !sentence.startsWith('${'))
  expect(whole.filter((sentence) => !/[一-鿿]/.test(problemWords(sentence, 'zh')))).toEqual([])
})

test('the sentences keep their numbers and names', () => {
  expect(problemWords('is longer than 200 characters', 'zh')).toBe('超过 200 个字符')
  expect(problemWords("is no JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)", 'zh')).toBe(
    '不是合法的 JSON，第 1 个字符处有误',
  )
  expect(problemWords('"a", "b" form a circle without a wait; put a wait into it', 'zh')).toBe(
    '"a", "b" 形成没有等待的循环，请在循环里加一个等待',
  )
  expect(problemWords('there is no tag with the key "vip"', 'zh')).toBe('没有标签「vip」')
  expect(problemWords('the property "price" of "Product Viewed" was always a text so far, and this test needs a number', 'zh')).toBe(
    '行为「Product Viewed」的属性「price」到现在都是文本，这个条件要的是数字',
  )
  expect(problemWords('line 2, column 5: undefined filter: shout', 'zh')).toBe('第 2 行第 5 个字：没有过滤器「shout」')
  expect(problemWords('Too big: expected string to have <=100 characters', 'zh')).toBe('最多 100 个字')
})

test('English, and sentences without words yet, stay as they came', () => {
  expect(problemWords('must be an object', 'en')).toBe('must be an object')
  expect(problemWords('is of a new kind', 'zh')).toBe('is of a new kind')
})
