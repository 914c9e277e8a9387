import { setImmediate } from 'node:timers/promises'
import { type JourneyDefinition, sampleTrigger, type TrialStory } from '@chaoxi/contract'
import { z } from 'zod'
import type { TrialTexts } from '../../delivery/index.ts'
import type { MadeUp, ResolvedRule } from '../../query/index.ts'
import type { MessageEffect, Run } from '../core/run.ts'
import { type Actor, createActor, nextOf } from '../rehearsal/actor.ts'
import { createAgenda } from '../rehearsal/agenda.ts'
import { createRehearsedContests, decideDue, type RehearsedContests } from '../rehearsal/contests.ts'
import { createPost } from '../rehearsal/post.ts'
import { attributesIn, heardOf, prepareScript } from '../rehearsal/script.ts'
import { createShop } from '../rehearsal/shop.ts'
import type { PlayDeps, PlayedJourney } from '../rehearsal/simulate.ts'
import { createWalk, type Walk } from '../rehearsal/walk.ts'
import { createDirector, type Made } from './director.ts'
import { createRecording, type Letter, type Recording } from './record.ts'

// A trial is played from its beginning each time that it is looked at: what people are was written down when it began, and what
// happens to them is made up, so it comes to the same, however often, wherever, and after whatever crash.

const consent = z.object({ channel: z.enum(['sms', 'popup']), granted: z.boolean(), at: z.number(), source: z.string() })
/** What was true of a person when the trial began. Instead of an address there is whether there is one. */
const knownSchema = z.object({
  attributes: z.record(z.string(), z.unknown()),
  userId: z.string().nullable(),
  reachable: z.boolean(),
  suppression: z.object({ reason: z.enum(['opt_out', 'blacklisted', 'bad_address', 'refused_all']), at: z.number() }).nullable(),
  consents: z.array(consent),
  timeZone: z.unknown(),
  marketing: z.array(z.number()),
})
export type Known = z.infer<typeof knownSchema>

const broughtSchema = z.object({
  from: z.enum(['own', 'sample']),
  since: z.number().nullable(),
  properties: z.record(z.string(), z.unknown()),
})
export type Brought = z.infer<typeof broughtSchema>

export interface Participant {
  readonly id: number
  readonly known: Known
  readonly brought: Brought
}

export interface TrialInput extends PlayedJourney {
  readonly people: readonly Participant[]
  readonly made: readonly Made[]
  readonly covers: boolean
  readonly texts: TrialTexts
}

export interface Played {
  readonly stories: ReadonlyMap<number, TrialStory>
  readonly letters: readonly Letter[]
  /** By `takenKey`: who came there or took the way. */
  readonly taken: ReadonlyMap<string, ReadonlySet<number>>
  readonly inside: number
  /** When something is due next, later than `to`; null: never. */
  readonly nextAt: number | null
}

/** As long as the code of a short link is; the real one is made when a message really goes. */
const sampleCode = 'TESTTESTTE'
/** Where there is an address, it is nobody's. */
const somewhere = 'trial'
/** Others get their turn at least so often. */
const turnMs = 20

const isOccurrence = (kind: string) => kind !== 'event' && kind !== 'event_absence' && kind !== 'inbound_message'

/** The event that brings a person in, or null where it is no event. */
export function bringingEvent(
  definition: JourneyDefinition,
  { id, brought }: Pick<Participant, 'id' | 'brought'>,
  at: number,
): MadeUp | null {
  if (isOccurrence(definition.trigger.kind)) return null
  return { person: id, at, event: sampleTrigger(definition).name, properties: brought.properties }
}

