import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText } from '../platform/json-text.ts'
import { scanJson, wantsOf } from './json-scan.ts'

const names = ['a', 'b', '', 'price', 'pri"ce', '名', '__proto__', 'a\\', 'c']
const paths = [['a'], ['b'], ['a', 'b'], [''], ['price'], ['pri"ce'], ['名', 'price'], ['__proto__'], ['a\\'], ['a', 'b', 'c']]
const scalar = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean(), fc.constant(null))
const { document } = fc.letrec<{ value: unknown; document: object }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('document')),
  document: fc
    .array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 5 })
    .map((entries) =>
      JSON.parse(`{${[...new Map(entries)].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`),
    ),
}))

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, step)) return undefined
    found = Reflect.get(found, step)
  }
  return found ?? undefined
}

test('what is found in a text is what parsing it finds', () => {
  const wants = wantsOf(paths)
  fc.assert(
    fc.property(fc.array(document, { maxLength: 3 }), (documents) => {
      const texts = documents.map((one) => Buffer.from(jsonText(one)))
      const bytes = Buffer.concat(texts)
      let from = 0
      for (const [i, one] of documents.entries()) {
        const length = texts[i]?.length ?? 0
        const found = { starts: new Uint32Array(paths.length), ends: new Uint32Array(paths.length) }
        scanJson(bytes, from, from + length, wants, found)
        for (const [place, path] of paths.entries()) {
          const [start, end] = [found.starts[place] ?? 0, found.ends[place] ?? 0]
          const value = end === 0 ? undefined : JSON.parse(bytes.subarray(start, end).toString())
          expect(value, JSON.stringify(path)).toEqual(JSON.parse(JSON.stringify([valueAt(one, path)]))[0] ?? undefined)
        }
        from += length
      }
    }),
    { seed: 7, numRuns: 2_000 },
  )
})

test('spaces do no harm, and a text that is cut off ends where it is cut', () => {
  const wants = wantsOf([['a'], ['b']])
  /** Another text follows. */
  const scan = (text: string) => {
    const bytes = Buffer.from(`${text}"]}{"b":7}`)
    const found = { starts: new Uint32Array(2), ends: new Uint32Array(2) }
    scanJson(bytes, 0, Buffer.byteLength(text), wants, found)
    return [0, 1].map((place) => bytes.subarray(found.starts[place], found.ends[place]).toString())
  }
  expect(scan('{ "a" : 1 , "b" : "x y" }')).toEqual(['1', '"x y"'])
  expect(scan('{"c":{"a":2},"b":[{"a":3},"]"]}')).toEqual(['', '[{"a":3},"]"]'])
  for (const text of ['', '{', '{"', '{"a', '{"a"', '{"a":']) expect(scan(text)).toEqual(['', ''])
  for (const value of ['"x', '[1', '"\\']) expect(scan(`{"a":${value}`)).toEqual([value, ''])
})
