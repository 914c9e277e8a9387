import { type CsvRecord, csvOf, csvRecords } from './csv.ts'
import { checkDefinition, type DefinitionFile } from './definition-file.ts'
import { AppError, type Problem } from './errors.ts'
import type { TagView } from './views.ts'

// The tag table (SPEC T1) as a spreadsheet shows it. Headings are Chinese when written; English ones are read too.

/** The columns in their order, with their headings in both languages. */
export const tagTableColumns = [
  { field: 'layer', zh: '层级', en: 'layer' },
  { field: 'name', zh: '标签', en: 'name' },
  { field: 'key', zh: '键', en: 'key' },
  { field: 'mode', zh: '方式', en: 'mode' },
  { field: 'rule', zh: '规则', en: 'rule' },
  { field: 'scene', zh: '应用场景', en: 'scene' },
  { field: 'description', zh: '说明', en: 'description' },
  { field: 'owner', zh: '负责人', en: 'owner' },
  { field: 'size', zh: '人数', en: 'size' },
] as const
type Field = (typeof tagTableColumns)[number]['field']

const layerWords: Record<string, string> = { 基础: 'basic', 行为: 'behaviour', 价值: 'value', 偏好: 'preference', 场景: 'scene' }
const modeWords: Record<string, string> = { 静态: 'static', 动态: 'dynamic', 多值: 'valued' }
const words: Record<string, string> = { ...layerWords, ...modeWords }
const inChinese = Object.fromEntries(Object.entries(words).map(([zh, word]) => [word, zh]))

/**
 * A rule as JSON; of a tag with values the list of them, each with its rule; where a model wrote them, beside the model, and where a
 * person can have several, beside that.
 */
function ruleCell({ rule, values, several, model }: Pick<TagView, 'rule' | 'values' | 'several' | 'model'>): string {
  const written = values.map((one) => ({ value: one.value, rule: one.rule }))
  const more = { ...(model === null ? {} : { model }), ...(several ? { several } : {}) }
  if (model !== null || several) return JSON.stringify({ ...more, values: written })
  if (values.length > 0) return JSON.stringify(written)
  return rule === null ? '' : JSON.stringify(rule)
}

/** The heading and a row for each tag; `who` says the owner's name. */
export function tagRows(tags: readonly TagView[], who: (owner: string) => string = (owner) => owner): (string | number)[][] {
  return [
    tagTableColumns.map((column) => column.zh),
    ...tags.map(({ layer, name, key, mode, scene, description, owner, size, ...rules }) => [
      ...[inChinese[layer] ?? layer, name, key, inChinese[mode] ?? mode, ruleCell(rules)],
      ...[scene, description, who(owner), size],
    ]),
  ]
}

export const tagCsv = (tags: readonly TagView[], who?: (owner: string) => string): string => csvOf(tagRows(tags, who))

/** Of a CSV text; an apostrophe that kept a spreadsheet from taking the cell for a formula goes. */
export const csvTableRecords = (text: string): CsvRecord[] =>
  csvRecords(text).map(({ line, fields }) => ({ line, fields: fields.map((field) => field.replace(/^'(?=[=+\-@])/, '')) }))

/**
 * The tags of a table; what the server counts (owner, size) is passed over. Throws `invalid_request` with everything that is wrong,
 * each with its line.
 */
export function tagsOfRecords([head, ...rows]: readonly CsvRecord[], file: string): DefinitionFile[] {
  const fields = (head?.fields ?? []).map((title): Field | null => {
    const trimmed = title.trim()
    return tagTableColumns.find((column) => column.zh === trimmed || column.en === trimmed.toLowerCase())?.field ?? null
  })
  const missing = tagTableColumns.slice(0, 4).filter((column) => !fields.includes(column.field))
  if (missing.length > 0) {
    const message = `lacks the column ${missing.map((one) => `${one.zh} (${one.en})`).join(', ')}`
    throw new AppError('invalid_request', `${file} ${message}`, [{ path: 'line 1', message }])
  }
  const definitions: DefinitionFile[] = []
  const problems: Problem[] = []
  const lines = new Map<string, number>()
  for (const row of rows) {
    if (row.fields.every((value) => value.trim() === '')) continue
    const read = tagOfRow((field) => (row.fields[fields.indexOf(field)] ?? '').trim())
    if ('problems' in read) {
      problems.push(...read.problems.map(({ path, message }) => ({ path: `line ${row.line}${path === '' ? '' : `, ${path}`}`, message })))
      continue
    }
    const { key } = read.definition
    const first = lines.get(key)
    if (first === undefined) definitions.push(read.definition)
    else problems.push({ path: `line ${row.line}`, message: `the key "${key}" stands in line ${first} too` })
    lines.set(key, first ?? row.line)
  }
  if (problems.length > 0) throw new AppError('invalid_request', `${file} has rows that are no tags`, problems)
  return definitions
}

function tagOfRow(value: (field: Field) => string): ReturnType<typeof checkDefinition> {
  const word = (field: Field) => words[value(field)] ?? value(field)
  const unknown = [unknownWord('layer', value('layer'), layerWords), unknownWord('mode', value('mode'), modeWords)].flatMap(
    (one) => one ?? [],
  )
  if (unknown.length > 0) return { problems: unknown }
  let rule: unknown = null
  try {
    rule = value('rule') === '' ? null : JSON.parse(value('rule'))
  } catch (error) {
    return { problems: [{ path: '', message: `the rule is not JSON: ${error instanceof Error ? error.message : String(error)}` }] }
  }
  const rules = Array.isArray(rule) ? { values: rule } : isWithValues(rule) ? rule : { rule }
  return checkDefinition({
    ...{ kind: 'tag', key: value('key'), name: value('name'), description: value('description'), scene: value('scene') },
    ...{ layer: word('layer'), mode: word('mode'), ...rules },
  })
}

/** What a cell may say, in the language in which it says something else. */
function unknownWord(path: Field, text: string, taken: Readonly<Record<string, string>>): Problem | null {
  if (Object.entries(taken).some((pair) => pair.includes(text))) return null
  const choice = /[\u4e00-\u9fff]/.test(text) || text === '' ? Object.keys(taken).join('、') : Object.values(taken).join(', ')
  return { path, message: `"${text}" is none of ${choice}` }
}

/** A rule may name values too, and has a kind. */
const isWithValues = (cell: unknown): cell is { values: unknown } =>
  typeof cell === 'object' && cell !== null && 'values' in cell && !('kind' in cell)
