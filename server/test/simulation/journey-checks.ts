import type { EntryLimits, EventMatch, JourneyDefinition, JourneyNode, Rule, Trigger } from '@chaoxi/contract'
import { durationMs, exitsAt, goalsOf, nodeExits } from '@chaoxi/contract'
import { expect } from 'vitest'
import { type MessageFates, messageHolds } from '../../src/journeys/core/messages.ts'
import type { JourneySaying } from '../../src/journeys/index.ts'
import { type Db, sql } from '../../src/platform/db/postgres.ts'
import { matchesFilters } from '../../src/query/index.ts'
import { coupons } from './journey-graphs.ts'
import type { InboxRow, Outcome, RunRow, StepRow } from './journey-outcome.ts'

/** At any moment: whoever is inside has a waker, and a run that waits has the wait's own deadline. */
export async function checkWakers(db: Db, workspace: number): Promise<void> {
  const runs = await db.many<RunRow>(sql`
    select id, state, wake_at, context, node_id from journey_runs where workspace_id = ${workspace} and state in ('active', 'waiting')`)
  for (const run of runs) {
    expect(run.wake_at, `waker of ${run.id}`).not.toBeNull()
    if (run.state === 'waiting')
      expect(run.wake_at?.getTime(), `deadline of ${run.id}`).toBe(run.context.wait?.check ?? run.context.wait?.until)
  }
}

/** When everything is at rest: nobody stands where a rule that would move them holds. */
export async function checkRules(
  db: Db,
  workspace: number,
  definitionOf: DefinitionOf,
  holds: (rule: Rule, personId: number) => boolean,
  fates: MessageFates,
) {
  const runs = await db.many<RunRow>(sql`
    select r.* from journey_runs r join journeys j on j.workspace_id = r.workspace_id and j.id = r.journey_id
    where r.workspace_id = ${workspace} and r.state = 'waiting' and j.status = 'live'`)
  for (const run of runs) {
    const { exits, nodes } = definitionOf(run)
    const stands = nodes.find((one) => one.id === run.node_id)
    for (const exit of [...exits, ...(stands ? exitsAt(stands) : [])])
      if (exit.kind === 'rule') expect(holds(exit.rule, run.person_id), `${run.id} should have left`).toBe(false)
    if (stands?.kind !== 'wait_rule') continue
    const so = stands.message === undefined || messageHolds(stands.message, run, fates)
    expect(so && holds(stands.rule, run.person_id), `${run.id} should have gone on`).toBe(false)
  }
}

export type DefinitionOf = (version: Pick<RunRow, 'journey_id' | 'version'>) => JourneyDefinition

/** When everything has come to rest. `merged`: people were joined, so whose news was whose at the time is not written down. */
export function checkOutcome(outcome: Outcome, definitionOf: DefinitionOf, merged: boolean): void {
  expect(outcome.inbox.filter((row) => row.taken_at === null || row.dropped !== null)).toEqual([])
  const stories = Map.groupBy(outcome.steps, (step) => step.run_id)
  for (const run of outcome.runs) checkStory(run, stories.get(run.id) ?? [], definitionOf)
  checkMessages(outcome, definitionOf)
  checkClaims(outcome, definitionOf, merged)
  checkTags(outcome, definitionOf)
  expect(outcome.undone).toBe(0)
  checkCounters(outcome)
  // What counts for whoever went into another version depends on when.
  const steady = outcome.runs.filter((run) => stories.get(run.id)?.every((step) => step.outcome !== 'moved'))
  if (!merged) for (const run of steady) checkGoals(run, outcome, stories.get(run.id) ?? [], definitionOf(run))
  if (!merged) for (const run of steady) checkNews(run, stories.get(run.id) ?? [], outcome.inbox, definitionOf(run))
}

/** A story is without gaps, follows the drawing, and ends where the run says it ended. */
function checkStory(run: RunRow, story: readonly StepRow[], definitionOf: DefinitionOf): void {
  const first = definitionOf({ ...run, version: story[0]?.version ?? run.version })
  expect(['finished', 'exited'], `state of ${run.id}`).toContain(run.state)
  expect(
    story.map((step) => step.seq),
    run.id,
  ).toEqual(Array.from({ length: run.steps }, (_, i) => i))
  let at = first.start
  story.forEach((step, i) => {
    expect(step.node_id, `step ${i} of ${run.id}`).toBe(at)
    const comes = i % 2 === 0
    expect(step.outcome === 'entered', `step ${i} of ${run.id}`).toBe(comes)
    if (comes || i === story.length - 1) return
    if (step.outcome === 'moved') {
      at = step.details.to ?? ''
      return
    }
    const node = definitionOf({ ...run, version: step.version }).nodes.find((one) => one.id === at)
    expect(node ? nodeExits(node).map((exit) => exit.to) : []).toContain(step.details.to)
    at = step.details.to ?? ''
  })
  const last = story.at(-1)
  expect(last?.node_id).toBe(run.node_id)
  expect(last?.outcome).toBe(run.state === 'finished' ? 'passed' : 'left')
}

