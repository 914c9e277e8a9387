import { AppError, type JourneyDefinition, pausePolicies, type Rule, staysAt } from '@chaoxi/contract'
import { fatesOf } from '../../src/delivery/store-fates.ts'
import type { AcceptedEvent } from '../../src/ingest/index.ts'
import { saveHoldout } from '../../src/journeys/contests/holdout-store.ts'
import { type Db, sql } from '../../src/platform/db/postgres.ts'
import { createIds } from '../../src/platform/ids.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { testStart } from '../harness/clock.ts'
import { createHandLoops } from '../harness/hand-loops.ts'
import { acceptedEvent, addEndpoint, answer, callerOf, createJourneyWorld, openBenefits, openJourneys } from '../harness/journeys.ts'
import { createRandom, createRandomBytes } from '../harness/random.ts'
import type { TestStores } from '../harness/stores.ts'
import { checkCalls } from './call-checks.ts'
import { checkContests, checkContestsAtRest } from './contest-checks.ts'
import { checkAbsences, checkEntries, checkOrder, checkOutcome, checkRules, checkSayings, checkWakers } from './journey-checks.ts'
import {
  calledKey,
  coupons,
  createChance,
  endpointKey,
  eventNames,
  holdoutKey,
  randomCalled,
  randomJourney,
  segmentName,
  someAttributes,
  someFate,
  tagNames,
} from './journey-graphs.ts'
import { type Outcome, readOutcome } from './journey-outcome.ts'
import { checkOccurrences } from './occurrence-checks.ts'
import { checkTasks } from './task-checks.ts'
import { createTurns } from './turns.ts'
import { checkWebhooks } from './webhook-checks.ts'

// One life: random journeys, people, events and clock, in a world that may be killed between any two statements.

/** Most stories are short; one in so many is long. */
const longEvery = 10
const roundsMax = 18
const roundsFew = 3
const peopleMax = 5
const restsMax = 25
const restsFew = 6

const loopNames = [
  'journey_inbox',
  'journey_due',
  'journey_absence',
  'journey_occurrence',
  'journey_deeds',
  'journey_webhooks',
  'journey_transfer',
  'journey_watch',
] as const

async function clean(db: Db): Promise<void> {
  await db.tx(async (tx) => {
    await tx.run(sql`delete from journey_inbox`)
    await tx.run(sql`delete from messages`)
    await tx.run(sql`delete from journey_deeds`)
    await tx.run(sql`delete from webhook_postings`)
    await tx.run(sql`delete from tasks`)
    await tx.run(sql`delete from changed_tags`)
    await tx.run(sql`delete from coupon_claims`)
    await tx.run(sql`delete from coupons`)
    await tx.run(sql`delete from journey_goals`)
    await tx.run(sql`delete from journey_arms`)
    await tx.run(sql`delete from journey_contests`)
    await tx.run(sql`delete from holdout_groups`)
    await tx.run(sql`delete from journey_transfers`)
    await tx.run(sql`delete from journey_steps`)
    await tx.run(sql`delete from journey_counters`)
    await tx.run(sql`delete from journey_listens`)
    await tx.run(sql`delete from journey_absences`)
    await tx.run(sql`delete from journey_occurrence_people`)
    await tx.run(sql`delete from journey_occurrences`)
    await tx.run(sql`delete from journey_schedules`)
    await tx.run(sql`delete from journey_entries`)
    await tx.run(sql`delete from journey_runs`)
    await tx.run(sql`delete from journey_versions`)
    await tx.run(sql`delete from journeys`)
  })
}

export interface Played {
  readonly outcome: Outcome
  readonly kills: number
  readonly decided: number
}

