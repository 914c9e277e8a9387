import { readFileSync } from 'node:fs'
import {
  AppError,
  journeyDefinitionSchema,
  journeyProblems,
  type Playbook,
  type Problem,
  playbookSchema,
  problemsOf,
  ruleProblems,
  ruleSchema,
} from '@chaoxi/contract'
import type { z } from 'zod'
import { parseMapping } from '../imports/index.ts'
import { type Command, exitCodes, UsageError } from './command.ts'
import { jsonIn } from './json-file.ts'

type Kind = 'mapping' | 'rule' | 'journey' | 'playbook'

function kindOf(value: unknown): Kind | null {
  if (typeof value !== 'object' || value === null) return null
  if ('journeys' in value) return 'playbook'
  if ('source' in value || 'events' in value) return 'mapping'
  if ('nodes' in value || 'trigger' in value) return 'journey'
  if ('kind' in value) return 'rule'
  return null
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  more: (parsed: z.output<Schema>) => Problem[] = () => [],
): Problem[] {
  const result = schema.safeParse(value)
  return result.success ? more(result.data) : problemsOf(result.error)
}

function playbookProblems({ journeys }: Playbook): Problem[] {
  return journeys.flatMap(({ definition }, i) =>
    journeyProblems(definition).map(({ path, message }) => ({ path: `journeys.${i}.definition.${path}`, message })),
  )
}

/** What is wrong with a file, and what it was taken for. */
export function validateText(text: string): { kind: Kind | null; problems: readonly Problem[] } {
  let value: unknown
  try {
    value = jsonIn(text, 'it')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { kind: null, problems: [{ path: '', message: error.message.replace(/^it /, '') }] }
  }
  // A journey may stand inside the file that also brings its name.
  const inner = typeof value === 'object' && value !== null && 'definition' in value ? value.definition : value
  const kind = kindOf(inner)
  switch (kind) {
    case 'mapping':
      try {
        parseMapping(text)
        return { kind, problems: [] }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { kind, problems: error.problems.length > 0 ? error.problems : [{ path: '', message: error.message }] }
      }
    case 'journey':
      return { kind, problems: check(journeyDefinitionSchema, inner, journeyProblems) }
    case 'playbook':
      return { kind, problems: check(playbookSchema, inner, playbookProblems) }
    case 'rule':
      return { kind, problems: check(ruleSchema, inner, ruleProblems) }
    case null:
      return { kind, problems: [{ path: '', message: 'is neither a mapping nor a rule, journey or playbook' }] }
  }
}

export const validate: Command = {
  usage: 'validate FILE...',
  summary: 'Checks mappings, rules, journeys and playbooks without touching a server.',
  async run(args, shell) {
    if (args.length === 0) throw new UsageError('validate needs at least one file')
    let bad = false
    for (const file of args) {
      let text: string
      try {
        text = readFileSync(file, 'utf8')
      } catch {
        throw new UsageError(`${file} cannot be read`)
      }
      const { kind, problems } = validateText(text)
      if (problems.length === 0) shell.out(`${file}: a valid ${kind}\n`)
      else bad = true
      for (const { path, message } of problems) shell.error(`${file}: ${path === '' ? '' : `${path}: `}${message}\n`)
    }
    return bad ? exitCodes.usage : exitCodes.done
  },
}
