import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Logger } from '../platform/log.ts'
import { type Answers, fingerprintOf, memberName, type Query } from '../query/index.ts'
import { type Changes, countOf } from './changes.ts'
import { columnsOf, everyoneWhole, type Judge, judgementFrom, readsMembers, sameConcerns } from './comparison.ts'
import { type Compiled, compile, partsOf, stateOf } from './compiled.ts'
import { type Judgement, judgementOf } from './diff.ts'
import { analyzeRows, findHolders } from './membership-store.ts'
import type { Move } from './move.ts'
import type { Outbox } from './outbox.ts'
import type { Overtaken, Watch } from './overtaken.ts'
import * as pending from './pending-store.ts'
import { type DefinitionName, findSlots } from './slot-store.ts'
import { findDefinitions, lockWorkspace, markComputed, workspacesToCompute } from './store.ts'

/** Rules asked of people in a piece: bounds the memory, and the time for which the live evaluator waits while it is written. */
const answersInPiece = 25_000_000
const [pieceMin, pieceMax] = [1_000, 100_000]
/** Definitions computed side by side: what is known of people is read once for all of them. */
const definitionsMax = 300
/** So many moves write so many rows that the planner must hear of them. */
const manyMoves = 20_000

export interface Recomputed {
  readonly entered: number
  readonly left: number
}

export interface Recompute {
  /** Computes what is new or was changed, some definitions of each workspace; true when there may be more. */
  runPending(): Promise<boolean>
  /**
   * Computes the named definitions for everyone, whatever is stored. Null when one of them changed meanwhile (it is then
   * pending anyway) or is not there.
   */
  run(workspaceId: number, names: readonly DefinitionName[]): Promise<Recomputed | null>
}

interface Deps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Logger
  readonly query: Query
  readonly changes: Changes
  readonly judge: Judge
  readonly outbox: Outbox
  readonly overtaken: Overtaken
  readonly timeZone: (workspaceId: number) => Promise<string>
}

/** What is computed in one go. */
interface Task {
  readonly workspaceId: number
  readonly targets: readonly Compiled[]
  /** Nothing else is computed, so what is found of next checks is all there is. */
  readonly all: boolean
  readonly zone: string
  /** All definitions as they were at the start. */
  readonly state: string
}

/** The next people's answers, and who was judged while they were on their way. */
interface Block {
  readonly answers: Answers
  readonly watch: Watch
  /** The people who live and have these numbers are those of the answers. */
  readonly range: { readonly after: number; readonly to: number }
}

