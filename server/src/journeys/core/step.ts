import {
  type AttributeValue,
  durationMs,
  type ExitCondition,
  exitsAt,
  hoursOfDay,
  isOpenHours,
  type JourneyDefinition,
  type JourneyNode,
  type MessageTest,
  type NodeKind,
  type PropertyFilter,
} from '@chaoxi/contract'
import { matchesFilters, readProperty, type Zone } from '../../query/index.ts'
import { exitPlace, hourPlace, nodeOf, nodePlace, rests, stands, wayPlace } from './ahead.ts'
import { callerOf, tooDeep } from './calling.ts'
import { type Answer, type AttributeDeed, type DoneAtOnce, patienceMs, told } from './deed.ts'
import { isAskedAbout, isAwaited, type MessageFates, messageHolds } from './messages.ts'
import { asksRules } from './rule-news.ts'
import {
  fail,
  type Heard,
  leave,
  type MessageEffect,
  type Move,
  type Run,
  type RunContext,
  type StepOutcome,
  type StepRecord,
  stumble,
  type Wait,
  withSteps,
} from './run.ts'
import { splitWayOf } from './split.ts'
import { type WaitEnd, waitEnd } from './wait-until.ts'

/** What is true of the person at `now`, as far as `questions` asked. */
export interface Facts {
  /** Answers by place. */
  readonly answers: ReadonlyMap<string, boolean>
  /** When one of them may turn without news, later than `now`; infinity: never. */
  readonly check: number
  /** Of the templates asked about, those that cannot be sent. */
  readonly missingTemplates: ReadonlySet<string>
  /** The person's attributes. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** The workspace's; null when nobody asked for it. */
  readonly zone: Zone | null
  /** What became of the run's own messages, as far as it is known. */
  readonly fates: MessageFates
}

/** Nodes that one call goes through at most; a longer way goes on at the next one. */
export const nodesPerStepMax = 50
/** Nodes that one run enters at most: nothing that people draw comes near, and a circle ends here at last. */
export const visitsMax = 10_000

interface Stand {
  readonly definition: JourneyDefinition
  readonly run: Run
  readonly wait: Wait | undefined
  readonly facts: Facts
  readonly now: number
  /** From when its wait is counted: now, unless an earlier one is planned anew. */
  readonly from: number
}

/** What a node makes of a run: on to another one, rest here, the end, or trouble. */
type Turn =
  | Go
  | { kind: 'rest'; until: number; looks?: number; known?: Record<string, unknown> }
  /** Something is done in the move's own transaction, and the run goes on at once. */
  | { kind: 'do'; deed: DoneAtOnce }
  /** Something is done after the commit; the run rests until it is. */
  | { kind: 'ask'; deed: AttributeDeed }
  | { kind: 'end'; result: string }
  | { kind: 'trouble'; reason: string }

interface Go {
  readonly kind: 'go'
  readonly to: string
  readonly outcome: 'passed' | 'timed_out'
  readonly details: Record<string, unknown>
  /** Of several ways, where the outcome does not say which. */
  readonly way?: string
  /** What the run keeps in mind besides. */
  readonly keep?: Pick<RunContext, 'variants' | 'coupon' | 'sent'>
  readonly effect?: MessageEffect
}

type Nodes = { [K in NodeKind]: Extract<JourneyNode, { kind: K }> }

