import {
  attemptsOf,
  eachNode,
  exitsAt,
  type JourneyDefinition,
  journeyProblems,
  journeyRules,
  type Problem,
  type Rule,
  type TriggerKind,
  taskRoles,
  unknownAt,
} from '@chaoxi/contract'
import { goalListens } from '../core/contest.ts'
import { ruleListens } from '../core/rule-news.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import type { Listen } from '../store.ts'
import { triggerListens, triggerMentions, triggerProblems } from './trigger-references.ts'

type Lookups = Pick<EngineDeps, 'templates'> &
  Pick<DeskDeps, 'ruleProblems' | 'activeDefinitions' | 'activeCoupons' | 'staticTags' | 'members' | 'textProblem'> & {
    /** How journeys begin that are not archived: as published, else as drawn. */
    journeyTriggers(workspaceId: number, keys: readonly string[]): Promise<ReadonlyMap<string, TriggerKind>>
    knownEndpoints(workspaceId: number, keys: readonly string[]): Promise<ReadonlySet<string>>
    /** Holdout groups by key. */
    holdoutGroups(workspaceId: number): Promise<ReadonlyMap<string, unknown>>
  }

/** Everything that stands against publishing: the graph, and what it mentions that is not there. */
export async function problemsOf(lookups: Lookups, workspaceId: number, definition: JourneyDefinition): Promise<Problem[]> {
  const [templates, entry, coupons, tags, journeys, tasks, endpoints, held, rules] = await Promise.all([
    templateProblems(lookups, workspaceId, definition),
    triggerProblems(lookups, workspaceId, definition.trigger),
    grantProblems(lookups, workspaceId, definition),
    tagNodeProblems(lookups, workspaceId, definition),
    journeyNodeProblems(lookups, workspaceId, definition),
    taskProblems(lookups, workspaceId, definition),
    webhookNodeProblems(lookups, workspaceId, definition),
    holdoutNodeProblems(lookups, workspaceId, definition),
    Promise.all(
      journeyRules(definition).map(async ({ path, rule }) =>
        (await lookups.ruleProblems(workspaceId, rule)).map((problem) => ({
          path: problem.path === '' ? path : `${path}.${problem.path}`,
          message: problem.message,
        })),
      ),
    ),
  ])
  return [
    ...journeyProblems(definition),
    ...entry,
    ...templates,
    ...coupons,
    ...tags,
    ...journeys,
    ...tasks,
    ...endpoints,
    ...held,
    ...rules.flat(),
  ]
}

async function templateProblems(lookups: Lookups, workspaceId: number, definition: JourneyDefinition): Promise<Problem[]> {
  const sends = definition.nodes.flatMap((node, i) =>
    node.kind === 'send'
      ? attemptsOf(node).map((attempt, a) => ({
          id: node.id,
          node: attempt,
          path: a === 0 ? `nodes.${i}` : `nodes.${i}.attempts.${a - 1}`,
        }))
      : [],
  )
  if (sends.length === 0) return []
  const templates = await lookups.templates(workspaceId, [...new Set(sends.map(({ node }) => node.template))])
  const claimed = [...templates.values()].flatMap((template) => (template.coupon === null ? [] : [template.coupon]))
  const coupons = claimed.length > 0 ? await lookups.activeCoupons(workspaceId, [...new Set(claimed)]) : new Set<string>()
  return sends.flatMap(({ id, node, path }) => {
    const template = templates.get(node.template)
    if (!template) return [{ path: `${path}.template`, message: `there is no template "${node.template}"; create it, or choose another` }]
    if (template.channel !== node.channel) {
      return [
        {
          path: `${path}.channel`,
          message: `template "${node.template}" is for ${template.channel}; choose that channel, or another template`,
        },
      ]
    }
    const [unknown] = (template.reads ?? []).flatMap((name) => unknownAt(definition, id, name) ?? [])
    if (unknown !== undefined)
      return [{ path: `${path}.template`, message: `template "${node.template}" reads what is not known here: ${unknown}` }]
    if (template.coupon === null || coupons.has(template.coupon)) return []
    const message = `template "${node.template}" offers the coupon "${template.coupon}", which is archived or not there; create the coupon, or offer another`
    return [{ path: `${path}.template`, message }]
  })
}

async function grantProblems(lookups: Lookups, workspaceId: number, { nodes }: JourneyDefinition): Promise<Problem[]> {
  const given = nodes.flatMap((node, i) => (node.kind === 'grant' ? [{ coupon: node.coupon, path: `nodes.${i}.coupon` }] : []))
  if (given.length === 0) return []
  const active = await lookups.activeCoupons(workspaceId, [...new Set(given.map(({ coupon }) => coupon))])
  return given.flatMap(({ coupon, path }) => {
    if (active.has(coupon)) return []
    return [{ path, message: `there is no coupon "${coupon}", or it is archived; create it, or give another` }]
  })
}

async function tagNodeProblems(lookups: Lookups, workspaceId: number, { nodes }: JourneyDefinition): Promise<Problem[]> {
  const changed = nodes.flatMap((node, i) => (node.kind === 'set_tag' ? [{ tag: node.tag, path: `nodes.${i}.tag` }] : []))
  if (changed.length === 0) return []
  const found = await lookups.staticTags(workspaceId, [...new Set(changed.map(({ tag }) => tag))])
  return changed.flatMap(({ tag, path }) => {
    if (found.has(tag)) return []
    return [{ path, message: `there is no static tag "${tag}"; create it, or choose one that people are given by hand` }]
  })
}