/**
 * One message for each send node that was passed, under the very key that the story tells; so none after an exit. Of several attempts the
 * line that ends the visit tells each.
 */
function checkMessages({ steps, messages, runs }: Outcome, definitionOf: DefinitionOf): void {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const told = steps.flatMap(({ run_id, node_id, outcome, details, version }) => {
    const run = byId.get(run_id)
    const node = run && definitionOf({ ...run, version }).nodes.find((one) => one.id === node_id)
    if (node?.kind !== 'send' || outcome === 'entered') return []
    if (details.attempts) {
      const inFlight = details.attempts.slice(0, -1).filter((one) => one.result === undefined)
      expect(inFlight, `attempts of ${node_id} beside another one`).toEqual([])
      return details.attempts.map((one) => one.effectKey)
    }
    // Without a key: skipped, because it fell due in a pause.
    return outcome === 'passed' && details.effectKey !== undefined ? [details.effectKey] : []
  })
  expect(messages.map((message) => message.effect_key)).toEqual(told.toSorted())
}

const isOf = <Kind extends JourneyNode['kind']>(node: JourneyNode | undefined, kind: Kind): node is Extract<JourneyNode, { kind: Kind }> =>
  node?.kind === kind

/** The lines that tell of coming to a node of this kind, each with its node. */
export function arrivals<Kind extends JourneyNode['kind']>({ steps, runs }: Outcome, definitionOf: DefinitionOf, kind: Kind) {
  const byId = new Map(runs.map((run) => [run.id, run]))
  return steps.flatMap((step) => {
    const run = byId.get(step.run_id)
    const node = run && definitionOf({ ...run, version: step.version }).nodes.find((one) => one.id === step.node_id)
    // Without a key: left at the door.
    return step.outcome === 'entered' && step.details.effectKey !== undefined && isOf(node, kind) ? [{ step, node }] : []
  })
}

const byKey = (a: { effect_key?: string | undefined }, b: { effect_key?: string | undefined }) =>
  (a.effect_key ?? '') < (b.effect_key ?? '') ? -1 : 1

/** One claim for each grant node that was entered and not refused, under the very key that the story tells. */
function checkClaims(outcome: Outcome, definitionOf: DefinitionOf, merged: boolean): void {
  const { claims, steps } = outcome
  const told = arrivals(outcome, definitionOf, 'grant')
    .filter(({ step }) => step.details.done)
    .map(({ step, node: { coupon } }) => ({ effect_key: step.details.effectKey, coupon }))
  expect(claims.map((one) => ({ effect_key: one.request_id, coupon: one.coupon_key }))).toEqual(told.toSorted(byKey))
  for (const { details } of steps) if (details.way === 'onFailure') expect(details.done).toBe(false)
  for (const { key, stock, perPersonMax } of coupons) {
    const own = claims.filter((one) => one.coupon_key === key)
    expect(own.length).toBeLessThanOrEqual(stock)
    // Two who had theirs and became one keep both.
    if (merged) continue
    for (const mine of Map.groupBy(own, (one) => one.person_id).values()) expect(mine.length).toBeLessThanOrEqual(perPersonMax)
  }
}

/** One change of a tag for each visit of its node, under the key that the story tells. */
function checkTags(outcome: Outcome, definitionOf: DefinitionOf): void {
  const told = arrivals(outcome, definitionOf, 'set_tag').map(({ step, node: { tag, change } }) => ({
    effect_key: step.details.effectKey,
    tag,
    change,
  }))
  expect(outcome.tags).toEqual(told.toSorted(byKey))
}

/**
 * What journeys said of attributes: at least once for each visit that had something to say, always the same under the same key, and
 * nobody went on before it was said.
 */
export function checkSayings(outcome: Outcome, said: readonly JourneySaying[], definitionOf: DefinitionOf): void {
  const visits = arrivals(outcome, definitionOf, 'set_attribute')
  const keys = said.map((one) => one.effectKey)
  expect([...new Set(keys)].sort()).toEqual(visits.map(({ step }) => step.details.effectKey ?? '').sort())
  for (const same of Map.groupBy(said, (one) => one.effectKey).values())
    expect(new Set(same.map(({ attribute, value, at }) => JSON.stringify([attribute, value, at]))).size).toBe(1)
}

