import type { SequenceMatch, SequenceRule, SequenceStep } from '@chaoxi/contract'
import { columnIn, type EventColumns, type Facts, placeFrom } from './facts.ts'
import { type Hits, hitsOver, matchOf } from './hits.ts'
import type { LeafTest } from './leaf-test.ts'
import { addCandidate, type Candidates, compileSequence, noCandidates } from './sequence.ts'
import { never } from './slab.ts'
import type { Moment } from './window.ts'
import { type EventWindow, eventWindow, everUntil, testWindow, type WindowTest } from './window-turns.ts'

/** One of the things that a sequence looks for, over columns. */
interface Looking {
  readonly hits: Hits
  /** By row of the event's columns; null when nothing must be the same. */
  readonly linkOf: ((row: number) => number) | null
  /** Where it must lie besides the window. */
  readonly when: WindowTest | null
  readonly times: Float64Array
}

interface Part {
  readonly candidates: Candidates
  over(facts: Facts): Looking | null
}

function partOf(match: SequenceMatch & Pick<SequenceStep, 'when'>, window: EventWindow, moment: Moment): Part {
  const when = match.when === undefined ? null : testWindow(match.when, moment)
  const compiled = matchOf(match, moment)
  const linkOf = (events: EventColumns) => {
    if (match.link === undefined) return null
    const { codes, dictionary } = columnIn(events.properties, match.link)
    const links = dictionary.links()
    return (row: number) => links[codes[row] ?? 0] ?? 0
  }
  return {
    candidates: noCandidates(),
    over(facts) {
      const events = facts.events.get(match.event)
      if (events === undefined) return null
      const hits = hitsOver(compiled, events, window, window.over(facts.attributes), moment.now)
      return { hits, linkOf: linkOf(events), when, times: events.times }
    },
  }
}

/** Writes what is found of a person into the candidates; answers until when the same is found. */
function look(looking: Looking | null, candidates: Candidates, person: number): number {
  candidates.count = 0
  if (looking === null) return never
  const { hits, linkOf, when, times } = looking
  const count = hits.of(person)
  let { next } = hits
  for (let i = 0; i < count; i++) {
    const row = hits.rows[i] ?? 0
    const time = times[row] ?? 0
    const link = linkOf === null ? 0 : linkOf(row)
    // An event without the property that must be the same stands for nothing.
    if (linkOf !== null && link === 0) continue
    if (when !== null) next = Math.min(next, when.turn(time))
    if (when === null || when.has(time)) addCandidate(candidates, time, link)
  }
  return next
}

/** Of columns the place of that in which the person has the fewest events. */
function rarestOf(columns: readonly EventColumns[], person: number): number {
  let rarest = 0
  let fewest = never
  for (let i = 0; i < columns.length; i++) {
    const starts = columns[i]?.starts
    const own = (starts?.[person + 1] ?? 0) - (starts?.[person] ?? 0)
    if (own >= fewest) continue
    rarest = i
    fewest = own
  }
  return rarest
}

export function testSequence(rule: SequenceRule, moment: Moment): LeafTest {
  const window = eventWindow(rule.window, moment)
  const anywhere = everUntil(moment.now)
  const steps = rule.steps.map((step) => partOf(step, window, moment))
  const without = rule.steps.map((step) => (step.without ?? []).map((match) => partOf(match, anywhere, moment)))
  const noneAfter = (rule.noneAfter ?? []).map((match) => partOf(match, anywhere, moment))
  const latestBeginning = compileSequence(rule)
  const candidates = {
    steps: steps.map((part) => part.candidates),
    without: without.map((parts) => parts.map((part) => part.candidates)),
    noneAfter: noneAfter.map((part) => part.candidates),
  }
  return (facts, from, to, said) => {
    said.fill(false)
    const wanted = steps.map((part) => ({ looking: part.over(facts), candidates: part.candidates }))
    if (wanted.some(({ looking }) => looking === null)) return
    const unwanted = [...without.flat(), ...noneAfter].map((part) => ({ looking: part.over(facts), candidates: part.candidates }))
    const stepped = rule.steps.flatMap((step) => facts.events.get(step.event) ?? [])
    // Whoever has all events has that which the fewest have.
    const { owners } = stepped.reduce((fewest, one) => (one.owners.length < fewest.owners.length ? one : fewest))
    const end = placeFrom(owners, to)
    for (let at = placeFrom(owners, from); at < end; at++) {
      const person = owners[at] ?? 0
      if (!stepped.every(({ starts }) => starts[person] !== starts[person + 1])) continue
      // The rarest first: where nothing of it counts, the others need not be looked for.
      const rarest = rarestOf(stepped, person)
      let next = never
      let whole = true
      for (let i = -1; i < wanted.length; i++) {
        const one = wanted[i < 0 ? rarest : i]
        if (one === undefined || i === rarest) continue
        const until = look(one.looking, one.candidates, person)
        // Until there is something for this step, whatever else comes is no sequence.
        if (one.candidates.count === 0) {
          next = until
          whole = false
          break
        }
        next = Math.min(next, until)
      }
      if (whole) {
        for (const { looking, candidates: found } of unwanted) next = Math.min(next, look(looking, found, person))
        const begins = latestBeginning(candidates)
        if (begins > -never) {
          said.hold(person - from, true)
          if (window.turns !== null) next = Math.min(next, window.turns.leaves(begins))
        }
      }
      said.turns(person - from, next)
    }
  }
}
