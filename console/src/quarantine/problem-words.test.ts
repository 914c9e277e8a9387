import { expect, test } from 'vitest'
import { problemWords } from './problem-words.ts'

test('the intake’s sentences are read in Chinese, with their numbers', () => {
  expect(problemWords('is longer than 200 characters', 'zh')).toBe('超过 200 个字符')
  expect(problemWords("is no JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)", 'zh')).toBe(
    '不是合法的 JSON，第 1 个字符处有误',
  )
})

test('English and sentences without words yet stay as they came', () => {
  expect(problemWords('must be an object', 'en')).toBe('must be an object')
  expect(problemWords('is of a new kind', 'zh')).toBe('is of a new kind')
})
