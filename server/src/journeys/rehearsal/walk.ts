import type { TaskAnswers } from '@chaoxi/contract'
import { type Absence, absenceKey, broughtBy, hearOfAbsences } from '../core/absence.ts'
import { nodeOf, questions } from '../core/ahead.ts'
import { stopNews } from '../core/calling.ts'
import { reachedBy } from '../core/contest.ts'
import type { Answer } from '../core/deed.ts'
import { withAnswer } from '../core/deed.ts'
import { begin, type Refusal, refusal, sameOccurrence, tooLate, triggers } from '../core/entering.ts'
import { askedAgain, hear } from '../core/hear.ts'
import type { MatchesFilters } from '../core/heard-match.ts'
import type { HoldoutGroup } from '../core/holdout.ts'
import { createRoom, type Entered, withEntry } from '../core/limits.ts'
import { membershipNews } from '../core/membership-news.ts'
import { asksRules } from '../core/rule-news.ts'
import { type Heard, isOver, type Move, type Run } from '../core/run.ts'
import { step } from '../core/step.ts'
import type { Facts } from '../core/turn.ts'
import type { Actor } from './actor.ts'
import { answerOf } from './colleagues.ts'
import type { RehearsedContests } from './contests.ts'
import type { Post } from './post.ts'
import { type Due, heardOf, type Script } from './script.ts'
import type { Shop } from './shop.ts'
import type { Tally } from './tally.ts'

// One person's way through what was recorded: the same decisions as the engine's, in the same order, with nothing written.

export interface WalkDeps {
  readonly script: Script
  readonly workspaceId: number
  readonly version: number
  readonly matchesFilters: MatchesFilters
  readonly shop: Shop
  readonly post: Post
  readonly tally: Pick<Tally, 'entered' | 'refused' | 'moved'>
  readonly missingTemplates: ReadonlySet<string>
  /** Of a trial: what is to be taken for true besides. */
  readonly direct?: (actor: Actor, run: Run, facts: Facts) => { readonly run: Run; readonly facts: Facts }
  readonly answers: TaskAnswers
  readonly contests: RehearsedContests
  readonly holdouts: ReadonlyMap<string, HoldoutGroup>
}

export interface Walk {
  /** Everything that is due for the person until `now`, and what happened then. */
  advance(actor: Actor, now: number): void
  /** The journey is due by the clock, and the person is meant. */
  isDue(actor: Actor, due: Due): void
  /** A search for a winner was decided at the nodes: whoever waits there hears of it. */
  decided(actor: Actor, nodes: ReadonlySet<string>, now: number): void
  /** Whether an exit rule holds. */
  exitHolds(actor: Actor, now: number): boolean
  /** What is true of the person has been changed: rules of those who rest are asked at once. */
  askAgain(actor: Actor, now: number): void
  /** Looks at what the person has from the beginning, of which nobody is told. */
  begin(actor: Actor, at: number): void
}

/** Who answers says so in the inbox. */
const noAnswers: Facts['answered'] = new Map()

/** Moves of one run at one instant: more is a circle that no wait holds up. */
const movesMax = 1_000

