import { z } from 'zod'
import { definitionKeySchema } from './definition-input.ts'
import { endpoint, id } from './endpoint.ts'
import { traitFilter } from './insight.ts'
import { instant } from './views.ts'

/**
 * How far people came with a journey: their runs, or what became of its messages (the columns of the effect table, and what the gate
 * stopped); `refused`: it kept them out.
 */
export const peopleStageSchema = z.enum([
  'entered',
  'inside',
  'ended',
  'finished',
  'exited',
  'failed',
  'goal',
  'sent',
  'reached',
  'clicked',
  'converted',
  'stopped',
  'refused',
])
export type PeopleStage = z.infer<typeof peopleStageSchema>
/** What happened to people at a node of a journey; `waiting`: they are there now. */
export const nodeOutcomeSchema = z.enum(['entered', 'waiting', 'passed', 'timed_out', 'failed', 'left', 'moved'])
export type NodeOutcome = z.infer<typeof nodeOutcomeSchema>

/** What the list of people may be narrowed to, in its address. */
export const peopleFilterSchema = z.object({
  q: z.string().max(200).default(''),
  tag: z.string().optional(),
  /** With `tag`: those who have it with this value. */
  tagValue: z.string().max(50).optional(),
  segment: z.string().optional(),
  /** With `stage`, or with `node` and `outcome`: the people behind a number of the journey. */
  journey: z.string().optional(),
  stage: peopleStageSchema.optional(),
  /** With `stage=goal`: the goal's id; left out: the journey's own. */
  goal: z.string().max(20).optional(),
  /** With a stage of messages, those of this node; with `stage=goal`, those who had passed it last, or with `way` who took that way there. */
  node: z.string().optional(),
  outcome: nodeOutcomeSchema.default('entered'),
  /** With `outcome=passed`: those who took this way out of the node. */
  way: z.string().max(40).optional(),
  /** Of the journey: in this version only. */
  version: z.coerce.number().int().min(1).optional(),
  /** With `stage=stopped` and `stage=refused`: for this reason. */
  reason: z.string().max(100).optional(),
  /** When it happened: from then on, and before that. Messages by when they were made, and nothing where `outcome=waiting`. */
  from: z.string().optional(),
  to: z.string().optional(),
  coupon: z.string().optional(),
  claim: z.enum(['claimed', 'used']).default('claimed'),
  ...traitFilter,
})
export type PeopleFilter = z.infer<typeof peopleFilterSchema>

/** People of a list on their way into a segment. `about`: how many they are, as counted when it began; null: not yet. */
export const peopleSaveSchema = z.object({
  id: z.string(),
  segmentKey: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  saved: z.number(),
  about: z.number().nullable(),
  /** Why it failed: the segment was archived, or something that the list names. */
  problem: z.enum(['segment_gone', 'filter_gone']).nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
})
export type PeopleSave = z.infer<typeof peopleSaveSchema>

export const peopleSaveEndpoints = {
  /** Keeps the people of a list as a new segment by hand; it is done in the background. */
  peopleSave: endpoint('POST', '/api/people-saves', 'rules.write', {
    body: z.object({
      key: definitionKeySchema.optional(),
      name: z.string().trim().min(1).max(100),
      description: z.string().max(1000).default(''),
      filter: peopleFilterSchema,
    }),
    response: peopleSaveSchema,
  }),
  peopleSaved: endpoint('GET', '/api/people-saves/:id', 'rules.read', { params: id, response: peopleSaveSchema }),
  /** The last ones, the newest first. */
  peopleSaves: endpoint('GET', '/api/people-saves', 'rules.read', { response: z.object({ items: z.array(peopleSaveSchema) }) }),
} as const