export async function playTrial(deps: PlayDeps, input: TrialInput): Promise<Played> {
  const { journeyId, workspaceId, version, zone, from, to, people, made } = input
  // A few people are no crowd: what keeps crowds out does not keep them out.
  const { limits: _limits, ...definition } = input.definition
  const prepared = await prepareScript({ definition, journeyId, zone, from, to: from, valuesOf: () => [], resolve: deps.resolved })
  // People come in by what the trial says and by what they do, not by what they become.
  const script = { ...prepared, watched: [], open: false, dues: [] }
  const instead = people.flatMap((one) => bringingEvent(definition, one, from) ?? [])
  for (const { at, personId, what } of made)
    if (what.kind === 'event' && at <= to) instead.push({ person: personId, at, event: what.event, properties: what.properties })
  const actors = await loadActors(
    deps,
    input,
    definition,
    script.asking.rules,
    [...new Set([...script.listens, ...instead.map((one) => one.event)])],
    instead,
  )

  const sorts = new Map(people.map((one, place) => [one.id, place]))
  actors.sort((a, b) => (sorts.get(a.id) ?? 0) - (sorts.get(b.id) ?? 0))
  const byId = new Map(people.map((one) => [one.id, one]))
  const write = (run: Run, effect: MessageEffect) =>
    input.texts.write(
      {
        personId: run.personId,
        template: effect.template,
        event: run.context.trigger.properties,
        coupon: run.context.coupon ?? null,
        webhook: run.context.webhook ?? {},
      },
      () => sampleCode,
    )
  const happenings = new Map<number, Made[]>()
  const recording = createRecording(write, (actor, { run, steps }) => director.moved(actor, run, steps))
  const director = createDirector({
    definition,
    made,
    covers: input.covers,
    askAgain: (actor, now) => walk.askAgain(actor, now),
    messageBecame(actor, nodeId, became, now) {
      const effect = recording.messageOf(actor.id, nodeId)
      const known = effect === null ? undefined : actor.fates.get(effect.effectKey)
      if (effect === null) return
      const fate =
        became === 'failed'
          ? ({ state: 'failed', reason: 'trial' } as const)
          : ({ state: 'delivered', delivered: true, [became]: true } as const)
      post.heard(actor, effect, { ...known, ...fate }, now)
    },
    happened(actor, one) {
      happenings.set(actor.id, [...(happenings.get(actor.id) ?? []), one])
    },
  })
  const shop = createShop(input.coupons)
  const contests = createRehearsedContests(definition)
  const post = createPost({
    definition,
    policy: input.policy,
    matchesFilters: deps.matchesFilters,
    addressees: new Map(
      people.map(({ id, known }) => [
        id,
        { ...known, address: known.reachable ? somewhere : null, suppression: known.suppression, timeZone: known.timeZone },
      ]),
    ),
    validHours: new Map(),
    hasLeft: recording.hasLeft,
    exitHolds: (actor, now) => walk.exitHolds(actor, now),
    posted(posted) {
      recording.posted(posted)
      if (posted.outcome === 'sent') contests.delivered(posted.run, posted.effect.nodeId, posted.at)
    },
    present: true,
    flaw(run, effect) {
      const text = write(run, effect)
      return text.kind === 'drop' ? text : null
    },
  })
  const walk: Walk = createWalk({
    ...{ script, workspaceId, version, matchesFilters: deps.matchesFilters, post, tally: recording },
    missingTemplates: input.missingTemplates,
    contests,
    holdouts: input.holdouts,
    shop: { ...shop, does: (actor, run, deed, now) => director.answer(run, deed) ?? shop.does(actor, run, deed, now) },
    direct: director.direct,
    answers: {},
  })

  for (const actor of actors) {
    walk.begin(actor, from)
    const one = byId.get(actor.id)
    if (one !== undefined && isOccurrence(definition.trigger.kind)) actor.inbox = [brought(definition, journeyId, one, from)]
  }
  const nextAt = await play({ actors, walk, director, contests }, from, to)
  return {
    stories: new Map(
      actors.flatMap((actor) => {
        const one = byId.get(actor.id)
        return one === undefined
          ? []
          : [
              [
                actor.id,
                storyOf(
                  definition,
                  one,
                  actor,
                  recording,
                  [...made.filter((own) => own.personId === actor.id && own.at <= to), ...(happenings.get(actor.id) ?? [])],
                  made,
                ),
              ],
            ]
      }),
    ),
    letters: recording.letters,
    taken: recording.taken,
    inside: actors.filter((actor) => actor.runs.length > 0).length,
    nextAt,
  }
}

