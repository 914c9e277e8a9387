import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDictionaries, microsOf, numbersOf } from './dictionary.ts'

const codeIn = (dictionary: ReturnType<ReturnType<typeof createDictionaries>['of']>, text: string) => {
  const bytes = Buffer.from(`..${text}..`)
  return dictionary.codeOf(bytes, 2, bytes.length - 2)
}

test('equal texts have one code, others another', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 300 }), (values) => {
      const dictionary = createDictionaries().of('any')
      const codes = new Map<string, number>()
      for (const value of values) {
        const text = JSON.stringify(value)
        if (text === 'null') continue
        const code = codeIn(dictionary, text)
        expect(code).toBe(codes.get(text) ?? dictionary.size - 1)
        codes.set(text, code)
      }
      for (const [text, code] of codes) expect(dictionary.valueOf(code)).toEqual(JSON.parse(text))
    }),
    { seed: 3 },
  )
})

test('tables over codes grow with them', () => {
  const dictionary = createDictionaries().of('price')
  for (let i = 1; i <= 200; i++) {
    expect(codeIn(dictionary, `${i}.5`)).toBe(i)
    if (i % 60 === 0) expect(numbersOf(dictionary)[i]).toBe(i + 0.5)
  }
  const text = codeIn(dictionary, '"12"')
  expect(numbersOf(dictionary).subarray(0, 3)).toEqual(Float64Array.of(Number.NaN, 1.5, 2.5))
  expect(numbersOf(dictionary)[text]).toBeNaN()
  expect(microsOf(dictionary)[1]).toBe(1_500_000)
})

test('equal values of different properties share a link', () => {
  const dictionaries = createDictionaries()
  const [a, b] = [dictionaries.of('item'), dictionaries.of('product')]
  const codes = [codeIn(a, '"p1"'), codeIn(a, '1'), codeIn(a, '1.0')]
  const other = codeIn(b, '"p1"')
  const [p1, one, same] = codes.map((code) => a.links()[code])
  expect(b.links()[other]).toBe(p1)
  expect(one).toBe(same)
  expect(one).not.toBe(p1)
  expect(a.links()[0]).toBe(0)
})