/** A journey that is not live yet may be named: two that start each other are published one after the other. */
async function journeyNodeProblems(lookups: Lookups, workspaceId: number, { nodes }: JourneyDefinition): Promise<Problem[]> {
  const named = nodes.flatMap((node, i) => {
    if ((node.kind !== 'start_journey' && node.kind !== 'stop_journey') || node.journey === undefined) return []
    return [{ kind: node.kind, journey: node.journey, path: `nodes.${i}.journey` }]
  })
  if (named.length === 0) return []
  const triggers = await lookups.journeyTriggers(workspaceId, [...new Set(named.map(({ journey }) => journey))])
  return named.flatMap(({ kind, journey, path }) => {
    const trigger = triggers.get(journey)
    if (trigger === undefined)
      return [{ path, message: `there is no journey "${journey}", or it is archived; create it, or choose another` }]
    if (kind === 'stop_journey' || trigger === 'call') return []
    return [{ path, message: `journey "${journey}" does not begin by a call; choose that trigger there, or start another` }]
  })
}

async function taskProblems(lookups: Lookups, workspaceId: number, { nodes }: JourneyDefinition): Promise<Problem[]> {
  const asked = nodes.flatMap((node, i) => (node.kind === 'human_task' ? [{ node, path: `nodes.${i}` }] : []))
  const named = asked.some(({ node }) => node.who.kind === 'member')
  const roles = new Map(named ? (await lookups.members(workspaceId)).map(({ email, role }) => [email, role]) : [])
  return asked.flatMap(({ node: { who, title, instructions }, path }) => {
    const written = Object.entries({ title, instructions }).flatMap(([field, text]) => {
      const message = lookups.textProblem(text)
      return message === null ? [] : [{ path: `${path}.${field}`, message }]
    })
    if (who.kind !== 'member' || who.email === '') return written
    const role = roles.get(who.email)
    const gone = { path: `${path}.who.email`, message: `nobody here has the address "${who.email}"; choose a colleague, or a role` }
    const idle = {
      path: `${path}.who.email`,
      message: `"${who.email}" may not work on tasks; choose a colleague who may, or give the role`,
    }
    return [...written, ...(role === undefined ? [gone] : taskRoles.includes(role) ? [] : [idle])]
  })
}

async function webhookNodeProblems(lookups: Lookups, workspaceId: number, { nodes }: JourneyDefinition): Promise<Problem[]> {
  const named = nodes.flatMap((node, i) => (node.kind === 'webhook' ? [{ endpoint: node.endpoint, path: `nodes.${i}.endpoint` }] : []))
  if (named.length === 0) return []
  const found = await lookups.knownEndpoints(workspaceId, [...new Set(named.map(({ endpoint }) => endpoint))])
  return named.flatMap(({ endpoint, path }) => {
    if (found.has(endpoint)) return []
    return [{ path, message: `there is no endpoint "${endpoint}"; create it in the settings, or choose another` }]
  })
}

async function holdoutNodeProblems(lookups: Lookups, workspaceId: number, { nodes }: JourneyDefinition): Promise<Problem[]> {
  const named = nodes.flatMap((node, i) => (node.kind === 'holdout' && node.group !== undefined ? [{ group: node.group, i }] : []))
  if (named.length === 0) return []
  const found = await lookups.holdoutGroups(workspaceId)
  return named.flatMap(({ group, i }) => {
    if (found.has(group)) return []
    return [{ path: `nodes.${i}.group`, message: `there is no holdout group "${group}"; create it, or choose another` }]
  })
}

/** The coupons that the definition gives by itself. */
export const grantedBy = ({ nodes }: JourneyDefinition): string[] => [
  ...new Set(nodes.flatMap((node) => (node.kind === 'grant' ? [node.coupon] : []))),
]

/** What a published version must be told of. */
export function listensOf(definition: JourneyDefinition): Listen[] {
  const { trigger, exits, nodes } = definition
  const brings = triggerListens(trigger)
  const asked = ruleListens(definition)
  const goals = goalListens(definition)
  const events = new Set([
    ...brings.flatMap(({ kind, name }) => (kind === 'event' ? [name] : [])),
    ...[...exits, ...nodes.flatMap(exitsAt)].flatMap((exit) => (exit.kind === 'event' ? [exit.event] : [])),
    ...nodes.flatMap((node) => (node.kind === 'wait_event' ? [node.match.event] : [])),
    ...asked.flatMap(({ kind, name }) => (kind === 'event' ? [name] : [])),
    ...goals.keys(),
  ])
  const heard = [...events].map((name): Listen => {
    const goalMs = goals.get(name)
    return { kind: 'event', name, ...(goalMs === undefined ? {} : { goalMs }) }
  })
  return [...[...brings, ...asked].filter(({ kind }) => kind !== 'event'), ...heard]
}

export type Mention = 'template' | 'tag' | 'segment'

/**
 * Whether the definition mentions the thing: it may not be archived while a published one does. With `value`: whether it asks for
 * this value of the tag.
 */
export function mentions(definition: JourneyDefinition, what: Mention, key: string, value?: string): boolean {
  if (what === 'tag' && value === undefined && definition.nodes.some((node) => node.kind === 'set_tag' && node.tag === key)) return true
  if (what === 'template')
    return definition.nodes.some((node) => node.kind === 'send' && attemptsOf(node).some((attempt) => attempt.template === key))
  if (triggerMentions(definition.trigger, what, key, value)) return true
  return journeyRules(definition).some(({ rule }) => ruleMentions(rule, what, key, value))
}

function ruleMentions(rule: Rule, what: 'tag' | 'segment', key: string, value: string | undefined): boolean {
  let found = false
  eachNode(rule, (node) => {
    if (what === 'segment' && node.kind === 'segment' && node.segment === key) found = true
    if (what === 'tag' && node.kind === 'tag' && node.tag === key && (value === undefined || node.values?.includes(value))) found = true
  })
  return found
}
