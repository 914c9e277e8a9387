import type { Recipient } from '@chaoxi/contract'
import { type TrialStory, trialDaysKept } from '@chaoxi/contract'
import type { TestMessage, TrialPost, TrialWriter } from '../../delivery/index.ts'
import { trialPostLoop } from '../../delivery/index.ts'
import type { Queryable } from '../../platform/db/postgres.ts'
import { dayMs, zoneOf } from '../../query/index.ts'
import { holdoutsByKey } from '../contests/holdout-store.ts'
import type { EngineDeps } from '../deps.ts'
import { messageOf } from '../engine/isolate.ts'
import type { RehearsalWorld } from '../rehearsal/rehearsals.ts'
import { type Played, playTrial } from './play.ts'
import type { Letter } from './record.ts'
import { coverageOf, problemsOf } from './report.ts'
import * as store from './trial-store.ts'
import { realOf, virtualNow } from './virtual-clock.ts'

/** What trials ask of delivery. */
export interface TrialOutlets {
  readonly writer: TrialWriter
  readonly post: TrialPost
  recipients(workspaceId: number): Promise<readonly Recipient[]>
}

export type TrialRunnerDeps = Pick<EngineDeps, 'db' | 'clock' | 'ids' | 'log' | 'loops' | 'matchesFilters' | 'templates' | 'timeZone'> & {
  readonly past: RehearsalWorld
  readonly trials: TrialOutlets
}

/** Whoever plays is given up after this, and another one may. */
const leaseMs = 60_000
/** A trial in a hurry is looked at this often. */
const againMs = 1_000
const triesMax = 5
const minuteMs = 60_000
/** As long as short links of messages are. */
const codeLength = 10
const forgottenAtOnce = 20

export interface TrialRunner {
  /** Plays one that is due; answers whether there was any. */
  run(): Promise<boolean>
}