function checkCounters({ steps, runs, counters }: Outcome): void {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const counted = new Map<string, Record<string, unknown>>()
  for (const step of steps) {
    const run = byId.get(step.run_id)
    if (!run) throw new Error(`a step of no run: ${step.run_id}`)
    for (const way of step.details.way === undefined ? [''] : ['', step.details.way]) {
      const key = `${run.journey_id} ${step.version} ${step.node_id} ${way}`
      const none = {
        journey_id: run.journey_id,
        version: step.version,
        node_id: step.node_id,
        way,
        entered: 0,
        passed: 0,
        timed_out: 0,
        failed: 0,
        left_here: 0,
        moved: 0,
      }
      const row: Record<string, unknown> = counted.get(key) ?? none
      const column = step.outcome === 'left' ? 'left_here' : step.outcome
      row[column] = Number(row[column]) + 1
      counted.set(key, row)
    }
  }
  expect(counters).toEqual([...counted.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row))
}

/** A person's news is read in order, and none of it between the trigger and the run's first move: it may be what the first wait is for. */
export function checkOrder({ runs, steps, inbox }: Outcome, journeyId: string): void {
  for (const rows of Map.groupBy(inbox, (row) => row.person_id).values()) {
    const times = rows.map(read)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  }
  for (const run of runs.filter((one) => one.journey_id === journeyId)) {
    const first = steps.find((step) => step.run_id === run.id)?.at.getTime() ?? 0
    const trigger = inbox.find((row) => row.source_key === run.entry_key)?.id ?? 0
    const early = inbox.filter((row) => row.person_id === run.person_id && row.id > trigger && read(row) < first)
    expect(early, `news read before ${run.id} moved`).toEqual([])
  }
}

/** Never more than the limits allow, in any hour of the clock. */
function checkLimits(runs: readonly RunRow[], { perHour = Number.POSITIVE_INFINITY, total = Number.POSITIVE_INFINITY }: EntryLimits): void {
  expect(runs.length).toBeLessThanOrEqual(total)
  for (const own of Map.groupBy(runs, (run) => Math.floor(run.entered_at.getTime() / 3_600_000)).values())
    expect(own.length).toBeLessThanOrEqual(perHour)
}

/** Which news lets people in; null: it is looked at elsewhere. */
function bringsIn(trigger: Trigger): ((row: InboxRow) => boolean) | null {
  switch (trigger.kind) {
    case 'event':
      return (row) => row.kind === 'event' && row.name === trigger.event
    case 'tag_entry':
    case 'tag_exit':
      return (row) => row.kind === trigger.kind && row.name === trigger.tag
    case 'segment_entry':
    case 'segment_exit':
      return (row) => row.kind === trigger.kind && row.name === trigger.segment
    default:
      return null
  }
}

/** Everybody whom the trigger brought is in, as often as re-entry allows: of a journey that was live all the time. */
export function checkEntries({ runs, inbox }: Outcome, journeyId: string, definition: JourneyDefinition): void {
  if (definition.limits)
    checkLimits(
      runs.filter((run) => run.journey_id === journeyId),
      definition.limits,
    )
  const brings = bringsIn(definition.trigger)
  if (brings === null || definition.entryRule || definition.limits) return
  const fresh = inbox.filter((row) => brings(row) && isFresh(row))
  const entries = runs.filter((run) => run.journey_id === journeyId)
  const people = [...new Set(fresh.map((row) => row.person_id))].sort()
  expect([...new Set(entries.map((run) => run.person_id))].sort()).toEqual(people)
  if (definition.reentry === 'never') expect(entries).toHaveLength(people.length)
  if (definition.reentry === 'every_time')
    expect(entries.map((run) => run.entry_key).sort()).toEqual(fresh.map((row) => row.source_key).sort())
}

const triggerAgeMaxMs = 24 * 3_600_000
const isFresh = (row: InboxRow) => row.received_at.getTime() - row.occurred_at.getTime() <= triggerAgeMaxMs

/** Each first event either was followed by one of the others in time, or the time was over: then, and only then, the inbox told so. */
export function checkAbsences({ inbox, runs }: Outcome, journeyId: string, definition: JourneyDefinition): void {
  const { trigger } = definition
  if (trigger.kind !== 'event_absence') return
  const within = durationMs(trigger.within)
  for (const first of inbox) {
    const { properties, person_id: person, occurred_at: occurred } = first
    if (!fits(trigger, first) || !isFresh(first)) continue
    const over = inbox.find((row) => row.source_key === `absence:${journeyId}:${first.source_key}`)
    const filled = inbox.some(
      (row) =>
        row.person_id === person &&
        row.id > first.id &&
        row.occurred_at >= occurred &&
        row.occurred_at.getTime() <= occurred.getTime() + within &&
        (over === undefined || row.id < over.id) &&
        trigger.none.some((match) => fits(match, row)) &&
        (trigger.same === undefined || row.properties[trigger.same.none] === properties[trigger.same.first]),
    )
    const entered = over !== undefined && runs.some((run) => run.journey_id === journeyId && run.entry_key === over.source_key)
    if (filled || over === undefined) expect([filled, entered], `what followed ${first.source_key}`).toEqual([true, false])
    else if (definition.reentry === 'every_time' && !definition.entryRule && !definition.limits && isFresh(over))
      expect(entered, over.source_key).toBe(true)
  }
}