export function createWalk(deps: WalkDeps): Walk {
  const { script, matchesFilters, shop, post, tally, contests } = deps
  const { definition, journeyId, asking } = script
  const { trigger } = definition
  let runs = 0
  let entered: Entered = { journeyId, total: 0, hourAt: 0, inHour: 0 }

  const heldBy = (actor: Actor, rules: readonly number[], now: number) => {
    const question = asking.question(rules)
    asking.ask(question, actor.piece.lens.at(actor.place, question, now), now)
    return asking.due(question)
  }

  function factsOf(actor: Actor, run: Run, now: number): Facts {
    const asked = questions(definition, run, now)
    const places = [...asked.rules].map(([place, rule]) => ({ place, rule: script.placeOf(rule) }))
    const check = places.length === 0 ? Number.POSITIVE_INFINITY : heldBy(actor, [...new Set(places.map(({ rule }) => rule))], now)
    return {
      answers: new Map(places.map(({ place, rule }) => [place, asking.holds(rule)])),
      check,
      missingTemplates: new Set([...asked.templates].filter((key) => deps.missingTemplates.has(key))),
      attributes: asked.attributes.size > 0 ? shop.attributesOf(actor) : {},
      zone: script.zone,
      fates: actor.fates,
      answered: noAnswers,
      contests: new Map([...asked.contests].map((nodeId) => [nodeId, contests.fact(run, nodeId)])),
      holdouts: deps.holdouts,
    }
  }

  function stepOf(actor: Actor, run: Run, now: number): Move {
    const facts = factsOf(actor, run, now)
    const directed = deps.direct?.(actor, run, facts) ?? { run, facts }
    return step(definition, directed.run, directed.facts, now)
  }

  /** Writes down what a move came to, and does what it does. */
  function take(actor: Actor, move: Move, now: number): void {
    const done = perform(actor, move, now)
    tally.moved(actor, done, now)
    const { run } = done
    contests.drew(run, done.draws ?? [])
    // What is over may still reach a goal.
    if (contests.any && isOver(run)) actor.over = [...actor.over, run]
    actor.runs = isOver(run) ? actor.runs.filter((one) => one.id !== run.id) : actor.runs.map((one) => (one.id === run.id ? run : one))
    if (done.effects.length > 0) post.take(actor, run, done.effects, now)
    for (const task of done.tasks ?? []) {
      const coming = task.kind === 'open' ? answerOf(deps.answers, task, actor.id, now) : null
      if (coming !== null) actor.answers = [...actor.answers, coming]
    }
  }

  function perform(actor: Actor, move: Move, now: number): Move {
    const { deed, run } = move
    if (deed === undefined) return move
    const answer: Answer = deed.kind === 'withdraw' ? post.withdraw(actor, deed.message, now) : shop.does(actor, run, deed, now)
    const answered = withAnswer(move, answer)
    if (deed.kind === 'attribute') {
      const said = { [deed.attribute]: deed.value }
      if (answer.ok && script.listens.includes('$identify'))
        actor.inbox = [...actor.inbox, heardOf('event', '$identify', `say:${deed.effectKey}`, now, said)]
    }
    if (deed.kind === 'stop' && deed.journey === null) actor.inbox = [...actor.inbox, stopNews(journeyId, deed.effectKey, deed.caller, now)]
    if (answer.ok && (deed.kind === 'tag' || deed.kind === 'attribute')) changed(actor, now)
    return { ...answered, run: { ...answered.run, state: 'active', wakeAt: now } }
  }

  /** What the person is has changed otherwise than by an event. */
  function changed(actor: Actor, now: number): void {
    askAgain(actor, now)
    watch(actor, now, 'event')
  }

  /** Rules of runs that rest are asked again at once. */
  function askAgain(actor: Actor, now: number): void {
    actor.runs = actor.runs.map((run) => (asksRules(definition, nodeOf(definition, run.nodeId)) ? (askedAgain(run, now)?.run ?? run) : run))
  }

  /** Moves what is due and takes what was heard, until there is nothing left. */
  function settle(actor: Actor, now: number): void {
    for (let moves = 0; ; moves++) {
      if (moves > movesMax) throw new Error(`${actor.id} moves without end at ${new Date(now).toISOString()}`)
      const due = dueRun(actor.runs, now)
      if (due !== null) {
        take(actor, stepOf(actor, due, now), now)
        continue
      }
      const [heard, ...rest] = actor.inbox
      if (heard === undefined) return
      actor.inbox = rest
      listen(actor, heard, now)
    }
  }

  function listen(actor: Actor, heard: Heard, now: number): void {
    if (contests.any)
      for (const run of [...actor.runs, ...actor.over])
        contests.reached(run, reachedBy(definition, run, heard, matchesFilters), heard.occurredAt)
    for (const run of actor.runs) {
      const move = hear(definition, run, heard, now, matchesFilters)
      if (move !== null) take(actor, move, now)
    }
    const absence = trigger.kind === 'event_absence' ? hearAbsence(actor, heard) : null
    if (!triggers(journeyId, trigger, heard, matchesFilters)) return
    if (heard.kind !== 'event_absence') admit(actor, heard, now)
    else if (absence !== null) admit(actor, broughtBy(absence), now)
  }

  /** Answers the absence whose time is over. */
  function hearAbsence(actor: Actor, heard: Heard): Absence | null {
    if (trigger.kind !== 'event_absence') return null
    const whose = { workspaceId: deps.workspaceId, journeyId, personId: actor.id }
    const { over, filled, begun } = hearOfAbsences(trigger, whose, actor.absences, heard, matchesFilters)
    const gone = over === null ? filled : [...filled, over]
    if (begun !== null || gone.length > 0)
      actor.absences = [...actor.absences.filter((one) => !gone.includes(one)), ...(begun === null ? [] : [begun])]
    return over
  }

  function refused(actor: Actor, heard: Heard, now: number): Refusal | null {
    if (tooLate(heard)) return 'too_late'
    if (actor.entries.some((one) => sameOccurrence(one.key, heard))) return 'entered_before'
    const past = { live: actor.runs, lastAt: actor.entries.at(-1)?.at ?? null }
    const reason = refusal(definition.reentry, past, heard, now)
    if (reason !== null) return reason
    if (definition.entryRule !== undefined) {
      const place = script.placeOf(definition.entryRule)
      heldBy(actor, [place], now)
      if (!asking.holds(place)) return 'entry_rule'
    }
    return createRoom(new Map([[journeyId, entered]]), now).take(journeyId, definition.limits)
  }

  function admit(actor: Actor, heard: Heard, now: number): void {
    const reason = refused(actor, heard, now)
    if (reason !== null) {
      tally.refused(reason, now, actor)
      return
    }
    entered = withEntry(entered, now)
    const { workspaceId, version } = deps
    const runId = `run_${String(++runs).padStart(12, '0')}`
    const run = begin(definition, { workspaceId, journeyId, version, personId: actor.id, runId }, heard, now)
    actor.entries = [...actor.entries, { key: heard.sourceKey, at: now }]
    actor.runs = [...actor.runs, run]
    tally.entered(actor, run, now)
    take(actor, stepOf(actor, run, now), now)
  }

  /** Tells what was come into and left of the memberships that the journey listens for. */
  function watch(actor: Actor, now: number, reason: 'event' | 'time', telling = true): void {
    if (script.watched.length === 0 || actor.held === null) return
    let soonest = Number.POSITIVE_INFINITY
    const held = script.watched.map(({ question }) => {
      const due = heldBy(actor, question.rules, now)
      soonest = Math.min(soonest, due)
      return asking.holds(question.rules[0] ?? -1)
    })
    const before = actor.held
    actor.held = held
    actor.watchAt = soonest
    if (!telling) return
    // Who goes from one value to another leaves the one before coming to the other.
    for (const turned of [false, true])
      script.watched.forEach(({ kind, key, value }, i) => {
        if (held[i] === before[i] || held[i] !== turned) return
        const news = membershipNews({ kind, key, value, entered: turned, at: now, reason }, actor.id)
        actor.inbox = [...actor.inbox, news]
      })
  }

  /** What was said of the person, and the stored memberships, until `now`; answers whether anything was. */
  function learn(actor: Actor, now: number): boolean {
    const { piece, place } = actor
    let learnt = false
    const turns = piece.turns.get(place) ?? []
    for (; (turns[actor.nextTurn]?.at ?? Number.POSITIVE_INFINITY) <= now; actor.nextTurn++) {
      const turn = turns[actor.nextTurn]
      if (turn === undefined) break
      piece.lens.setMember(place, turn.of, turn.key, turn.value, turn.held)
      learnt = true
    }
    const end = piece.sayings.starts[place + 1] ?? 0
    const first = actor.nextSaying
    while (actor.nextSaying < end && (piece.sayings.times[actor.nextSaying] ?? 0) <= now) actor.nextSaying++
    if (actor.nextSaying > first) {
      shop.said(actor, first, actor.nextSaying)
      learnt = true
    }
    return learnt
  }

  const any = (names: ReadonlySet<string>, some: readonly string[]) => some.some((name) => names.has(name))

  return {
    askAgain,
    begin(actor, at) {
      shop.meet(actor)
      learn(actor, at)
      const first = actor.piece.firsts[actor.place] ?? Number.POSITIVE_INFINITY
      if (first > at) {
        if (script.open) actor.watchAt = first
        return
      }
      actor.held = script.watched.map(() => false)
      watch(actor, at, 'time', false)
    },

    advance(actor, now) {
      const { piece, place } = actor
      const { events } = piece
      const over = actor.absences.filter((absence) => absence.dueAt <= now)
      for (const absence of over) actor.inbox = [...actor.inbox, heardOf('event_absence', journeyId, absenceKey(absence), absence.dueAt)]
      const answers = actor.answers.filter(({ at }) => at <= now)
      if (answers.length > 0) {
        actor.answers = actor.answers.filter(({ at }) => at > now)
        actor.inbox = [...actor.inbox, ...answers.map(({ heard }) => heard)]
      }
      if (actor.watchAt <= now) {
        const known = actor.held !== null
        actor.held ??= script.watched.map(() => false)
        watch(actor, now, known ? 'time' : 'event')
      }
      settle(actor, now)
      const learnt = learn(actor, now)
      const happened: string[] = []
      const end = events.starts[place + 1] ?? 0
      for (; actor.nextEvent < end && (events.times[actor.nextEvent] ?? 0) <= now; actor.nextEvent++) {
        const name = events.name(actor.nextEvent)
        happened.push(name)
        const heard = heardOf('event', name, `event:${actor.id}:${actor.nextEvent}`, now, events.properties(actor.nextEvent))
        actor.inbox = [...actor.inbox, heard]
      }
      if (happened.length > 0 || learnt) {
        settle(actor, now)
        const newcomer = actor.held === null && script.watched.length > 0
        if (newcomer) actor.held = script.watched.map(() => false)
        if (learnt || newcomer || any(script.watching.events, happened)) watch(actor, now, 'event')
        if (learnt || any(script.resting.events, happened)) askAgain(actor, now)
        settle(actor, now)
      }
      post.wake(actor, now)
      settle(actor, now)
    },

    isDue(actor, { at, kind, key }) {
      actor.inbox = [...actor.inbox, heardOf(kind, journeyId, `${key}${actor.id}`, at, { dueAt: new Date(at).toISOString() })]
      settle(actor, at)
      post.wake(actor, at)
      settle(actor, at)
    },

    decided(actor, nodes, now) {
      actor.runs = actor.runs.map((run) => (nodes.has(run.nodeId) && (run.wakeAt ?? 0) > now ? (askedAgain(run, now)?.run ?? run) : run))
    },

    exitHolds(actor, now) {
      const rules = definition.exits.flatMap((exit) => (exit.kind === 'rule' ? [script.placeOf(exit.rule)] : []))
      if (rules.length === 0) return false
      heldBy(actor, rules, now)
      return rules.some((rule) => asking.holds(rule))
    },
  }
}

/** The run that is due first. */
function dueRun(runs: readonly Run[], now: number): Run | null {
  let first: Run | null = null
  for (const run of runs) {
    if (run.wakeAt === null || run.wakeAt > now) continue
    if (first === null || run.wakeAt < (first.wakeAt ?? 0)) first = run
  }
  return first
}