/** Plays the life that the seed draws, and holds whatever it left to what must be so. Everything of the life before goes first. */
export async function playLife(stores: TestStores, playbooksFolder: string, seed: number): Promise<Played> {
  await clean(stores.db)
  stores.clock.set(testStart)
  const chance = createChance(createRandom(seed))
  const ids = createIds(stores.clock, createRandomBytes(seed))
  const workspace = await stores.createWorkspace()
  const caller = callerOf(workspace)
  const world = createJourneyWorld()
  world.templates.set('hello', { channel: 'sms', coupon: null })
  for (let person = 1; person <= peopleMax; person++) {
    world.people.add(person)
    world.attributes.set(person, someAttributes(chance))
  }
  const benefits = openBenefits(stores, ids)
  for (const { key, stock, perPersonMax } of coupons)
    await benefits.create(caller, { key, name: key, kind: 'amount_off', value: 100, thresholdFen: 0, stock, perPersonMax, validDays: 7 })
  await stores.db.tx((tx) =>
    saveHoldout(tx, workspace, { key: holdoutKey, name: holdoutKey, share: 3_000, until: null }, new Date(stores.clock.now())),
  )
  await addEndpoint(stores.db, workspace, endpointKey)
  world.timeZone = chance.oneOf(['Asia/Shanghai', 'America/New_York'])
  const turns = createTurns(chance.random)
  const definitions = new Map<string, JourneyDefinition>()
  const journeyIds: string[] = []
  /** Live all the time, in one version. */
  const steady = new Set<string>()
  const merges = seed % 4 === 0
  const owner = new Map(Array.from({ length: peopleMax }, (_, i) => [i + 1, i + 1]))
  let kills = 0

  function open(life: number) {
    const loops = createHandLoops()
    const db = life === Number.POSITIVE_INFINITY ? stores.db : turns.process(stores.db, life)
    const room = openJourneys(stores, world, { db, loops, ids, metrics: createMetrics(), playbooksFolder })
    return { db, loops, room }
  }
  const desk = open(Number.POSITIVE_INFINITY)

  async function publish(id: string | null): Promise<void> {
    const called = id === null ? journeyIds.length === 0 : id === journeyIds[0]
    const definition = called ? randomCalled(chance) : randomJourney(chance)
    const named = { name: 'J', description: '', definition, ...(id === null && called ? { key: calledKey } : {}) }
    const journey = id ? await desk.room.journeys.detail(workspace, id) : await desk.room.journeys.create(caller, named)
    if (id) await desk.room.journeys.saveDraft(caller, id, { ...named, draftRevision: journey.draftRevision })
    const { version } = await desk.room.journeys.publish(caller, journey.id)
    definitions.set(`${journey.id}:${version}`, definition)
    if (id) steady.delete(id)
    else {
      steady.add(journey.id)
      journeyIds.push(journey.id)
    }
  }

  /** Delivery does something with a message, and tells whoever waits for it. */
  async function deliver(): Promise<void> {
    const messages = await stores.db.many<{ id: string; run_id: string; node_id: string }>(sql`
      select id, run_id, node_id from messages where workspace_id = ${workspace} order by id`)
    if (messages.length === 0) return
    const { id, run_id: runId, node_id: nodeId } = chance.oneOf(messages)
    const { state, reason, delivered, opened, clicked, replied } = someFate(chance)
    const at = (so: boolean) => (so ? new Date(stores.clock.now()) : null)
    await stores.db.tx(async (tx) => {
      await tx.run(sql`update messages set state = ${state}, reason = ${reason}, delivered_at = ${at(delivered)}, shown_at = ${at(opened)},
        clicked_at = ${at(clicked)}, replied_at = ${at(replied)} where workspace_id = ${workspace} and id = ${id}`)
      await desk.room.messageListener(tx, workspace, [{ runId, nodeId }])
    })
  }

  /** Those inside go into the version just published, or out. */
  async function leadOn(id: string): Promise<void> {
    if (chance.random() < 0.15) return void (await desk.room.journeys.planInside(caller, id, { kind: 'leave' }))
    const { version } = await desk.room.journeys.detail(workspace, id)
    const to = definitions.get(`${id}:${version}`)
    if (!to) throw new Error(`${id} has no version ${version}`)
    const from = [...definitions].flatMap(([key, one]) => (key.startsWith(`${id}:`) ? one.nodes : []))
    const targets = [null, ...to.nodes.map((node) => node.id)]
    const open = from.filter((node) => !staysAt(node, to) || chance.random() < 0.2)
    const mapping = Object.fromEntries(open.map((node) => [node.id, chance.oneOf(targets)]))
    await desk.room.journeys.planInside(caller, id, { kind: 'move', mapping, waits: chance.oneOf(['keep', 'replan']) })
  }

  /** Some colleague takes a task, or chooses one of its results, maybe twice, maybe at the same time as another one. */
  async function colleague(): Promise<void> {
    const open = await stores.db.many<{ id: string; outcomes: { id: string }[] }>(sql`
      select id, outcomes from tasks where workspace_id = ${workspace} and state in ('open', 'taken') order by id`)
    if (open.length === 0) return
    const { id, outcomes } = chance.oneOf(open)
    const asker = (name: string) => ({ ...caller, actor: name })
    if (chance.random() < 0.2) return void (await desk.room.tasks.take(asker(chance.oneOf(['acc_a', 'acc_b'])), [id]))
    const answers = ['acc_a', 'acc_b'].map((name) => ({ name, outcome: chance.oneOf(outcomes).id }))
    for (const { name, outcome } of chance.random() < 0.2 ? answers : [chance.oneOf(answers)]) {
      const answer = { outcome, note: '', key: name }
      for (let i = 0; i <= chance.below(2); i++)
        await desk.room.tasks.answer(asker(name), id, answer).catch((error: unknown) => {
          if (!(error instanceof AppError) || error.code !== 'conflict') throw error
        })
    }
  }

  const buyers = new Set<number>()
  /** Told of whom the person lives on in, as tags do. */
  async function moves(kind: 'tag' | 'segment', key: string, entered: boolean, person: number): Promise<void> {
    const moved = { kind, key, value: '', entered, at: stores.clock.now(), reason: 'event' as const, people: [owner.get(person) ?? person] }
    await stores.db.tx((tx) => desk.room.membershipListener(tx, workspace, [moved]))
  }

  /** What an operator, a customer's profile and time do between two rounds. */
  async function change(): Promise<void> {
    const id = chance.oneOf(journeyIds)
    if (chance.random() < 0.16) {
      await publish(id)
      if (chance.random() < 0.9) await leadOn(id)
    }
    if (chance.random() < 0.08) {
      steady.delete(id)
      const paused = (await desk.room.journeys.detail(workspace, id)).status === 'paused'
      await (paused ? desk.room.journeys.resume : desk.room.journeys.pause)(caller, id, chance.oneOf(pausePolicies))
    }
    if (chance.random() < 0.3) {
      const person = 1 + chance.below(peopleMax)
      const tags = world.tags.get(person) ?? new Set()
      const tag = chance.oneOf(tagNames)
      const entered = !tags.delete(tag)
      if (entered) tags.add(tag)
      world.tags.set(person, tags)
      await moves('tag', tag, entered, person)
    }
    if (chance.random() < 0.15) {
      const person = 1 + chance.below(peopleMax)
      const entered = !buyers.delete(person)
      if (entered) buyers.add(person)
      await moves('segment', segmentName, entered, person)
    }
    if (chance.random() < 0.4) await deliver()
    if (chance.random() < 0.5) await colleague()
    const living = [...new Set(owner.values())]
    if (merges && living.length > 1 && chance.random() < 0.15) {
      const from = chance.oneOf(living)
      const into = chance.oneOf(living.filter((one) => one !== from))
      await stores.db.tx(async (tx) => {
        await desk.room.mergeConsumer(tx, workspace, from, into)
        await desk.room.tasks.mergeConsumer(tx, workspace, from, into)
        await benefits.mergeConsumer(tx, workspace, from, into)
      })
      for (const [person, now] of owner) if (now === from) owner.set(person, into)
    }
    stores.clock.advance(1 + chance.oneOf([0, 0, 5_000, 60_000, 20 * 60_000, 2 * 3_600_000]) + chance.below(1_000))
  }

  let serial = 0
  const unacknowledged: AcceptedEvent[][] = []
  function newEvents(): AcceptedEvent[] {
    const now = stores.clock.now()
    return Array.from({ length: 1 + chance.below(4) }, () => {
      const person = owner.get(1 + chance.below(peopleMax)) ?? 1
      const late = chance.random() < 0.15 ? chance.oneOf([60_000, 3_600_000, 30 * 3_600_000]) : 0
      const more = { messageId: `m${serial++}`, receivedAt: now, properties: { n: chance.below(4) } }
      return acceptedEvent(workspace, person, chance.oneOf(eventNames), now - late, more)
    })
  }

  /** The intake stores events; killed, the shop sends them again, maybe although they were stored. */
  function intake() {
    const events = unacknowledged.shift() ?? newEvents()
    const { db, room } = open(chance.random() < 0.2 ? 1 + chance.below(5) : 1_000)
    return async () => {
      unacknowledged.push(events)
      await db.tx((tx) =>
        room.eventConsumer(
          tx,
          events.map((event) => ({ ...event, personId: owner.get(event.personId) ?? event.personId })),
        ),
      )
      unacknowledged.splice(unacknowledged.indexOf(events), 1)
    }
  }

  function runner() {
    const { loops } = open(chance.random() < 0.35 ? 1 + chance.below(30) : 100_000)
    const plan = Array.from({ length: 1 + chance.below(4) }, () => chance.oneOf([...loopNames, 'journey_inbox', 'journey_due'] as const))
    return async () => {
      kills += 1
      for (const name of plan) await loops.runOnce(name)
      kills -= 1
    }
  }

  for (let i = 0; i <= 1 + chance.below(3); i++) await publish(null)
  const rounds = seed % longEvery === 0 ? roundsMax : roundsFew + chance.below(roundsFew)
  for (let round = 0; round < rounds; round++) {
    await change()
    const works = [runner(), runner(), ...(chance.random() < 0.7 || unacknowledged.length > 0 ? [intake()] : [])]
    await turns.run(works.map((work) => ({ work })))
    await checkWakers(stores.db, workspace)
  }

  const effectKeys = async () =>
    (await stores.db.many<{ key: string }>(sql`select effect_key as key from messages where workspace_id = ${workspace}`)).map(
      (one) => one.key,
    )
  async function rest(): Promise<void> {
    for (let worked = true; worked; ) {
      worked = false
      for (const name of [
        'journey_absence',
        'journey_occurrence',
        'journey_inbox',
        'journey_due',
        'journey_webhooks',
        'journey_deeds',
        'journey_transfer',
      ])
        if (await desk.loops.runOnce(name)) worked = true
    }
  }
  while (unacknowledged.length > 0) {
    const events = unacknowledged.shift() ?? []
    await stores.db.tx((tx) => desk.room.eventConsumer(tx, events))
  }
  for (const journey of await desk.room.journeys.list(workspace)) {
    if (journey.status === 'paused') await desk.room.journeys.resume(caller, journey.id)
  }
  await rest()
  const definitionOf = (run: { journey_id: string; version: number }) =>
    definitions.get(`${run.journey_id}:${run.version}`) ?? randomJourney(chance)
  const holds = (rule: Rule, personId: number) => answer(world, rule, personId)
  await checkRules(stores.db, workspace, definitionOf, holds, await fatesOf(stores.db, workspace, await effectKeys()))
  await checkContestsAtRest(stores.db, workspace, stores.clock.now(), definitionOf)
  const rests = rounds === roundsMax ? restsMax : restsFew
  for (let i = 0; ; i++) {
    const next = await stores.db.one<{ at: Date | null; absences: number }>(sql`
      select least(
        (select min(wake_at) from journey_runs where workspace_id = ${workspace} and state in ('active', 'waiting')),
        (select min(due_at) from webhook_postings where workspace_id = ${workspace} and state = 'due'),
        (select min(due_at) from journey_absences where workspace_id = ${workspace} and told_at is null)) as at,
        (select count(*) from journey_absences where workspace_id = ${workspace} and told_at is null) as absences`)
    // Whatever else may go on for long, every absence is over soon.
    if (!next?.at || (i >= rests && next.absences === 0)) break
    stores.clock.advance(Math.max(1, next.at.getTime() - stores.clock.now()))
    await rest()
  }
  // Dates are waited for longer than the inbox is kept.
  const { inbox } = await readOutcome(stores.db, workspace)
  // Whoever goes round in a circle by now would go on for ever: the shop closes these journeys.
  for (const journey of await desk.room.journeys.list(workspace)) await desk.room.journeys.archive(caller, journey.id)
  await desk.loops.runOnce('journey_watch')
  // Leases of those who were killed are over by then.
  stores.clock.advance(10 * 60_000)
  await rest()

  const outcome = { ...(await readOutcome(stores.db, workspace)), inbox }
  checkOutcome(outcome, definitionOf, merges)
  checkTasks(outcome, definitionOf)
  await checkWebhooks(stores.db, workspace, outcome, world.posted, definitionOf)
  checkSayings(outcome, world.said, definitionOf)
  const decided = await checkContests(stores.db, workspace, outcome, definitionOf)
  checkCalls(outcome, journeyIds[0] ?? '', definitionOf, merges)
  if (!merges) {
    for (const id of steady) {
      const definition = definitions.get(`${id}:1`)
      if (definition) checkEntries(outcome, id, definition)
      if (definition) checkAbsences(outcome, id, definition)
      if (definition) await checkOccurrences(stores.db, { workspace, timeZone: world.timeZone }, outcome, id, definition)
      checkOrder(outcome, id)
    }
  }
  return { outcome, kills, decided }
}