const read = (row: InboxRow) => row.taken_at?.getTime() ?? 0
const fits = (match: EventMatch, row: InboxRow) => row.name === match.event && matchesFilters(match.filters, row.properties)

/** No news was lost: an exit event ends the run when it is read, and a wait times out only when its event did not come. */
function checkNews(run: RunRow, story: readonly StepRow[], inbox: readonly InboxRow[], definition: JourneyDefinition): void {
  const { trigger } = run.context
  const own = inbox.filter(
    (row) => row.person_id === run.person_id && row.source_key !== trigger.sourceKey && row.occurred_at.getTime() >= trigger.occurredAt,
  )
  for (const row of own.filter((one) => definition.exits.some((exit) => exit.kind === 'event' && fits(exit, one)))) {
    if (read(row) <= run.entered_at.getTime()) continue
    expect(story.filter((step) => step.at.getTime() > read(row)).length, `steps of ${run.id} after its exit event ${row.source_key}`).toBe(
      0,
    )
  }
  checkNodeNews(run, story, own, definition)
  for (const step of story.filter((one) => one.outcome === 'timed_out')) {
    const node = definition.nodes.find((one) => one.id === step.node_id)
    if (node?.kind === 'wait_rule' || node?.kind === 'repeat_check' || node?.kind === 'human_task') continue
    if (node?.kind !== 'wait_event') throw new Error(`${step.node_id} cannot time out`)
    const [since, until] = [Date.parse(step.details.since ?? ''), Date.parse(step.details.until ?? '')]
    const missed = own.filter(
      (row) => fits(node.match, row) && read(row) > since && read(row) < step.at.getTime() && row.occurred_at.getTime() <= until,
    )
    expect(missed, `events that ${run.id} waited for at ${step.node_id}`).toEqual([])
  }
}

/** Each goal was reached exactly when its event came in its window, whether the run was over or not. */
function checkGoals(run: RunRow, { goals, inbox, messages }: Outcome, story: readonly StepRow[], definition: JourneyDefinition): void {
  const sent = story.find((step) => messages.some((message) => message.effect_key === step.details.effectKey))?.at
  const { trigger } = run.context
  for (const goal of goalsOf(definition)) {
    const from = goal.since === 'message' ? sent?.getTime() : run.entered_at.getTime()
    const fitting = inbox.filter(
      (row) =>
        from !== undefined &&
        row.person_id === run.person_id &&
        row.source_key !== trigger.sourceKey &&
        row.occurred_at.getTime() >= Math.max(from, trigger.occurredAt) &&
        row.occurred_at.getTime() <= from + durationMs(goal.window) &&
        fits({ event: goal.event, filters: goal.filters ?? [] }, row),
    )
    const found = goals.find((one) => one.run_id === run.id && one.goal === goal.id)
    // What was read in the very moment of the beginning may have been read before it.
    if (fitting.some((row) => read(row) > (from ?? 0))) expect(found, `${goal.id} of ${run.id}`).toBeDefined()
    if (found)
      expect(
        fitting.map((row) => row.source_key),
        `${goal.id} of ${run.id}`,
      ).toContain(found.source_key)
  }
  const { result } = run
  if (result?.startsWith('goal.')) expect(goals.map((one) => `goal.${one.goal} ${one.run_id}`)).toContain(`${result} ${run.id}`)
}

/** Nobody stands at a node on after its own exit event was read. */
function checkNodeNews(run: RunRow, story: readonly StepRow[], own: readonly InboxRow[], definition: JourneyDefinition): void {
  for (let i = 0; i + 1 < story.length; i += 2) {
    const [came, went] = [story[i], story[i + 1]]
    const node = definition.nodes.find((one) => one.id === came?.node_id)
    const until = Date.parse(came?.details.until ?? '')
    if (!came || !went || !node || Number.isNaN(until)) continue
    const here = own.filter((row) => read(row) > came.at.getTime() && read(row) < went.at.getTime())
    const awaited = here.findIndex((row) => node.kind === 'wait_event' && fits(node.match, row) && row.occurred_at.getTime() <= until)
    const missed = here
      .slice(0, awaited < 0 ? undefined : awaited)
      .filter((row) => node.kind === 'repeat_check' || row.occurred_at.getTime() <= until)
      .filter((row) => exitsAt(node).some((exit) => exit.kind === 'event' && fits(exit, row)))
    expect(missed, `exit events of ${node.id} that ${run.id} did not hear`).toEqual([])
  }
}