const turns: { [K in NodeKind]: (node: Nodes[K], stand: Stand) => Turn } = {
  send(node, { definition, run, facts }) {
    if (run.context.missed) {
      const { channel, template } = node
      return { kind: 'go', to: node.next, outcome: 'passed', details: { channel, template, skipped: 'paused' } }
    }
    if (facts.missingTemplates.has(node.template)) return { kind: 'trouble', reason: `there is no template "${node.template}"` }
    const { channel, purpose, template } = node
    const effectKey = effectKeyOf(run, node)
    const effect = {
      effectKey,
      nodeId: node.id,
      channel,
      purpose,
      template,
      ...(isAwaited(definition, node.id) ? { awaited: true as const } : {}),
    }
    const details = { channel, purpose, template, effectKey }
    const keep = isAskedAbout(definition, node.id) ? { sent: { ...run.context.sent, [node.id]: { key: effectKey } } } : {}
    return { kind: 'go', to: node.next, outcome: 'passed', details, keep, effect }
  },
  wait(node, { run, wait, now, from }) {
    if (!wait) return { kind: 'rest', until: startOf(node, run, from) + durationMs(node.duration) }
    if (now < wait.until) return { kind: 'rest', until: wait.until }
    return { kind: 'go', to: node.next, outcome: 'passed', details: span(wait) }
  },
  wait_event(node, { run, wait, now, from }) {
    if (!wait) return { kind: 'rest', until: startOf(node, run, from) + durationMs(node.timeout) }
    if (wait.heard) return { kind: 'go', to: node.next, outcome: 'passed', details: { ...span(wait), event: heardDetails(wait.heard) } }
    if (now < wait.until) return { kind: 'rest', until: wait.until }
    return { kind: 'go', to: node.onTimeout, outcome: 'timed_out', details: { ...span(wait), event: node.match.event } }
  },
  wait_rule(node, { run, wait, facts, now, from }) {
    const until = wait?.until ?? startOf(node, run, from) + durationMs(node.timeout)
    const details = { ...(wait ? span(wait) : {}), rule: node.rule, ...asked(node) }
    if (answer(facts, nodePlace(node.id)) && messageSo(node, run, facts)) return { kind: 'go', to: node.next, outcome: 'passed', details }
    if (!wait || now < until) return { kind: 'rest', until }
    return { kind: 'go', to: node.onTimeout, outcome: 'timed_out', details }
  },
  repeat_check(node, { wait, facts, now }) {
    // Woken for something else, such as a condition to leave.
    if (wait && now < wait.until) return { kind: 'rest', until: wait.until, looks: wait.looks ?? 1 }
    const looks = (wait?.looks ?? 0) + 1
    const details = { rule: node.rule, looks }
    if (answer(facts, nodePlace(node.id))) return { kind: 'go', to: node.next, outcome: 'passed', details }
    if (looks >= node.times) return { kind: 'go', to: node.onTimeout, outcome: 'timed_out', details }
    return { kind: 'rest', until: now + durationMs(node.every), looks }
  },
  wait_until(node, { wait, facts, now }) {
    if (wait && now < wait.until) return { kind: 'rest', until: wait.until }
    if (wait && !isOpenHours(node.until)) return untilPassed(node, span(wait))
    if (!facts.zone) throw new Error(`nobody asked for the time zone of ${node.id}`)
    const hour = node.until.kind === 'best_hour' ? bestHour(node.id, facts) : null
    const end = waitEnd(node.until, now, facts.zone, { attributes: facts.attributes, hour })
    const known = node.until.kind === 'best_hour' ? { hour } : {}
    if (end.kind === 'at') return { kind: 'rest', until: end.at, known }
    return end.kind === 'now' ? untilPassed(node, { ...(wait ? span(wait) : {}), ...known }) : untilNever(node, end)
  },
  condition(node, { run, facts }) {
    const { rule, triggerFilters } = node
    const holds = answer(facts, nodePlace(node.id)) && broughtBy(run, triggerFilters) && messageSo(node, run, facts)
    const details = { rule, ...asked(node), holds }
    return { kind: 'go', to: holds ? node.next : node.otherwise, way: holds ? 'next' : 'otherwise', outcome: 'passed', details }
  },
  branch(node, { run, facts }) {
    const found = node.ways.find(
      (way) => answer(facts, wayPlace(node.id, way.id)) && broughtBy(run, way.triggerFilters) && messageSo(way, run, facts),
    )
    if (!found) return { kind: 'go', to: node.otherwise, way: 'otherwise', outcome: 'passed', details: {} }
    const { id, rule, next } = found
    return { kind: 'go', to: next, way: id, outcome: 'passed', details: { rule, ...asked(found) } }
  },
  split(node, { run }) {
    const { id, next, share, control } = splitWayOf(node, run)
    const details = { share, ...(control ? { control } : {}) }
    const keep = { variants: { ...run.context.variants, [node.id]: id } }
    return { kind: 'go', to: next, way: id, keep, outcome: 'passed', details }
  },
  grant(node, { run, wait }) {
    if (!wait) return { kind: 'do', deed: { kind: 'grant', effectKey: effectKeyOf(run, node), coupon: node.coupon } }
    const answer = answerOf(node, wait)
    const details = { key: node.coupon, ...told(answer) }
    if (!answer.ok || !answer.coupon) return { kind: 'go', to: node.onFailure, way: 'onFailure', outcome: 'passed', details }
    return { kind: 'go', to: node.next, way: 'next', keep: { coupon: answer.coupon }, outcome: 'passed', details }
  },
  set_tag(node, { run, wait }) {
    const { tag, change } = node
    if (!wait) return { kind: 'do', deed: { kind: 'tag', effectKey: effectKeyOf(run, node), tag, change } }
    return { kind: 'go', to: node.next, outcome: 'passed', details: { tag, change, ...told(answerOf(node, wait)) } }
  },
  set_attribute(node, { run, wait, now }) {
    const { attribute } = node
    const value = givenValue(node.value, run)
    const details = { attribute, value }
    if (wait?.answer) return { kind: 'go', to: node.next, outcome: 'passed', details: { ...details, ...told(wait.answer) } }
    if (wait) return { kind: 'rest', until: now + patienceMs }
    // What brought the person in does not say it.
    if (value === undefined) return { kind: 'go', to: node.next, outcome: 'passed', details: { attribute, done: false, reason: 'unknown' } }
    return { kind: 'ask', deed: { kind: 'attribute', effectKey: effectKeyOf(run, node), attribute, value } }
  },
  start_journey(node, { run, wait }) {
    const { journey } = node
    const refused = (reason: string): Turn => ({
      ...{ kind: 'go', to: node.onFailure, way: 'onFailure', outcome: 'passed' },
      details: { journey, done: false, reason },
    })
    if (!wait) {
      if (tooDeep(run)) return refused('too_deep')
      const properties = Object.fromEntries(
        node.properties.flatMap(({ name, value }) => {
          const found = givenValue(value, run)
          return found === undefined ? [] : [[name, found]]
        }),
      )
      return { kind: 'do', deed: { kind: 'start', effectKey: effectKeyOf(run, node), journey, properties, caller: callerOf(run, node.id) } }
    }
    const answer = answerOf(node, wait)
    if (!answer.ok) return refused(answer.reason)
    return { kind: 'go', to: node.next, way: 'next', outcome: 'passed', details: { journey, ...told(answer) } }
  },
  stop_journey(node, { run, wait }) {
    const { journey = null } = node
    if (!wait) return { kind: 'do', deed: { kind: 'stop', effectKey: effectKeyOf(run, node), journey, caller: callerOf(run, node.id) } }
    return { kind: 'go', to: node.next, outcome: 'passed', details: { journey, ...told(answerOf(node, wait)) } }
  },
  exit: (node) => ({ kind: 'end', result: node.result || node.id }),
}

