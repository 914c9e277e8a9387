import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CsvError, createCsvReader, csvOf, csvRecords, decodedText } from './csv.ts'

function readAll(pieces: readonly string[], delimiter = ','): { line: number; fields: string[] }[] {
  const reader = createCsvReader(delimiter)
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
}

const fieldsOf = (text: string) => readAll([text]).map(({ fields }) => fields)

test('whatever a table holds, it is read as it was written, however the text is cut', () => {
  const cell = fc.stringMatching(/^[a-z"',;\r\n =]{0,6}$/)
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }))
  const cuts = fc.array(fc.nat(200), { maxLength: 8 })
  fc.assert(
    fc.property(table, cuts, fc.constantFrom('\n', '\r\n'), (rows, at, end) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') + end).join('')
      const places = [...new Set([0, ...at.filter((place) => place < text.length), text.length])].sort((a, b) => a - b)
      const pieces = places.slice(1).map((place, i) => text.slice(places[i], place))
      expect(readAll(pieces).map(({ fields }) => fields)).toEqual(rows)
    }),
  )
})

test('a last line without a line feed counts, and so does an empty last cell', () => {
  expect(fieldsOf('a,b\n1,2\n3,')).toEqual([
    ['a', 'b'],
    ['1', '2'],
    ['3', ''],
  ])
})

test('a cell written as a formula keeps its commas and stays a formula', () => {
  expect(fieldsOf('="12,34",x\n"=""5678""",y\n')).toEqual([
    ['="12,34"', 'x'],
    ['="5678"', 'y'],
  ])
})

test('a quote in the middle of an unquoted cell is text', () => {
  expect(fieldsOf('WALL ART 27" WIDE,1\n"a"b,2\n')).toEqual([
    ['WALL ART 27" WIDE', '1'],
    ['ab', '2'],
  ])
})

test('a record is numbered by the line that it starts on, line feeds inside cells counted', () => {
  expect(readAll(['h,i\n"a\nb\nc",1\n\nx,2\n']).map(({ line }) => line)).toEqual([1, 2, 6])
})

test('a quote that is never closed is an error at its line', () => {
  expect(() => readAll(['a,b\n"c,d\n'])).toThrow(expect.objectContaining({ name: 'CsvError', line: 2 }))
  const reader = createCsvReader(',')
  expect(() => {
    for (let i = 0; i < 30; i++) reader.push(`"${'x'.repeat(50_000)}`.slice(i === 0 ? 0 : 1))
  }).toThrow(CsvError)
})

test('cells with commas and quotes survive, and none becomes a formula', () => {
  expect(csvOf([['a,b', 'say "hi"', '=1+1', 5, null]])).toBe('\uFEFF"a,b","say ""hi""",\'=1+1,5,\r\n')
})

test('what is written is read again, and text that Excel in China saved is read too', () => {
  const rows = [
    ['层级', '名称'],
    ['价值', 'a,"b"\n2'],
  ]
  expect(csvRecords(csvOf(rows)).map(({ line, fields }) => [line, ...fields])).toEqual([
    [1, '层级', '名称'],
    [2, '价值', 'a,"b"\n2'],
  ])
  expect(decodedText(new TextEncoder().encode('\ufeff层级'))).toBe('层级')
  expect(decodedText(new Uint8Array([0xb2, 0xe3, 0xbc, 0xb6]))).toBe('层级')
})
