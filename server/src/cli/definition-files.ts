import {
  AppError,
  definitionKeySchema,
  eachNode,
  modelProblems,
  modeProblems,
  type Problem,
  type Rule,
  ruleSchema,
  rulesOf,
  type TagValue,
  tagLayerSchema,
  tagModeSchema,
  tagValuesSchema,
  valueModelSchema,
} from '@chaoxi/contract'
import { z } from 'zod'
import { problemsOf } from '../platform/http/api.ts'

const common = {
  key: definitionKeySchema,
  name: z.string().trim().min(1).max(100),
  description: z.string().max(1000).default(''),
}
const scene = z.string().max(200).default('')
const rule = ruleSchema.nullable().default(null)
const tag = z.strictObject({
  kind: z.literal('tag'),
  ...common,
  layer: tagLayerSchema,
  scene,
  mode: tagModeSchema,
  rule,
  /** Of a tag with values only, where the file has no rule. */
  values: tagValuesSchema.optional(),
  /** Which model wrote the values; absent where they are by hand. */
  model: valueModelSchema.optional(),
})
const segment = z.strictObject({ kind: z.literal('segment'), ...common, scene, mode: z.enum(['static', 'dynamic']), rule })

/** A tag or segment as a file, for git: what a person writes, without what the server counts. */
const definitionFileSchema = z.discriminatedUnion('kind', [tag, segment]).superRefine((one, context) => {
  const model = one.kind === 'tag' ? (one.model ?? null) : null
  const problems = [...modeProblems({ mode: one.mode, ...rulesIn(one) }), ...modelProblems({ model, values: rulesIn(one).values })]
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: path.split('.'), message })
})
export type DefinitionFile = z.infer<typeof definitionFileSchema>

function rulesIn(one: { rule: Rule | null; values?: TagValue[] | undefined }) {
  return { rule: one.rule, values: one.values ?? [] }
}

export const nameOf = ({ kind, key }: Pick<DefinitionFile, 'kind' | 'key'>) => `${kind}:${key}`
export const fileOf = ({ kind, key }: Pick<DefinitionFile, 'kind' | 'key'>) => `${kind}s/${key}.json`

/** Fields in the schema's order. */
export const checkedDefinition = (value: unknown): DefinitionFile => definitionFileSchema.parse(value)

/** Always the same text for the same definition: fields in the schema's order, two spaces, a line feed at the end. */
export const textOf = (definition: DefinitionFile): string => `${JSON.stringify(checkedDefinition(definition), null, 2)}\n`

/** Throws `invalid_request` with the path of everything that is wrong. */
export function parseDefinition(text: string, file: string): DefinitionFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid_request', `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = definitionFileSchema.safeParse(value)
  if (!parsed.success) throw new AppError('invalid_request', `${file} is no tag or segment`, problemsOf(parsed.error))
  return parsed.data
}

/** The tags and segments that a definition's rules name. */
function namesIn(one: DefinitionFile): string[] {
  const names: string[] = []
  for (const { rule } of rulesOf(rulesIn(one)))
    eachNode(rule, (node) => {
      if (node.kind === 'tag') names.push(`tag:${node.tag}`)
      if (node.kind === 'segment') names.push(`segment:${node.segment}`)
    })
  return names
}

/** What is named comes first. Throws where definitions name each other in a circle. */
export function inOrder(definitions: readonly DefinitionFile[]): DefinitionFile[] {
  const byName = new Map(definitions.map((one) => [nameOf(one), one]))
  const sorted: DefinitionFile[] = []
  const state = new Map<string, 'open' | 'done'>()
  function visit(one: DefinitionFile, path: readonly string[]): void {
    const name = nameOf(one)
    if (state.get(name) === 'done') return
    if (state.get(name) === 'open') {
      const circle = [...path.slice(path.indexOf(name)), name].join(' → ')
      throw new AppError('invalid_request', `Definitions name each other in a circle: ${circle}`)
    }
    state.set(name, 'open')
    for (const other of namesIn(one)) {
      const next = byName.get(other)
      if (next) visit(next, [...path, name])
    }
    state.set(name, 'done')
    sorted.push(one)
  }
  for (const one of definitions) visit(one, [])
  return sorted
}

/** Names that no file and nothing on the server explains. */
export function unknownNames(definitions: readonly DefinitionFile[], known: ReadonlySet<string>): Problem[] {
  const here = new Set([...known, ...definitions.map(nameOf)])
  return definitions.flatMap((one) =>
    namesIn(one)
      .filter((name) => !here.has(name))
      .map((name) => ({ path: fileOf(one), message: `names ${name}, which is neither in the files nor on the server` })),
  )
}

/** Lines of two texts, those that only one of them has marked: the shortest edit (Myers' problem, by dynamic programming). */
export function lineDiff(before: string, after: string): string[] {
  const a = before.split('\n')
  const b = after.split('\n')
  const length: number[][] = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  const at = (i: number, j: number) => length[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    const row = length[i]
    if (!row) continue
    for (let j = b.length - 1; j >= 0; j--) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i++]}`)
      j++
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${a[i++]}`)
    else lines.push(`+ ${b[j++]}`)
  }
  return lines
}