/** Of the visit about to be made: a circle comes to the same node again, with another number. */
const effectKeyOf = (run: Run, node: JourneyNode) => `${run.journeyId}:${run.version}:${run.id}:${node.id}:${run.visit + 1}`

function answerOf(node: JourneyNode, { answer }: Wait): Answer {
  if (!answer) throw new Error(`nobody answered what ${node.id} did`)
  return answer
}

/** Undefined: the trigger has no such property. */
function givenValue(value: AttributeValue, run: Run): unknown {
  if (value.kind === 'literal') return value.value
  return readProperty(run.context.trigger.properties, value.property) ?? undefined
}

function bestHour(nodeId: string, facts: Facts): number | null {
  for (let hour = 0; hour < hoursOfDay; hour++) if (answer(facts, hourPlace(nodeId, hour))) return hour
  return null
}

type WaitUntilNode = Nodes['wait_until']

/** Only a wait for a date has more ways than one. */
function untilPassed({ until, next }: WaitUntilNode, details: Record<string, unknown>): Turn {
  return { kind: 'go', to: next, outcome: 'passed', details, ...(until.kind === 'date' ? { way: 'next' } : {}) }
}

function untilNever({ id, until }: WaitUntilNode, { reason }: Extract<WaitEnd, { kind: 'none' }>): Turn {
  if (until.kind !== 'date') throw new Error(`${id} waits for a time that there always is`)
  return { kind: 'go', to: until.otherwise, way: 'otherwise', outcome: 'passed', details: { attribute: until.attribute, reason } }
}

