import { z } from 'zod'
import { definitionKeySchema } from './definition-input.ts'
import type { CallInput, EndpointName } from './endpoints.ts'
import { AppError, type Problem, problemsOf } from './errors.ts'
import { type Rule, ruleSchema } from './rule.ts'
import { eachNode } from './rule-problems.ts'
import { modeProblems, rulesOf, type TagValue, tagModeSchema, tagValuesSchema } from './tag-values.ts'
import { modelProblems, valueModelSchema } from './value-models.ts'
import { type SegmentView, type TagView, tagLayerSchema } from './views.ts'

// Tags and segments as files: for git, and as rows of the tag table. The command line and the console read and write them alike.

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
  /** Present where a person has every value whose rule holds, and not the first alone. */
  several: z.literal(true).optional(),
  /** Which model wrote the values; absent where they are by hand. */
  model: valueModelSchema.optional(),
})
const segment = z.strictObject({ kind: z.literal('segment'), ...common, scene, mode: z.enum(['static', 'dynamic']), rule })

/** What a person writes of a tag or segment, without what the server counts. */
const definitionFileSchema = z.discriminatedUnion('kind', [tag, segment]).superRefine((one, context) => {
  const model = one.kind === 'tag' ? (one.model ?? null) : null
  const rules = rulesIn(one)
  const problems = [...modeProblems({ mode: one.mode, ...rules }), ...modelProblems({ ...rules, model })]
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: path.split('.'), message })
})
export type DefinitionFile = z.infer<typeof definitionFileSchema>

function rulesIn(one: { rule: Rule | null; values?: TagValue[] | undefined; several?: boolean | undefined }) {
  return { rule: one.rule, values: one.values ?? [], several: one.several ?? false }
}

export const definitionName = ({ kind, key }: Pick<DefinitionFile, 'kind' | 'key'>) => `${kind}:${key}`
export const definitionPath = ({ kind, key }: Pick<DefinitionFile, 'kind' | 'key'>) => `${kind}s/${key}.json`

/** Always the same text for the same definition: fields in the schema's order, two spaces, a line feed at the end. */
export const definitionText = (definition: DefinitionFile): string => `${JSON.stringify(definitionFileSchema.parse(definition), null, 2)}\n`

export type CheckedDefinition = { readonly definition: DefinitionFile } | { readonly problems: readonly Problem[] }

export function checkDefinition(value: unknown): CheckedDefinition {
  const parsed = definitionFileSchema.safeParse(value)
  return parsed.success ? { definition: parsed.data } : { problems: problemsOf(parsed.error) }
}

/** Throws `invalid_request` with the path of everything that is wrong. */
export function parseDefinition(text: string, file: string): DefinitionFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid_request', `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const checked = checkDefinition(value)
  if ('problems' in checked) throw new AppError('invalid_request', `${file} is no tag or segment`, checked.problems)
  return checked.definition
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
  const byName = new Map(definitions.map((one) => [definitionName(one), one]))
  const sorted: DefinitionFile[] = []
  const state = new Map<string, 'open' | 'done'>()
  function visit(one: DefinitionFile, path: readonly string[]): void {
    const name = definitionName(one)
    if (state.get(name) === 'done') return
    if (state.get(name) === 'open') {
      const message = `definitions name each other in a circle: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`
      throw new AppError('invalid_request', 'Nothing was changed', [{ path: definitionPath(one), message }])
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

/** A definition as the server has it now. */
export interface StoredDefinitionFile {
  readonly definition: DefinitionFile
  readonly revision: number
}

/** Active tags and segments of the server by their names. */
export function storedFiles(tags: readonly TagView[], segments: readonly SegmentView[]): Map<string, StoredDefinitionFile> {
  const files = [
    ...tags.map(({ key, name, description, scene, mode, rule, layer, values, several, model, revision }) => ({
      revision,
      definition: definitionFileSchema.parse({
        ...{ kind: 'tag', key, name, description, layer, scene, mode, rule },
        ...(values.length === 0 ? {} : { values: values.map((one) => ({ value: one.value, rule: one.rule })) }),
        ...(several ? { several } : {}),
        ...(model === null ? {} : { model }),
      }),
    })),
    ...segments.map(({ key, name, description, scene, mode, rule, revision }) => ({
      revision,
      definition: definitionFileSchema.parse({ kind: 'segment', key, name, description, scene, mode, rule }),
    })),
  ]
  return new Map(files.map((one) => [definitionName(one.definition), one]))
}

export interface ImportStep {
  readonly file: DefinitionFile
  readonly what: 'created' | 'changed' | 'same'
  /** Of the one that is there; null: there is none. */
  readonly revision: number | null
}

/** What an import would do, in the order in which it has to be done. Throws `invalid_request` where it cannot be done whole. */
export function importPlan(files: readonly DefinitionFile[], stored: ReadonlyMap<string, StoredDefinitionFile>): ImportStep[] {
  const sorted = inOrder(files)
  const known = new Set([...stored.keys(), ...files.map(definitionName)])
  const problems = sorted.flatMap((file): Problem[] => {
    const path = definitionPath(file)
    const mode = stored.get(definitionName(file))?.definition.mode ?? file.mode
    const unknown = [...new Set(namesIn(file))].filter((name) => !known.has(name))
    return [
      ...unknown.map((name) => ({ path, message: `names ${name}, which is neither in the files nor on the server` })),
      ...(mode === file.mode
        ? []
        : [{ path, message: `is ${mode} on the server and ${file.mode} in the file; give the new one another key` }]),
    ]
  })
  if (problems.length > 0) throw new AppError('invalid_request', 'Nothing was changed', problems)
  return sorted.map((file) => {
    const there = stored.get(definitionName(file))
    if (there === undefined) return { file, what: 'created', revision: null }
    return { file, what: definitionText(there.definition) === definitionText(file) ? 'same' : 'changed', revision: there.revision }
  })
}

type Call = <N extends EndpointName>(name: N, input?: CallInput<N>) => Promise<unknown>

/** Does a step of a plan over the API. */
export async function putDefinition(call: Call, { file, revision }: ImportStep): Promise<void> {
  const { key, name, description, scene, mode, rule } = file
  if (file.kind === 'tag') {
    const { layer, model = null } = file
    const body = { name, description, layer, scene, ...rulesIn(file), model }
    if (revision === null) await call('tagCreate', { body: { ...body, key, mode } })
    else await call('tagUpdate', { params: { key }, body: { ...body, revision } })
  } else if (revision === null) await call('segmentCreate', { body: { key, name, description, scene, mode: file.mode, rule } })
  else await call('segmentUpdate', { params: { key }, body: { name, description, scene, rule, revision } })
}
