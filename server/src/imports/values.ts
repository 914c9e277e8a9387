import type { Condition, Value } from './mapping.ts'
import { placeholders } from './mapping.ts'
import { type Cell, cellText } from './rows.ts'

/** What a row gives for a property; undefined when it has nothing to say. */
export type Given = string | number | boolean | undefined
export type ReadValue = (cells: readonly Cell[]) => Given
export type Test = (cells: readonly Cell[]) => boolean

/** A row that cannot become an event, and why. */
export class RowError extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'RowError'
  }
}

/** Where each column stands. Columns were checked against the file before. */
export type IndexOf = (column: string) => number

const roundedBySpreadsheet = /^\d(\.\d+)?E\+\d+$/i
// Thousands separators, and the currency that Chinese shop exports write around amounts.
const decoration = /^[￥¥$£€]|[,\s]|元$/g

function numberOf(text: string, column: string): number {
  const number = Number(text.replace(decoration, ''))
  if (!Number.isFinite(number)) throw new RowError(`${column}: "${text}" is not a number`)
  return number
}

function integerOf(text: string, column: string): number {
  const number = numberOf(text, column)
  if (!Number.isSafeInteger(number)) throw new RowError(`${column}: "${text}" is not a whole number below 2^53`)
  return number
}

const truths = new Map([
  ...['true', '1', 'yes', 'y', '是'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'n', '否'].map((text) => [text, false] as const),
])

function convert(text: string, cell: Cell, value: Extract<Value, { column: string }>): Given {
  const { column } = value
  switch (value.type) {
    case 'string':
      return text
    case 'id':
      if (roundedBySpreadsheet.test(text)) throw new RowError(`${column}: "${text}" lost its digits in a spreadsheet; export the file anew`)
      // 17850.0 is how a spreadsheet or data frame writes the id 17850.
      return /^\d+\.0$/.test(text) ? text.slice(0, -2) : text
    case 'integer':
      return value.negate ? 0 - integerOf(text, column) : integerOf(text, column)
    case 'number': {
      const number = typeof cell === 'number' ? cell : numberOf(text, column)
      return value.negate ? 0 - number : number
    }
    case 'boolean': {
      const truth = truths.get(text.toLowerCase())
      if (truth === undefined) throw new RowError(`${column}: "${text}" is neither yes nor no`)
      return truth
    }
  }
}

export function valueReader(value: Value, indexOf: IndexOf): ReadValue {
  if ('value' in value) return () => value.value
  if ('template' in value) {
    const names = placeholders(value.template)
    const parts = value.template.split(/\{[^{}]+\}/)
    const indexes = names.map(indexOf)
    return (cells) => {
      let text = parts[0] ?? ''
      for (let i = 0; i < indexes.length; i++) {
        const cell = cellText(cells[indexes[i] ?? -1])
        if (cell === '') {
          if (value.required) throw new RowError(`${names[i]} is empty`)
          return undefined
        }
        text += cell + (parts[i + 1] ?? '')
      }
      return text
    }
  }
  const index = indexOf(value.column)
  return (cells) => {
    const cell = cells[index] ?? null
    const text = cellText(cell)
    if (text === '') {
      if (value.required) throw new RowError(`${value.column} is empty`)
      return undefined
    }
    return convert(text, cell, value)
  }
}

export function conditionTest(condition: Condition, indexOf: IndexOf): Test {
  const index = indexOf(condition.column)
  const text = (cells: readonly Cell[]) => cellText(cells[index])
  if ('in' in condition) {
    const wanted = new Set(condition.in)
    return (cells) => wanted.has(text(cells))
  }
  if ('startsWith' in condition) return (cells) => condition.startsWith.some((prefix) => text(cells).startsWith(prefix))
  if ('empty' in condition) return (cells) => (text(cells) === '') === condition.empty
  // Text that is no number compares false.
  const number = (cells: readonly Cell[]) => (text(cells) === '' ? Number.NaN : Number(text(cells).replace(decoration, '')))
  if ('lessThan' in condition) return (cells) => number(cells) < condition.lessThan
  return (cells) => number(cells) >= condition.atLeast
}