/** Whether what brought the run in passes the filters; none pass everything. */
function broughtBy(run: Run, filters: readonly PropertyFilter[] = []): boolean {
  return matchesFilters(filters, run.context.trigger.properties)
}

interface Asking {
  readonly triggerFilters?: PropertyFilter[] | undefined
  readonly message?: MessageTest | undefined
}
const messageSo = ({ message }: Asking, run: Run, { fates }: Facts) => message === undefined || messageHolds(message, run, fates)
/** What is asked besides the rule, for the story. */
const asked = ({ triggerFilters, message }: Asking) => ({ ...(triggerFilters ? { triggerFilters } : {}), ...(message ? { message } : {}) })

/** A wait counted from the entry may be over on arrival: it rests all the same, and is due at once. */
function startOf(node: { since?: 'arrival' | 'entry' }, run: Run, from: number): number {
  return node.since === 'entry' ? run.enteredAt : from
}

function turnOf<K extends NodeKind>(kind: K, node: Nodes[K], stand: Stand): Turn {
  return turns[kind](node, stand)
}

const iso = (at: number) => new Date(at).toISOString()
const span = (wait: Wait) => ({ since: iso(wait.since), until: iso(wait.until) })

/** What a story tells of what was heard: enough to find it, not its payload. */
export function heardDetails({ sourceKey, kind, name, properties, occurredAt, receivedAt, caller }: Heard): Record<string, unknown> {
  const times = { sourceKey, occurredAt: iso(occurredAt), receivedAt: iso(receivedAt) }
  if (kind === 'event') return { name, ...times }
  const { value } = properties
  return { kind, name, ...(value === undefined || value === '' ? {} : { value }), ...(caller ? { caller } : {}), ...times }
}

function answer(facts: Facts, place: string): boolean {
  const found = facts.answers.get(place)
  if (found === undefined) throw new Error(`nobody asked the rule at ${place}`)
  return found
}

/**
 * Moves a run as far as it gets at `now`: asks the exit rules, then goes from node to node until it rests, ends, or has
 * gone far enough for one call. Pure: live, test and simulation differ in the clock alone.
 */