function brought(definition: JourneyDefinition, journeyId: string, { id, brought }: Participant, from: number) {
  const { trigger } = definition
  const { kind } = trigger
  if (kind === 'event' || kind === 'event_absence' || kind === 'inbound_message') throw new Error(`${kind} is brought by an event`)
  const name =
    kind === 'segment_entry' || kind === 'segment_exit'
      ? trigger.segment
      : kind === 'tag_entry' || kind === 'tag_exit'
        ? trigger.tag
        : journeyId
  const at = new Date(from).toISOString()
  const due = kind === 'schedule' || kind === 'date' ? { dueAt: at } : {}
  return heardOf(kind, name, `trial:${journeyId}:${at}:${id}`, from, { ...brought.properties, ...due })
}

async function loadActors(
  deps: PlayDeps,
  { workspaceId, zone, people, from, to }: TrialInput,
  definition: JourneyDefinition,
  rules: readonly ResolvedRule[],
  listens: readonly string[],
  instead: readonly MadeUp[],
): Promise<Actor[]> {
  const known = new Map(people.map((one) => [one.id, one.known]))
  const actors: Actor[] = []
  const pieces = deps.query.replay(
    {
      ...{ workspaceId, rules, timeZone: zone.name, from, to, listens, instead },
      people: people.map((one) => one.id).toSorted((a, b) => a - b),
      dense: false,
      sayings: [],
      attributes: attributesIn(definition),
      presence: false,
    },
    () => {},
  )
  for await (const piece of pieces) {
    const attributesOf = (place: number) => known.get(piece.people[place] ?? 0)?.attributes ?? {}
    for (let place = 0; place < piece.people.length; place++) {
      piece.lens.setAttributes(place, attributesOf(place))
      actors.push(createActor({ ...piece, attributesOf }, place))
    }
  }
  return actors
}

interface Playing {
  readonly actors: readonly Actor[]
  readonly walk: Walk
  readonly director: ReturnType<typeof createDirector>
  readonly contests: RehearsedContests
}

async function play({ actors, walk, director, contests }: Playing, from: number, to: number): Promise<number | null> {
  const agenda = createAgenda()
  const next = (actor: Actor) => Math.min(nextOf(actor), director.nextOf(actor), actor.inbox.length > 0 ? from : Number.POSITIVE_INFINITY)
  let later = Number.POSITIVE_INFINITY
  function plan(actor: Actor, place: number): void {
    const at = next(actor)
    actor.at = at
    if (at <= to) agenda.push(at, place)
    else later = Math.min(later, at)
  }
  for (const [place, actor] of actors.entries()) plan(actor, place)
  let since = performance.now()
  while (Math.min(agenda.next, contests.next) <= to) {
    const at = agenda.next
    if (contests.next <= at) {
      decideDue(contests, actors, walk, plan)
      continue
    }
    const place = agenda.pop()
    const actor = actors[place]
    if (actor === undefined || actor.at !== at) continue
    director.turn(actor, at)
    walk.advance(actor, at)
    plan(actor, place)
    if (performance.now() - since < turnMs) continue
    await setImmediate()
    since = performance.now()
  }
  return Number.isFinite(later) ? later : null
}

const iso = (at: number) => new Date(at).toISOString()

function storyOf(
  definition: JourneyDefinition,
  { brought: { from, since, properties } }: Participant,
  actor: Actor,
  recording: Recording,
  happened: readonly Made[],
  made: readonly Made[],
): TrialStory {
  const told = recording.of(actor.id)
  const [run] = actor.runs
  const held = new Map(actor.messages.map((message) => [message.effect.effectKey, message]))
  return {
    trigger: {
      kind: definition.trigger.kind,
      name: sampleTrigger(definition).name,
      from,
      since: since === null ? null : iso(since),
      properties,
    },
    nodeId: run?.nodeId ?? null,
    until: run?.context.wait ? iso(run.context.wait.until) : null,
    refused: told?.refused ?? null,
    result: run === undefined ? (told?.result ?? null) : null,
    steps: told?.steps ?? [],
    deeds: told?.deeds ?? [],
    messages: [...(told?.messages.values() ?? [])].map((message) => {
      const waiting = held.get(message.key)
      return waiting === undefined ? message : { ...message, due: iso(waiting.due), reason: waiting.reason }
    }),
    made: happened
      .toSorted((a, b) => a.at - b.at)
      .map((one) => ({ at: iso(one.at), what: one.what, nodeId: one.nodeId, auto: !made.includes(one) })),
  }
}
