import {
  AppError,
  type Input,
  type JourneyDefinition,
  nodeExits,
  type Output,
  sampleTrigger,
  type Trial,
  type TrialAct,
  type TrialMessage,
  type TrialStory,
} from '@chaoxi/contract'
import type { Tx } from '../../platform/db/postgres.ts'
import type { Caller } from '../../platform/http/api.ts'
import type { Loop } from '../../platform/jobs/loops.ts'
import type { DeskDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { trialLoopName } from '../loop-names.ts'
import { findJourney } from '../store.ts'
import { type ChoosingDeps, createChoosing } from './choosing.ts'
import type { Made } from './director.ts'
import { createTrialRunner, type TrialRunnerDeps } from './trial-runner.ts'
import * as store from './trial-store.ts'
import { realOf, virtualNow } from './virtual-clock.ts'

export type TrialsDeps = TrialRunnerDeps & ChoosingDeps & Pick<DeskDeps, 'audit' | 'summaries'>

export interface Trials {
  choose(caller: Caller, journeyId: string, input: Input<'journeyTrialChoice'>['body']): Promise<Output<'journeyTrialChoice'>>
  ask(caller: Caller, journeyId: string, input: Input<'journeyTry'>['body']): Promise<Trial>
  list(workspaceId: number, journeyId: string): Promise<Trial[]>
  report(caller: Caller, journeyId: string, id: string): Promise<Output<'journeyTrial'>>
  act(caller: Caller, journeyId: string, id: string, act: TrialAct): Promise<Trial>
  readonly loop: Loop
}

const everyMs = 1_000
const shownMax = 20
/** Trials of a workspace that go on at a time. */
const runningMax = 5

export function createTrials(deps: TrialsDeps, definitions: Definitions): Trials {
  const { db, clock, ids, trials } = deps
  const choose = createChoosing(deps)
  const runner = createTrialRunner(deps)
  const now = () => new Date(clock.now())

  async function draftOf(workspaceId: number, journeyId: string) {
    const journey = await findJourney(db, workspaceId, journeyId)
    if (journey === null) throw new AppError('not_found', `There is no journey ${journeyId}`)
    return journey
  }

  async function found(workspaceId: number, journeyId: string, id: string): Promise<store.TrialRow> {
    const row = await store.findTrial(db, { workspace_id: workspaceId, journey_id: journeyId, id })
    if (row === null) throw new AppError('not_found', `There is no trial ${id}`)
    return row
  }

  /** The text that is tried, and which one it is. */
  async function textOf(
    workspaceId: number,
    journeyId: string,
    { version, definition }: Pick<Input<'journeyTry'>['body'], 'version' | 'definition'>,
  ) {
    const journey = await draftOf(workspaceId, journeyId)
    if (definition !== undefined) return { definition, draftRevision: null, version: null }
    if (version === 'draft') return { definition: journey.draft, draftRevision: journey.draft_revision, version: null }
    const live = journey.live_version
    if (live === null) throw new AppError('conflict', 'The journey has no live version; try its draft')
    return { definition: await definitions.of(db, { workspaceId, journeyId, version: live }), draftRevision: null, version: live }
  }

  async function checkRecipients(workspaceId: number, asked: readonly string[], people: readonly number[]): Promise<void> {
    const all = new Map((await trials.recipients(workspaceId)).map((one) => [one.id, one]))
    const unknown = asked.findIndex((id) => !all.has(id))
    if (unknown >= 0)
      throw new AppError('invalid_request', 'The trial has recipients that are not there', [
        { path: `recipients.${unknown}`, message: `there is no test recipient ${asked[unknown]}` },
      ])
    const addresses = new Map(asked.flatMap((id) => (all.get(id)?.channel === 'sms' ? [[all.get(id)?.address, all.get(id)?.name]] : [])))
    if (addresses.size === 0) return
    const own = await deps.past.addressees(workspaceId, people, { journeyId: '', from: clock.now(), to: clock.now() })
    for (const [personId, { address }] of own)
      if (address !== null && addresses.has(address))
        throw new AppError('invalid_request', 'A message would come back to the customer it is about', [
          {
            path: 'people',
            message: `person ${personId} has the number of the test recipient "${addresses.get(address)}"; leave one of them out`,
          },
        ])
  }

  /** Everybody who stands at the node, or the one. */
  async function madeFor(row: store.TrialRow, { person, node, what }: Extract<TrialAct, { kind: 'happen' }>): Promise<Made[]> {
    const people = await store.peopleOf(db, row)
    const meant = people.filter((one) => (person === null ? one.story?.nodeId === node : one.person_id === person))
    if (meant.length === 0)
      throw new AppError('conflict', person === null ? `Nobody stands at ${node} now` : `Person ${person} takes no part in this trial`)
    const at = virtualNow(row, clock.now())
    return meant.map((one) => ({ at, personId: one.person_id, nodeId: node, what }))
  }

  function checkAct(row: store.TrialRow, act: TrialAct): void {
    if (row.state !== 'running' && row.state !== 'paused') throw new AppError('conflict', 'The trial is over; begin another one')
    if (act.kind === 'pause' && row.state === 'paused') throw new AppError('conflict', 'The trial is paused already')
    if (act.kind === 'resume' && row.state === 'running') throw new AppError('conflict', 'The trial is running already')
    if (act.kind === 'skip' && row.next_at === null)
      throw new AppError('conflict', 'Nothing is due later; make something happen, or stop the trial')
    if (act.kind === 'happen' && !row.definition.nodes.some((node) => node.id === act.node))
      throw new AppError('not_found', `There is no step ${act.node} in this trial`)
  }

  async function turnClock(tx: Tx, row: store.TrialRow, act: TrialAct, made: readonly Made[]): Promise<void> {
    const at = now()
    const shown = new Date(virtualNow(row, at.getTime()))
    const stands = { state: row.state, virtual_at: shown, real_at: at, speed: row.speed, made: row.made, wake_at: at, ended_at: null }
    switch (act.kind) {
      case 'happen':
        return store.writeClock(tx, row, { ...stands, made: [...row.made, ...made] })
      case 'skip':
        return store.writeClock(tx, row, { ...stands, virtual_at: new Date(Math.max(shown.getTime(), row.next_at?.getTime() ?? 0)) })
      case 'pause':
        return store.writeClock(tx, row, { ...stands, state: 'paused' })
      case 'resume':
        return store.writeClock(tx, row, { ...stands, state: 'running' })
      case 'speed':
        return store.writeClock(tx, row, { ...stands, speed: act.speed })
      case 'stop':
        await trials.post.stop(tx, row.workspace_id, row.id)
        return store.writeClock(tx, row, { ...stands, state: 'stopped', wake_at: null, ended_at: at })
    }
  }

  return {
    async choose(caller, journeyId, { definition, people }) {
      const { workspaceId, me } = caller
      const text = definition ?? (await draftOf(workspaceId, journeyId)).draft
      await draftOf(workspaceId, journeyId)
      const chosen = await choose({ workspaceId, definition: text, people, sample: undefined, trigger: 'own' })
      const ids = chosen.people.map((one) => one.id)
      const summaries = await deps.summaries(workspaceId, ids, { unmasked: me.permissions.includes('people.write') })
      return {
        people: chosen.people.flatMap(({ id, reasons }) => {
          const person = summaries.get(id)
          return person === undefined ? [] : [{ person, reasons: [...reasons] }]
        }),
        missing: [...chosen.missing],
        candidates: chosen.candidates,
        sample: sampleOf(text),
      }
    },

    async ask(caller, journeyId, input) {
      const { workspaceId } = caller
      const { definition, draftRevision, version } = await textOf(workspaceId, journeyId, input)
      const unknown = definition.nodes.flatMap((node) => nodeExits(node)).find(({ to }) => !definition.nodes.some((one) => one.id === to))
      if (unknown !== undefined || !definition.nodes.some((one) => one.id === definition.start))
        throw new AppError('invalid_journey', 'The journey cannot be tried as it is', [
          { path: 'nodes', message: `no step has the id "${unknown?.to ?? definition.start}"; connect the way that leads there` },
        ])
      const chosen = await choose({ workspaceId, definition, people: input.people, sample: input.sample, trigger: input.trigger })
      await checkRecipients(
        workspaceId,
        input.recipients,
        chosen.people.map((one) => one.id),
      )
      const id = ids.next('tri')
      const at = now()
      const whose = { workspace_id: workspaceId, journey_id: journeyId, id }
      const { recipients, sendsPerRecipient, sendsPerMinute, ways, speed } = input
      await db.tx(async (tx) => {
        if (((await store.countRunning(tx, workspaceId))?.count ?? 0) >= runningMax)
          throw new AppError('conflict', `${runningMax} trials are running; stop one first`)
        await store.insertTrial(tx, {
          ...whose,
          state: 'running',
          definition,
          draft_revision: draftRevision,
          version,
          input: { recipients, sendsPerRecipient, sendsPerMinute, ways },
          ...{ from_at: at, virtual_at: at, real_at: at, speed, wake_at: at },
          asked_by: caller.actor,
          asked_at: at,
        })
        await store.insertPeople(
          tx,
          whose,
          chosen.people.map((one) => ({ person_id: one.id, reasons: [...one.reasons], known: one.known, brought: one.brought })),
        )
        await deps.audit(tx, caller, 'journey.trial', journeyId, {
          trial: id,
          people: chosen.people.length,
          recipients: recipients.length,
          speed,
        })
      })
      deps.loops.wake(trialLoopName)
      return viewOf(await found(workspaceId, journeyId, id), chosen.people.length, clock.now())
    },

    async list(workspaceId, journeyId) {
      await draftOf(workspaceId, journeyId)
      const rows = await store.listTrials(db, workspaceId, journeyId, shownMax)
      return rows.map((row) => viewOf(row, row.people, clock.now()))
    },

    async report({ workspaceId, me }, journeyId, id) {
      const row = await found(workspaceId, journeyId, id)
      const [people, all, fates] = await Promise.all([
        store.peopleOf(db, row),
        trials.recipients(workspaceId),
        trials.post.fates(workspaceId, id),
      ])
      const summaries = await deps.summaries(
        workspaceId,
        people.map((one) => one.person_id),
        { unmasked: me.permissions.includes('people.write') },
      )
      const fateOf = new Map(fates.map((fate) => [fate.key, fate]))
      const to = all.filter((one) => row.input.recipients.includes(one.id))
      const channels = new Set(to.map((one) => one.channel))
      const names = new Map(all.map((one) => [one.id, one.name]))
      const wentTo = (message: TrialMessage): TrialMessage['test'] => {
        const fate = fateOf.get(`${id}:${message.key}`)
        if (fate !== undefined)
          return {
            recipient: names.get(fate.recipient_id) ?? '',
            state: fate.state,
            reason: fate.reason,
            at: fate.at?.toISOString() ?? null,
          }
        if (message.outcome !== 'sent' || !channels.has(message.channel)) return null
        return { recipient: '', state: 'not_sent', reason: message.warning ?? 'recipient_full', at: null }
      }
      const shown = (story: TrialStory): TrialStory => ({
        ...story,
        messages: story.messages.map((message) => ({ ...message, test: wentTo(message) })),
      })
      return {
        ...viewOf(row, people.length, clock.now()),
        definition: row.definition,
        coverage: row.coverage ?? { nodes: [], results: [], covered: 0, all: 0 },
        problems: row.problems ?? [],
        participants: people.flatMap(({ person_id, reasons, story }) => {
          const person = summaries.get(person_id)
          return person === undefined ? [] : [{ person, reasons, story: story === null ? null : shown(story) }]
        }),
        to: to.map(({ id, name, channel }) => ({ id, name, channel })),
      }
    },

    async act(caller, journeyId, id, act) {
      const { workspaceId } = caller
      const row = await found(workspaceId, journeyId, id)
      checkAct(row, act)
      const made = act.kind === 'happen' ? await madeFor(row, act) : []
      await db.tx(async (tx) => {
        const current = await store.lockTrial(tx, row)
        if (current === null) throw new AppError('not_found', `There is no trial ${id}`)
        checkAct(current, act)
        await turnClock(tx, current, act, made)
        await deps.audit(tx, caller, 'journey.trial_act', journeyId, { trial: id, act: act.kind })
      })
      deps.loops.wake(trialLoopName)
      const people = await store.peopleOf(db, row)
      return viewOf(await found(workspaceId, journeyId, id), people.length, clock.now())
    },

    loop: { name: trialLoopName, everyMs, run: runner.run },
  }
}

function sampleOf(definition: JourneyDefinition): Output<'journeyTrialChoice'>['sample'] {
  const { name, properties, editable } = sampleTrigger(definition)
  return { name, properties: JSON.parse(JSON.stringify(properties)), editable }
}

function viewOf(row: store.TrialRow, people: number, now: number): Trial {
  const at = Math.max(virtualNow(row, Math.min(now, row.ended_at?.getTime() ?? now)), row.from_at.getTime())
  return {
    id: row.id,
    state: row.state,
    draftRevision: row.draft_revision,
    version: row.version,
    speed: row.speed,
    ways: row.input.ways,
    people,
    inside: row.inside,
    from: row.from_at.toISOString(),
    at: new Date(at).toISOString(),
    nextAt: row.next_at?.toISOString() ?? null,
    nextReal: row.next_at === null || row.state !== 'running' ? null : new Date(realOf(row, row.next_at.getTime())).toISOString(),
    askedBy: row.asked_by,
    askedAt: row.asked_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    reason: row.reason,
    recipients: [...row.input.recipients],
  }
}