export function step(definition: JourneyDefinition, run: Run, facts: Facts, now: number): Move {
  if (rests(run, now))
    return { run: { ...run, state: 'waiting', wakeAt: run.context.wait?.check ?? run.context.wait?.until ?? now }, effects: [], steps: [] }
  const asked = askedExits(definition.exits, facts)
  const reason = asked.find((one) => one.holds)
  if (reason) return leave(run, now, `exit_rule.${reason.exit}`, { exits: asked })

  const effects: MessageEffect[] = []
  const steps: StepRecord[] = []
  let current = run
  // What was asked before the first node, and what brought the person in, is told with the first line of the story.
  let preface: Record<string, unknown> = asked.length > 0 ? { exits: asked } : {}
  if (run.steps === 0) preface = { ...preface, trigger: heardDetails(run.context.trigger), ...entryDetails(run) }

  function note(nodeId: string, outcome: StepOutcome, details: Record<string, unknown>, way?: string): void {
    const named = way === undefined ? {} : { way }
    const written = withSteps(current, now, [{ nodeId, outcome, ...named, details: { ...preface, ...details, ...named } }])
    preface = {}
    current = written.run
    steps.push(...written.steps)
  }
  const done = (change: Partial<Run>): Move => ({ run: { ...current, tries: 0, result: null, ...change }, effects, steps })
  /** Trouble takes nothing back: what came before it is done and written. */
  const after = (last: Move): Move => ({ run: last.run, effects, steps: [...steps, ...last.steps] })

  for (let count = 0; count < nodesPerStepMax; count++) {
    const node = nodeOf(definition, current.nodeId)
    const wait = current.context.wait
    if (!wait && current.visit >= visitsMax) return after(fail(current, now, `it entered ${visitsMax} nodes`, 1))
    if (stands(current)) {
      const [held, details] = exitOf(node, facts)
      if (held !== null) return after(leave(current, now, held, details))
    }
    const turn = turnOf(node.kind, node, {
      definition,
      run: current,
      wait: wait?.replan === undefined ? wait : undefined,
      facts,
      now,
      from: wait?.replan ?? now,
    })
    if (turn.kind === 'trouble') return after(stumble(current, now, turn.reason))
    if (!wait) {
      note(node.id, 'entered', arrivalDetails(turn))
      current = { ...current, visit: current.visit + 1 }
    }
    if (turn.kind === 'rest') {
      const begun = restOf(wait, turn, now, asksRules(definition, node) ? facts.check : Number.POSITIVE_INFINITY)
      const [held, details] = exitOf(node, facts)
      if (held !== null) return after(leave({ ...current, context: { ...current.context, wait: begun } }, now, held, details))
      const { missed: _missed, ...context } = current.context
      return done({ state: 'waiting', wakeAt: begun.check ?? begun.until, context: { ...context, wait: begun } })
    }
    if (turn.kind === 'ask') {
      const wait = {
        ...restOf(undefined, { kind: 'rest', until: now + patienceMs }, now, Number.POSITIVE_INFINITY),
        asks: turn.deed.effectKey,
      }
      return { ...done({ state: 'waiting', wakeAt: wait.until, context: { ...current.context, wait } }), deed: turn.deed }
    }
    if (turn.kind === 'do') {
      const context = { ...current.context, wait: { since: now, until: now } }
      return { ...done({ state: 'active', wakeAt: now, context }), deed: turn.deed }
    }
    if (turn.kind === 'end') {
      note(node.id, 'passed', { result: turn.result })
      return done({ state: 'finished', wakeAt: null, result: turn.result })
    }
    note(node.id, turn.outcome, { ...turn.details, to: turn.to }, turn.way)
    if (turn.effect) effects.push(turn.effect)
    const { wait: _ended, ...rest } = current.context
    const sent = turn.effect && rest.sentAt === undefined ? { sentAt: now } : {}
    current = { ...current, nodeId: turn.to, context: { ...rest, ...sent, passed: node.id, ...turn.keep }, tries: 0 }
  }
  return done({ state: 'active', wakeAt: now })
}

/** The rules among exit conditions with their answers, by place. */
function askedExits(exits: readonly ExitCondition[], facts: Facts, nodeId?: string): { exit: number; holds: boolean }[] {
  return exits.flatMap((exit, i) => (exit.kind === 'rule' ? [{ exit: i, holds: answer(facts, exitPlace(i, nodeId)) }] : []))
}

/** The result with which whoever stands at the node leaves by a rule of its own, and what was asked; null: stays. */
function exitOf(node: JourneyNode, facts: Facts): [string | null, { exits: readonly object[] }] {
  const exits = askedExits(exitsAt(node), facts, node.id)
  const found = exits.find((one) => one.holds)
  return [found ? `exit_rule.${node.id}.${found.exit}` : null, { exits }]
}

function restOf(wait: Wait | undefined, { until, looks }: Extract<Turn, { kind: 'rest' }>, now: number, check: number): Wait {
  const { check: _check, replan, ...kept } = wait ?? { since: now }
  const before = replan === undefined ? kept : { since: replan }
  return { ...before, until, ...(looks === undefined ? {} : { looks }), ...(check < until ? { check } : {}) }
}

function arrivalDetails(turn: Turn): Record<string, unknown> {
  if (turn.kind === 'rest') return { until: iso(turn.until), ...turn.known }
  return turn.kind === 'do' || turn.kind === 'ask' ? { effectKey: turn.deed.effectKey } : {}
}

const entryDetails = (run: Run) => (run.context.entryRuleHeld ? { entryRule: true } : {})