export function createTrialRunner(deps: TrialRunnerDeps): TrialRunner {
  const { db, clock, ids, log, past, trials } = deps

  async function play(row: store.TrialRow, people: readonly store.TrialPersonRow[], to: number): Promise<Played> {
    const { workspace_id: workspaceId, journey_id: journeyId, definition } = row
    const sends = definition.nodes.flatMap((node) =>
      node.kind === 'send' ? [node.template, ...(node.attempts ?? []).map((one) => one.template)] : [],
    )
    const keys = [...new Set(sends)]
    const coupons = [...new Set(definition.nodes.flatMap((node) => (node.kind === 'grant' ? [node.coupon] : [])))]
    const readers = new Map(people.map(({ person_id: id, known }) => [id, { id, userId: known.userId, attributes: known.attributes }]))
    const [timeZone, policy, templates, offered, texts, holdouts] = await Promise.all([
      deps.timeZone(workspaceId),
      past.policy(workspaceId),
      deps.templates(workspaceId, keys),
      Promise.all(coupons.map((coupon) => past.offered(workspaceId, coupon, row.from_at.getTime()))),
      trials.writer.load(workspaceId, readers, keys),
      holdoutsByKey(db, workspaceId),
    ])
    return playTrial(
      { query: past.query, matchesFilters: deps.matchesFilters, resolved: (rules) => past.resolved(workspaceId, rules) },
      {
        ...{ workspaceId, journeyId, definition, policy, texts, holdouts, to },
        version: row.version ?? 0,
        zone: zoneOf(timeZone),
        from: row.from_at.getTime(),
        people: people.map(({ person_id: id, known, brought }) => ({ id, known, brought })),
        made: row.made,
        covers: row.input.ways === 'cover',
        coupons: new Map(offered.flatMap((one) => (one === null ? [] : [[one.key, one]]))),
        missingTemplates: new Set(keys.filter((key) => !templates.has(key))),
      },
    )
  }

  /** What really goes out: to recipients only, no more for each than was asked for, and not all at once. */
  async function lettersToSend(
    tx: Queryable,
    row: store.TrialRow,
    people: readonly store.TrialPersonRow[],
    letters: readonly Letter[],
  ): Promise<TestMessage[]> {
    const { workspace_id: workspaceId, id: trialId, input } = row
    const to = (await trials.recipients(workspaceId)).filter((one) => input.recipients.includes(one.id))
    if (to.length === 0) return []
    const known = new Set((await trials.post.fates(workspaceId, trialId)).map((one) => one.key))
    const load = new Map((await trials.post.load(tx, workspaceId, trialId)).map((one) => [one.recipient_id, one]))
    const counts = new Map([...load].map(([id, one]) => [id, { count: one.count, last: one.last_at.getTime() }]))
    const places = new Map(people.map((one, place) => [one.person_id, place]))
    const messages: TestMessage[] = []
    const every = minuteMs / input.sendsPerMinute
    for (const { personId, effect, text } of letters) {
      const key = `${trialId}:${effect.effectKey}`
      const some = to.filter((one) => one.channel === effect.channel)
      const recipient = some[(places.get(personId) ?? 0) % Math.max(1, some.length)]
      if (recipient === undefined || known.has(key)) continue
      const had = counts.get(recipient.id) ?? { count: 0, last: Number.NEGATIVE_INFINITY }
      const letter = contentToSend(text, () => ids.code(codeLength))
      if (letter === null || had.count >= input.sendsPerRecipient) continue
      const dueAt = Math.max(clock.now(), had.last + every)
      counts.set(recipient.id, { count: had.count + 1, last: dueAt })
      messages.push({
        workspaceId,
        key,
        trialId,
        recipientId: recipient.id,
        channel: effect.channel,
        template: effect.template,
        dueAt,
        ...letter,
      })
    }
    return messages
  }

  async function write(row: store.TrialRow, people: readonly store.TrialPersonRow[], played: Played, to: number): Promise<void> {
    const now = clock.now()
    const sent = await db.tx(async (tx) => {
      const current = await store.lockTrial(tx, row)
      // Something was made to happen meanwhile, or it was stopped: whoever did that has set the hour.
      if (current === null || current.state !== row.state || current.made.length !== row.made.length) return false
      const over = current.state === 'running' && played.nextAt === null
      const wakeAt =
        over || current.state !== 'running' || played.nextAt === null
          ? null
          : new Date(Math.max(now + againMs, realOf(current, played.nextAt)))
      await store.writeTurn(tx, row, {
        state: over ? 'done' : current.state,
        next_at: played.nextAt === null ? null : new Date(played.nextAt),
        wake_at: wakeAt,
        inside: played.inside,
        coverage: coverageOf(row.definition, played),
        problems: problemsOf(row.definition, played),
        ended_at: over ? new Date(now) : null,
      })
      await store.writeStories(tx, row, storiesToWrite(people, played))
      const messages = await lettersToSend(tx, row, people, played.letters)
      await trials.post.enqueue(tx, messages)
      return messages.length > 0
    })
    if (sent) deps.loops.wake(trialPostLoop)
    log.debug({ trial: row.id, at: new Date(to).toISOString() }, 'a trial went on')
  }

  async function forgetOld(): Promise<void> {
    const before = new Date(clock.now() - trialDaysKept * dayMs)
    for (const whose of await store.oldTrials(db, before, forgottenAtOnce))
      await db.tx(async (tx) => {
        await trials.post.forget(tx, whose.workspace_id, whose.id)
        await store.deleteTrial(tx, whose)
      })
  }

  return {
    async run() {
      await forgetOld()
      const now = clock.now()
      const row = await store.claimTrial(db, new Date(now), new Date(now + leaseMs))
      if (row === null) return false
      try {
        const people = await store.peopleOf(db, row)
        const to = virtualNow(row, now)
        await write(row, people, await play(row, people, to), to)
      } catch (error) {
        log.warn({ err: error, trial: row.id }, 'a trial could not go on')
        const tries = row.tries + 1
        const wakeAt = tries >= triesMax ? null : new Date(clock.now() + againMs * 2 ** tries)
        await store.postponeTrial(db, row, tries, messageOf(error), wakeAt)
      }
      return true
    },
  }
}

/** What was told stays as it was told: a template that is changed meanwhile changes what comes. */
function storiesToWrite(people: readonly store.TrialPersonRow[], played: Played): { personId: number; story: TrialStory }[] {
  return people.flatMap(({ person_id: personId, story: before }) => {
    const story = played.stories.get(personId)
    if (story === undefined) return []
    const told = new Map((before?.messages ?? []).flatMap((message) => (message.outcome === 'held' ? [] : [[message.key, message]])))
    const merged = { ...story, messages: story.messages.map((message) => told.get(message.key) ?? message) }
    return JSON.stringify(merged) === JSON.stringify(before) ? [] : [{ personId, story: merged }]
  })
}

/** A code of a link is put in the place of the one that stands in texts that are only shown. */
function contentToSend(text: Letter['text'], newCode: () => string): Pick<TestMessage, 'content' | 'link'> | null {
  if (text.kind === 'drop') return null
  if (text.kind === 'popup') return { content: { ...text.popup }, link: null }
  if (text.order === null) return null
  const { code, params } = text.order
  if (text.link === null) return { content: { code, params }, link: null }
  const own = newCode()
  const shown = text.link.code
  const withOwn = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value === shown ? own : value.replaceAll(shown, own)]),
  )
  return { content: { code, params: withOwn }, link: { code: own, url: text.link.url } }
}
