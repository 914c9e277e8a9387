/** A choice above a list; without `keep` the endpoint has chosen already. */
export interface Kept<Row> {
  readonly name: string
  readonly keep?: ((row: Row, value: string) => boolean) | undefined
}

export interface Wanted<Row> {
  /** Words, all of which must stand somewhere in the row's text. */
  readonly q: string
  readonly textOf: (row: Row) => string
  readonly choices: readonly Kept<Row>[]
  readonly chosen: Readonly<Record<string, string>>
}

function fits<Row>(row: Row, { q, textOf, choices, chosen }: Wanted<Row>, besides?: string): boolean {
  const text = textOf(row).toLowerCase()
  const words = q.toLowerCase().split(/\s+/)
  return (
    words.every((word) => text.includes(word)) &&
    choices.every(({ name, keep }) => name === besides || !chosen[name] || !keep || keep(row, chosen[name]))
  )
}

export function filterRows<Row>(rows: readonly Row[], wanted: Wanted<Row>): Row[] {
  return rows.filter((row) => fits(row, wanted))
}

/** How many rows each value of a choice would leave, all other choices and the search being what they are. */
export function countsOf<Row>(
  rows: readonly Row[],
  wanted: Wanted<Row>,
  choice: Kept<Row>,
  values: readonly string[],
): ReadonlyMap<string, number> {
  const others = rows.filter((row) => fits(row, wanted, choice.name))
  return new Map(values.map((value) => [value, others.filter((row) => choice.keep?.(row, value) ?? true).length]))
}

/** Rows by folder, folders by name, those of none ('') last. */
export function foldersOf<Row>(rows: readonly Row[], folderOf: (row: Row) => string): { name: string; rows: Row[] }[] {
  const groups = Map.groupBy(rows, (row) => folderOf(row).trim())
  return [...groups]
    .map(([name, own]) => ({ name, rows: own }))
    .sort((a, b) => Number(a.name === '') - Number(b.name === '') || a.name.localeCompare(b.name, 'zh-CN'))
}

/** Names as one text of the address. */
export const namesText = (names: Iterable<string>): string => [...names].map((name) => encodeURIComponent(name) || '-').join(',')
export const namesIn = (text: string): Set<string> =>
  new Set(text === '' ? [] : text.split(',').map((name) => (name === '-' ? '' : decoded(name))))

/** The address bar is anybody's to write in. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
