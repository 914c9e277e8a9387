import { setImmediate } from 'node:timers/promises'
import { attemptsOf, type JourneyDefinition, type Rule, type TaskAnswers } from '@chaoxi/contract'
import type { OfferedCoupon } from '../../benefits/index.ts'
import type { GatePolicy } from '../../compliance/index.ts'
import type { Query, ResolvedRule, Zone } from '../../query/index.ts'
import type { MatchesFilters } from '../core/heard-match.ts'
import type { HoldoutGroup } from '../core/holdout.ts'
import { type Actor, createActor, nextOf } from './actor.ts'
import { createAgenda } from './agenda.ts'
import { createRehearsedContests, decideDue, type RehearsedContests } from './contests.ts'
import { type Addressee, createPost } from './post.ts'
import { attributesIn, type Due, prepareScript, type Script } from './script.ts'
import { createShop, type Shop, sayingEvents } from './shop.ts'
import { createTally, type RehearsedEffect, type Tally } from './tally.ts'
import { createWalk, type Walk } from './walk.ts'

/** A journey that is played and not lived, and what is taken for true of the shop meanwhile. */
export interface PlayedJourney {
  readonly workspaceId: number
  readonly journeyId: string
  readonly version: number
  readonly definition: JourneyDefinition
  readonly zone: Zone
  /** By the clock that is played (ms): what happens after `from`, until `to`. Nobody is inside when it begins. */
  readonly from: number
  readonly to: number
  readonly policy: GatePolicy
  readonly coupons: ReadonlyMap<string, OfferedCoupon>
  readonly missingTemplates: ReadonlySet<string>
  readonly holdouts: ReadonlyMap<string, HoldoutGroup>
}

export interface PlayDeps {
  readonly query: Pick<Query, 'replay'>
  readonly matchesFilters: MatchesFilters
  resolved(rules: readonly Rule[]): Promise<readonly ResolvedRule[]>
}

export interface SimulationInput extends PlayedJourney {
  /** Rising; `dense`: all the living of their range. */
  readonly people: readonly number[]
  readonly dense: boolean
  /** By template: how long a popup waits for its customer. */
  readonly validHours: ReadonlyMap<string, number>
  /** What colleagues are taken to answer. */
  readonly answers?: TaskAnswers
  /** Of a tag with values all of them. */
  valuesOf(tag: string): readonly string[]
  readonly storiesMax: number
}

export interface SimulationDeps extends PlayDeps {
  /** Null: everybody may be written to. */
  readonly addressees: ((people: readonly number[]) => Promise<ReadonlyMap<number, Addressee>>) | null
  readonly effect?: (effect: RehearsedEffect) => void
  /** Told how far it has come, 0 to 1; throws to end it. */
  readonly progress?: (done: number) => void
  /** Told how long parts took (ms). */
  readonly timing?: (part: 'load' | 'play', ms: number) => void
}

export interface Simulation {
  readonly tally: Tally
  readonly shop: Shop
  readonly people: number
  /** Who had too much recorded to be played. */
  readonly leftOut: readonly number[]
  /** Instants at which somebody was looked at. */
  readonly turns: number
  /** Messages that still wait at the end, and people still inside. */
  readonly inside: number
  readonly held: number
}

/** Others get their turn at least so often. */
const turnMs = 20

