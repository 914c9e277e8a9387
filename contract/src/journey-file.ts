import { z } from 'zod'
import { definitionKeySchema } from './definition-input.ts'
import { AppError, type Problem, problemsOf } from './errors.ts'
import { type JourneyDefinition, journeyDefinitionSchema } from './journey.ts'
import { journeyNeeds, journeyNeedsSchema, needKinds } from './journey-needs.ts'
import { journeyProblems } from './journey-problems.ts'
import { journeyRules } from './journey-rules.ts'
import { ruleProblems } from './rule-problems.ts'

// A journey as a file: for git, and from one workspace to another. Nothing in it is an id of one of them.

const journeyFileSchema = z.strictObject({
  kind: z.literal('journey'),
  key: definitionKeySchema,
  name: z.string().trim().min(1).max(100),
  description: z.string().max(1000).default(''),
  /** What the server's draft was when this was exported, or last imported. */
  base: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'is written by export and import; leave it out otherwise')
    .optional(),
  /** Follows from the definition; it stands here for who reads the file. */
  needs: journeyNeedsSchema.optional(),
  definition: journeyDefinitionSchema,
})
export type JourneyFile = z.infer<typeof journeyFileSchema>

/** Always the same text for the same journey: fields in the schema's order, two spaces, a line feed at the end. */
export function journeyText(file: JourneyFile): string {
  const ordered = journeyFileSchema.parse({ ...file, needs: journeyNeeds(file.definition) })
  return `${JSON.stringify(ordered, null, 2)}\n`
}

export const withoutPlaces = (definition: JourneyDefinition): JourneyDefinition => ({
  ...definition,
  nodes: definition.nodes.map(({ place: _, ...node }) => node),
})

/** The places of nodes that have none of their own. */
export function withPlacesOf(definition: JourneyDefinition, placed: JourneyDefinition): JourneyDefinition {
  if (definition.nodes.some((node) => node.place !== undefined)) return definition
  const places = new Map(placed.nodes.map((node) => [node.id, node.place]))
  return {
    ...definition,
    nodes: definition.nodes.map((node) => {
      const place = places.get(node.id)
      return place === undefined ? node : { ...node, place }
    }),
  }
}

/** Throws `invalid_request` with the path of everything that the schema refuses, and of what it does not know. */
export function parseJourneyFile(value: unknown, file: string): JourneyFile {
  const parsed = journeyFileSchema.safeParse(value)
  const problems = parsed.success ? strays(value, parsed.data) : problemsOf(parsed.error)
  if (!parsed.success || problems.length > 0) throw new AppError('invalid_request', `${file} is no journey`, problems)
  return parsed.data
}

/** Schemas leave out what they do not know: in a file that would lose what somebody wrote. */
function strays(written: unknown, taken: unknown, path = ''): Problem[] {
  if (typeof written !== 'object' || written === null || typeof taken !== 'object' || taken === null) return []
  return Object.entries(written).flatMap(([key, inner]) => {
    const place = path === '' ? key : `${path}.${key}`
    if (!Object.hasOwn(taken, key)) return [{ path: place, message: 'is not a field of this; mend its name, or take it out' }]
    return strays(inner, Reflect.get(taken, key), place)
  })
}

/** What is wrong with a journey that the schema takes, as far as the file alone can tell. */
export function journeyFileProblems({ definition, needs }: JourneyFile): Problem[] {
  const rules = journeyRules(definition).flatMap(({ path, rule }) =>
    ruleProblems(rule).map((problem) => ({ path: problem.path === '' ? path : `${path}.${problem.path}`, message: problem.message })),
  )
  const drawn = [...journeyProblems(definition), ...rules]
  return [
    ...drawn.map(({ path, message }) => ({ path: `definition.${path}`, message })),
    ...(needs === undefined ? [] : needProblems(needs, definition)),
  ]
}

function needProblems(needs: NonNullable<JourneyFile['needs']>, definition: JourneyDefinition): Problem[] {
  const mentioned = journeyNeeds(definition)
  return needKinds.flatMap((kind) => {
    const lacks = mentioned[kind].filter((key) => !needs[kind].includes(key))
    const idle = needs[kind].filter((key) => !mentioned[kind].includes(key))
    const quoted = (list: readonly string[]) => list.map((key) => `"${key}"`).join(', ')
    return [
      ...(lacks.length === 0 ? [] : [{ path: `needs.${kind}`, message: `add ${quoted(lacks)}, which the definition names` }]),
      ...(idle.length === 0 ? [] : [{ path: `needs.${kind}`, message: `take out ${quoted(idle)}, which the definition does not name` }]),
    ]
  })
}
