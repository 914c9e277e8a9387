import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText } from './json-text.ts'

test('integers beyond 64 bits get an exponent, and read back as the same number', () => {
  expect(jsonText({ a: 1e20, b: [-3e25], c: '100000000000000000000' })).toBe('{"a":1e+20,"b":[-3e+25],"c":"100000000000000000000"}')
})

test('half characters become the replacement character, escaped backslashes stay', () => {
  expect(jsonText({ a: '\ud800x', b: '\\ud800', c: '😀' })).toBe('{"a":"\\ufffdx","b":"\\\\ud800","c":"😀"}')
})

test('anything well formed reads back as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: false })), (value) => {
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
