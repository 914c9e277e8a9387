import { AppError, type TagView } from '@chaoxi/contract'
import { createCsvReader } from '../imports/index.ts'
import { type DefinitionFile, parseDefinition } from './definition-files.ts'

// The tag table (SPEC T1) as a spreadsheet reads it. Headings are Chinese when written; English ones are read too.

const columns = [
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
type Field = (typeof columns)[number]['field']

const words: Record<string, string> = {
  基础: 'basic',
  行为: 'behaviour',
  价值: 'value',
  偏好: 'preference',
  场景: 'scene',
  静态: 'static',
  动态: 'dynamic',
  多值: 'valued',
}
const inChinese = Object.fromEntries(Object.entries(words).map(([zh, word]) => [word, zh]))

/** A cell that a spreadsheet would take for a formula is quoted by an apostrophe, as Excel itself does. */
const guarded = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
const cell = (value: string | number) => {
  const text = typeof value === 'number' ? String(value) : guarded(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A rule as JSON; of a tag with values the list of them, each with its rule; where a model wrote them, beside the model. */
function ruleCell({ rule, values, model }: Pick<TagView, 'rule' | 'values' | 'model'>): string {
  const written = values.map((one) => ({ value: one.value, rule: one.rule }))
  if (model !== null) return JSON.stringify({ model, values: written })
  if (values.length > 0) return JSON.stringify(written)
  return rule === null ? '' : JSON.stringify(rule)
}

/** UTF-8 with a byte order mark, without which Excel reads Chinese as something else. */
export function tableOf(tags: readonly TagView[]): string {
  const lines = tags.map(({ layer, name, key, mode, scene, description, owner, size, ...rules }) =>
    [...[inChinese[layer] ?? layer, name, key, inChinese[mode] ?? mode, ruleCell(rules)], ...[scene, description, owner, size]]
      .map(cell)
      .join(','),
  )
  return `\ufeff${[columns.map((column) => column.zh).join(','), ...lines].join('\r\n')}\r\n`
}

/** The tags of a table. Throws with the line of what is wrong; what the server counts (owner, size) is passed over. */
export function tagsOf(text: string, file: string): DefinitionFile[] {
  const reader = createCsvReader(',')
  const [head, ...rows] = [...reader.push(text.replace(/^\ufeff/, '')), ...reader.end()]
  const fields = (head?.fields ?? []).map((title): Field | null => {
    const trimmed = title.trim()
    return columns.find((column) => column.zh === trimmed || column.en === trimmed.toLowerCase())?.field ?? null
  })
  const missing = columns.slice(0, 4).filter((column) => !fields.includes(column.field))
  if (missing.length > 0)
    throw new AppError('invalid_request', `${file} lacks the column ${missing.map((one) => `${one.zh} (${one.en})`).join(', ')}`)
  return rows
    .filter((row) => row.fields.some((value) => value.trim() !== ''))
    .map((row) => {
      const value = (field: Field) => (row.fields[fields.indexOf(field)] ?? '').trim().replace(/^'(?=[=+\-@])/, '')
      const word = (field: Field) => words[value(field)] ?? value(field)
      const where = `${file}, line ${row.line}`
      let rule: unknown = null
      try {
        rule = value('rule') === '' ? null : JSON.parse(value('rule'))
      } catch (error) {
        throw new AppError('invalid_request', `${where}: the rule is not JSON: ${error instanceof Error ? error.message : String(error)}`)
      }
      const rules = Array.isArray(rule) ? { values: rule } : isModelled(rule) ? { values: rule.values, model: rule.model } : { rule }
      const { name, key, scene, description } = {
        name: value('name'),
        key: value('key'),
        scene: value('scene'),
        description: value('description'),
      }
      return parseDefinition(
        JSON.stringify({ kind: 'tag', key, name, description, layer: word('layer'), scene, mode: word('mode'), ...rules }),
        where,
      )
    })
}

const isModelled = (cell: unknown): cell is { model: unknown; values: unknown } =>
  typeof cell === 'object' && cell !== null && 'model' in cell && 'values' in cell