export function createRecompute(deps: Deps): Recompute {
  const { db, clock, log, query, changes, judge, outbox, overtaken, timeZone } = deps
  const isPending = ({ definition }: Compiled, zone: string) =>
    definition.computedRevision < definition.revision || definition.computedTimeZone !== zone

  function compiledOf(definitions: Parameters<typeof compile>[0], workspaceId: number): Compiled[] {
    return compile(definitions, (definition, error) =>
      log.error({ err: error, workspaceId, kind: definition.kind, key: definition.key }, 'a definition cannot be computed'),
    )
  }

  async function ask({ workspaceId, targets, zone }: Task, after: number): Promise<Block> {
    const parts = partsOf(targets)
    const limit = Math.max(pieceMin, Math.min(pieceMax, Math.floor(answersInPiece / Math.max(1, parts.length))))
    const watch = overtaken.watch(workspaceId)
    try {
      if (readsMembers(targets)) await outbox.flushAll()
      const rules = parts.map((part) => part.rule)
      const answers = await query.ask({ workspaceId, rules, people: { after, limit }, now: clock.now(), timeZone: zone })
      const last = answers.people.length < limit ? undefined : answers.people.at(-1)
      return { answers, watch, range: { after, to: last ?? Number.MAX_SAFE_INTEGER } }
    } catch (error) {
      watch.end()
      throw error
    }
  }

  /** What a block's answers say of the people who were not judged since; those are asked again. */
  async function judged(tx: Tx, { workspaceId, targets, all, zone }: Task, { answers, watch, range }: Block): Promise<Judgement[]> {
    const columns = columnsOf(targets, partsOf(targets), (await findSlots(tx, workspaceId)).inUse)
    const { people } = answers
    const none = { people, answers, columns, asked: () => null, whole: new Uint32Array((people.length + 31) >> 5) }
    const first = judgementFrom(none)
    const newer = [...watch.people].filter((person) => person > range.after && person <= range.to)
    // Whoever holds something without living leaves it; unless they came back to life just now, which the evaluator will see to.
    const living = new Set(people)
    const others = (await findHolders(tx, workspaceId, range)).filter((person) => !living.has(person))
    const awaited = others.length === 0 ? new Set() : await pending.findAwaited(tx, workspaceId, others, clock.now())
    const again = new Set([...newer, ...others.filter((person) => !awaited.has(person))])
    const kept =
      again.size === 0
        ? first
        : judgementOf(
            first,
            people.flatMap((person, place) => (again.has(person) ? [] : [place])),
          )
    const concerns = sameConcerns([...again], targets)
    const second = again.size === 0 ? [] : [await judge(tx, { workspaceId, concerns, now: clock.now(), timeZone: zone })]
    return [kept, ...second].map((one) => (all ? everyoneWhole(one) : one))
  }

  /** Whether the rules are what they were at the start: nearly always no definition has changed at all. */
  async function stillMeant(tx: Tx, { workspaceId, targets, state }: Task): Promise<boolean> {
    const definitions = await findDefinitions(tx, workspaceId)
    return stateOf(definitions) === state || unchanged(targets, compiledOf(definitions, workspaceId))
  }

  /** Writes a block's answers under the workspace's lock; null when a rule is not what it was at the start. */
  async function write(task: Task, block: Block): Promise<Move[] | null> {
    const { workspaceId } = task
    return db.tx(async (tx) => {
      await lockWorkspace(tx, workspaceId)
      if (!(await stillMeant(tx, task))) return null
      const moves: Move[] = []
      for (const judgement of await judged(tx, task, block))
        moves.push(...(await changes.write(tx, workspaceId, judgement, { at: clock.now(), reason: 'definition' })))
      return moves
    })
  }

  /** Everyone, in blocks: the next is asked while one is written. */
  async function computeBlocks(task: Task): Promise<Recomputed | null> {
    const done = { entered: 0, left: 0 }
    let next: Promise<Block> | null = ask(task, 0)
    try {
      while (next !== null) {
        const block: Block = await next
        next = block.range.to === Number.MAX_SAFE_INTEGER ? null : ask(task, block.range.to)
        // It is awaited later, and may have failed before.
        next?.catch(() => {})
        const moves = await write(task, block).finally(block.watch.end)
        if (moves === null) return null
        done.entered += countOf(moves.filter((move) => move.entered))
        done.left += countOf(moves.filter((move) => !move.entered))
      }
      return done
    } finally {
      await next?.then(
        (block) => block.watch.end(),
        () => {},
      )
    }
  }

  let last: Promise<unknown> = Promise.resolve()

  /** One after the other, so that no computation writes what another has overtaken. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work, work)
    last = result.catch(() => {})
    return result
  }

  async function compute(task: Task): Promise<Recomputed | null> {
    const { workspaceId, targets, zone } = task
    const done = await computeBlocks(task)
    if (done === null) return null
    if (done.entered + done.left >= manyMoves) await analyzeRows(db)
    const complete = await db.tx(async (tx) => {
      await lockWorkspace(tx, workspaceId)
      if (!(await stillMeant(tx, task))) return false
      for (const { definition } of targets)
        await markComputed(tx, workspaceId, definition.kind, definition.key, definition.revision, clock.now(), zone)
      return true
    })
    return complete ? done : null
  }

  return {
    runPending: () =>
      inTurn(async () => {
        let worked = false
        for (const workspaceId of await workspacesToCompute(db)) {
          const zone = await timeZone(workspaceId)
          const definitions = await findDefinitions(db, workspaceId)
          const compiled = compiledOf(definitions, workspaceId)
          const targets = compiled.filter((one) => isPending(one, zone)).slice(0, definitionsMax)
          if (targets.length === 0) continue
          await compute({ workspaceId, targets, all: targets.length === compiled.length, zone, state: stateOf(definitions) })
          worked = true
        }
        return worked
      }),
    run: (workspaceId, names) =>
      inTurn(async () => {
        const wanted = new Set(names.map((name) => memberName(name.kind, name.key)))
        const definitions = await findDefinitions(db, workspaceId)
        const compiled = compiledOf(definitions, workspaceId)
        const targets = compiled.filter(({ definition }) => wanted.has(memberName(definition.kind, definition.key)))
        if (targets.length < wanted.size) return null
        const [all, zone, state] = [targets.length === compiled.length, await timeZone(workspaceId), stateOf(definitions)]
        return compute({ workspaceId, targets, all, zone, state })
      }),
  }
}

const fingerprint = ({ parts }: Compiled) => parts.map((part) => `${part.value}=${fingerprintOf(part.rule)}`).join()

/** Whether the definitions still mean the same: their own rules and those that they name. */
function unchanged(before: readonly Compiled[], now: readonly Compiled[]): boolean {
  const current = new Map(now.map((one) => [memberName(one.definition.kind, one.definition.key), one]))
  return before.every((one) => {
    const found = current.get(memberName(one.definition.kind, one.definition.key))
    return found?.definition.revision === one.definition.revision && fingerprint(found) === fingerprint(one)
  })
}
