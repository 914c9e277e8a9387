import {
  attemptsOf,
  bestHourRules,
  type ExitCondition,
  exitsAt,
  isOpenHours,
  type JourneyDefinition,
  type JourneyNode,
  messageTests,
  nodeExits,
  type Rule,
} from '@chaoxi/contract'
import { tooDeep } from './calling.ts'
import { isContest } from './contest.ts'
import { effectKeysOf } from './messages.ts'
import type { Run } from './run.ts'

/** What a run's next move may ask: everything that it can come to before it rests. */
export interface Questions {
  /** By place: `exit.0`, `exit.<node>.0`, `node.<id>`, `node.<id>.<way>`. */
  readonly rules: ReadonlyMap<string, Rule>
  readonly templates: ReadonlySet<string>
  /** Of the person. */
  readonly attributes: ReadonlySet<string>
  /** Whether local times are read. */
  readonly zone: boolean
  /** Effect keys of the run's own messages. */
  readonly messages: ReadonlySet<string>
  /** Splits that look for a winner, by node. */
  readonly contests: ReadonlySet<string>
  /** Keys of holdout groups. */
  readonly holdouts: ReadonlySet<string>
}

/** Of the journey, or of one of its nodes. */
export const exitPlace = (index: number, nodeId?: string): string => (nodeId === undefined ? `exit.${index}` : `exit.${nodeId}.${index}`)
export const nodePlace = (nodeId: string): string => `node.${nodeId}`
export const hourPlace = (nodeId: string, hour: number): string => wayPlace(nodeId, `hour_${hour}`)
export const wayPlace = (nodeId: string, wayId: string): string => `node.${nodeId}.${wayId}`

export function nodeOf(definition: JourneyDefinition, id: string): JourneyNode {
  const node = definition.nodes.find((one) => one.id === id)
  if (!node) throw new Error(`the journey has no node ${id}`)
  return node
}

/** Whether the run has begun a wait that neither time nor an event has ended: there is nothing to do. */
export function rests({ context: { wait } }: Run, now: number): boolean {
  if (wait === undefined || wait.heard !== undefined || wait.answer !== undefined || wait.replan !== undefined) return false
  return now < (wait.check ?? wait.until)
}

/** Whether the run waits at its node: what it waited for has not come. */
export const stands = ({ context: { wait } }: Run): boolean => wait !== undefined && wait.heard === undefined

/** Where the run's next move may come to. */
export function reach(definition: JourneyDefinition, run: Run): ReadonlySet<string> {
  const ahead = new Set(run.context.wait ? nodeExits(nodeOf(definition, run.nodeId)).map((exit) => exit.to) : [run.nodeId])
  for (const id of ahead) for (const to of atOnce(nodeOf(definition, id), run)) ahead.add(to)
  return ahead
}

export function questions(definition: JourneyDefinition, run: Run, now: number): Questions {
  const rules = new Map<string, Rule>()
  const templates = new Set<string>()
  const attributes = new Set<string>()
  const messages = new Set<string>()
  const contests = new Set<string>()
  const holdouts = new Set<string>()
  if (rests(run, now)) return { rules, templates, attributes, zone: false, messages, contests, holdouts }
  const askExits = (exits: readonly ExitCondition[], nodeId?: string) =>
    exits.forEach((exit, i) => {
      if (exit.kind === 'rule') rules.set(exitPlace(i, nodeId), exit.rule)
    })
  const askHours = (node: JourneyNode) => {
    if (node.kind !== 'wait_until' || node.until.kind !== 'best_hour') return
    for (const [hour, rule] of bestHourRules(node.until).entries()) rules.set(hourPlace(node.id, hour), rule)
  }
  askExits(definition.exits)
  const here = nodeOf(definition, run.nodeId)
  // A window may have closed while nobody came to move the run.
  let zone = here.kind === 'wait_until'
  if (run.context.wait?.replan !== undefined && here.kind === 'wait_until' && here.until.kind === 'date')
    attributes.add(here.until.attribute)
  if (run.context.wait) askHours(here)
  if (run.context.wait && (here.kind === 'wait_rule' || here.kind === 'repeat_check')) rules.set(nodePlace(here.id), here.rule)
  if (stands(run)) askExits(exitsAt(here), here.id)
  const askMessages = (node: JourneyNode) => {
    const asked = messageTests(node).flatMap(({ test }) => run.context.sent?.[test.node] ?? [])
    for (const key of asked.flatMap(effectKeysOf)) messages.add(key)
  }
  const askTemplates = (node: Extract<JourneyNode, { kind: 'send' }>) => {
    for (const { template } of attemptsOf(node)) templates.add(template)
  }
  askMessages(here)
  if (isContest(here)) contests.add(here.id)
  const tried = run.context.wait?.tried?.at(-1)
  if (tried) messages.add(tried.effectKey)
  if (tried && here.kind === 'send') askTemplates(here)
  for (const id of reach(definition, run)) {
    const node = nodeOf(definition, id)
    askExits(exitsAt(node), id)
    askMessages(node)
    if (node.kind === 'send') askTemplates(node)
    if (isContest(node)) contests.add(id)
    if (node.kind === 'holdout' && node.group !== undefined) holdouts.add(node.group)
    if (node.kind === 'condition' || node.kind === 'wait_rule' || node.kind === 'repeat_check') rules.set(nodePlace(id), node.rule)
    if (node.kind === 'branch') for (const way of node.ways) rules.set(wayPlace(id, way.id), way.rule)
    if (node.kind === 'wait_until') {
      zone = true
      askHours(node)
      if (node.until.kind === 'date') attributes.add(node.until.attribute)
    }
    if (node.kind === 'webhook') for (const { value } of node.body) if (value.kind === 'attribute') attributes.add(value.attribute)
  }
  return { rules, templates, attributes, zone, messages, contests, holdouts }
}

/** What follows these is a move of its own. */
const restsAlways: readonly JourneyNode['kind'][] = ['wait', 'wait_event', 'grant', 'set_tag', 'stop_journey', 'human_task', 'webhook']

/** Where a run may come to within the move that enters the node. */
function atOnce(node: JourneyNode, run: Run): string[] {
  if (restsAlways.includes(node.kind) || (node.kind === 'send' && node.attempts)) return []
  if (node.kind === 'start_journey') return tooDeep(run) ? [node.onFailure] : []
  if (node.kind === 'wait_rule') return [node.next]
  // What nobody has said is not written, and there is nothing to wait for.
  if (node.kind === 'set_attribute') return node.value.kind !== 'literal' ? [node.next] : []
  const open = node.kind !== 'wait_until' || isOpenHours(node.until)
  return nodeExits(node).flatMap((exit) => (open || exit.field !== 'next' ? [exit.to] : []))
}