/** Plays a journey over what was recorded, with a clock that jumps from one instant at which something is due to the next. */
export async function simulate(deps: SimulationDeps, input: SimulationInput): Promise<Simulation> {
  const { definition, journeyId, zone, from, to, workspaceId, version } = input
  const began = performance.now()
  const script = await prepareScript({ definition, journeyId, zone, from, to, valuesOf: input.valuesOf, resolve: deps.resolved })
  const { actors, leftOut } = await loadActors(deps, input, script)
  const addressees = deps.addressees === null ? null : await deps.addressees(actors.map((actor) => actor.id))
  deps.timing?.('load', performance.now() - began)

  const tally = createTally({ zone, storiesMax: input.storiesMax, effect: deps.effect })
  const shop = createShop(input.coupons)
  const contests = createRehearsedContests(definition)
  const post = createPost({
    definition,
    policy: input.policy,
    matchesFilters: deps.matchesFilters,
    addressees,
    validHours: input.validHours,
    hasLeft: tally.hasLeft,
    exitHolds: (actor, now) => walk.exitHolds(actor, now),
    posted(posted) {
      tally.posted(posted)
      if (posted.outcome === 'sent') contests.delivered(posted.run, posted.effect.nodeId, posted.at)
    },
  })
  const { missingTemplates, answers = {} } = input
  const walk: Walk = createWalk({
    script,
    workspaceId,
    version,
    matchesFilters: deps.matchesFilters,
    shop,
    post,
    tally,
    missingTemplates,
    answers,
    contests,
    holdouts: input.holdouts,
  })
  const started = performance.now()
  const turns = await play({ actors, walk, script, contests, from, to, progress: deps.progress })
  deps.timing?.('play', performance.now() - started)
  return {
    tally,
    shop,
    people: actors.length,
    leftOut,
    turns,
    inside: actors.reduce((sum, actor) => sum + actor.runs.length, 0),
    held: actors.reduce((sum, actor) => sum + actor.messages.length, 0),
  }
}

async function loadActors(deps: SimulationDeps, input: SimulationInput, script: Script): Promise<{ actors: Actor[]; leftOut: number[] }> {
  const { workspaceId, people, dense, from, to, definition } = input
  const { rules } = script.asking
  const attributes = attributesIn(definition)
  const readsPeople = attributes.length > 0 || script.readsAttributes
  const leftOut: number[] = []
  const actors: Actor[] = []
  const pieces = deps.query.replay(
    {
      workspaceId,
      rules,
      timeZone: input.zone.name,
      people,
      dense,
      from,
      to,
      listens: script.listens,
      sayings: readsPeople ? sayingEvents : [],
      attributes,
      presence: definition.nodes.some((node) => node.kind === 'send' && attemptsOf(node).some((attempt) => attempt.channel === 'popup')),
    },
    (person) => leftOut.push(person),
  )
  for await (const piece of pieces) for (let place = 0; place < piece.people.length; place++) actors.push(createActor(piece, place))
  return { actors, leftOut }
}

interface Playing {
  readonly actors: readonly Actor[]
  readonly walk: Walk
  readonly script: Script
  readonly contests: RehearsedContests
  readonly from: number
  readonly to: number
  readonly progress: ((done: number) => void) | undefined
}

async function play({ actors, walk, script, contests, from, to, progress }: Playing): Promise<number> {
  const agenda = createAgenda()
  let turns = 0
  let since = performance.now()
  const others = async (done: number) => {
    if (performance.now() - since < turnMs) return
    progress?.(done)
    await setImmediate()
    since = performance.now()
  }
  function plan(actor: Actor, place: number): void {
    const at = nextOf(actor)
    if (at === actor.at || at > to) {
      if (at > to) actor.at = at
      return
    }
    actor.at = at
    agenda.push(at, place)
  }
  for (const [place, actor] of actors.entries()) {
    walk.begin(actor, from)
    plan(actor, place)
    await others(0)
  }
  async function due(one: Due): Promise<void> {
    for (const [place, actor] of actors.entries()) {
      if ((actor.piece.firsts[actor.place] ?? Number.POSITIVE_INFINITY) > one.at) continue
      script.asking.ask(one.question, actor.piece.lens.at(actor.place, one.question, one.at), one.at)
      if (!script.asking.holds(one.question.rules[0] ?? -1)) continue
      turns++
      walk.isDue(actor, one)
      plan(actor, place)
      await others((one.at - from) / (to - from))
    }
  }
  let nextDue = 0
  for (;;) {
    const [one, at] = [script.dues[nextDue], agenda.next]
    // What is due is decided before anybody moves by it.
    if (contests.next <= Math.min(one?.at ?? to, at, to)) {
      decideDue(contests, actors, walk, plan)
      continue
    }
    if (one !== undefined && one.at <= at) {
      nextDue++
      await due(one)
      continue
    }
    if (at > to) return turns
    const place = agenda.pop()
    const actor = actors[place]
    if (actor === undefined || actor.at !== at) continue
    turns++
    walk.advance(actor, at)
    actor.at = Number.NaN
    plan(actor, place)
    await others((at - from) / (to - from))
  }
}
