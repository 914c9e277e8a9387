import { type SequenceRule, type SpanLength, spanLengthMs } from '@chaoxi/contract'
import { never } from './slab.ts'

/**
 * Events of one person that can stand for a step, or that must not be, oldest first. Equal links are equal numbers; 0 where
 * none must be the same.
 */
export interface Candidates {
  count: number
  times: Float64Array
  links: Float64Array
}

export const noCandidates = (): Candidates => ({ count: 0, times: new Float64Array(64), links: new Float64Array(64) })

export function addCandidate(to: Candidates, time: number, link: number): void {
  if (to.count === to.times.length) {
    const [times, links] = [new Float64Array(to.count * 2), new Float64Array(to.count * 2)]
    times.set(to.times)
    links.set(to.links)
    Object.assign(to, { times, links })
  }
  to.times[to.count] = time
  to.links[to.count] = link
  to.count++
}

/** The candidates of a rule's parts, each list in the order of the rule. */
export interface SequenceCandidates {
  readonly steps: readonly Candidates[]
  /** By step, of what must not come before it. */
  readonly without: readonly (readonly Candidates[])[]
  readonly noneAfter: readonly Candidates[]
}

const lengthMs = (span: SpanLength | undefined) => (span === undefined ? never : spanLengthMs(span))

/** More of them are looked up by link, fewer one after the other. */
const searchedMax = 32

/** Of what must not be, the first after an instant that hits a link: the same one, or none. */
function firstAfter(negatives: Candidates, time: number, link: number, byLink: () => ReadonlyMap<number, number[]>): number {
  const { count, times, links } = negatives
  if (links[0] === 0) return times[firstLater(times, count, time)] ?? never
  if (link === 0) return never
  if (count > searchedMax) {
    const same = byLink().get(link) ?? []
    return same[firstLater(same, same.length, time)] ?? never
  }
  for (let i = 0; i < count; i++) if ((times[i] ?? 0) > time && links[i] === link) return times[i] ?? never
  return never
}

/** The place among the first `count` ascending times of the first that is later; -1 when none is. */
function firstLater(times: Float64Array | readonly number[], count: number, time: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low < count ? low : -1
}

/** Whether one of what must not be lies after an instant and before another. */
function anyBetween(lists: readonly Candidates[], after: number, before: number, link: number, groups: Groups): boolean {
  for (const list of lists) if (list.count > 0 && firstAfter(list, after, link, () => groups.of(list)) < before) return true
  return false
}

/** Times by link, put together when they are first asked for. */
interface Groups {
  of(list: Candidates): ReadonlyMap<number, number[]>
}

function groupsOnce(): Groups {
  let known: Map<Candidates, Map<number, number[]>> | null = null
  return {
    of(list) {
      known ??= new Map()
      const before = known.get(list)
      if (before !== undefined) return before
      const groups = new Map<number, number[]>()
      for (let i = 0; i < list.count; i++) {
        const [link, time] = [list.links[i] ?? 0, list.times[i] ?? 0]
        const group = groups.get(link)
        if (group === undefined) groups.set(link, [time])
        else group.push(time)
      }
      known.set(list, groups)
      return groups
    },
  }
}

/** Events that ended the steps so far, with the beginning of the latest sequence that ends there. */
interface Reached {
  count: number
  times: Float64Array
  links: Float64Array
  begins: Float64Array
}

const noneReached = (): Reached => ({
  count: 0,
  times: new Float64Array(64),
  links: new Float64Array(64),
  begins: new Float64Array(64),
})

function reserve(reached: Reached, count: number): void {
  reached.count = 0
  if (reached.times.length >= count) return
  const length = 2 * count
  Object.assign(reached, { times: new Float64Array(length), links: new Float64Array(length), begins: new Float64Array(length) })
}

function add(reached: Reached, time: number, link: number, begin: number): void {
  reached.times[reached.count] = time
  reached.links[reached.count] = link
  reached.begins[reached.count] = begin
  reached.count++
}

/**
 * Answers, for instants that come oldest first, the place of the latest event with the same link that reached the step before at
 * that instant or earlier; -1: none.
 */
function sweep(reached: Reached): (until: number, link: number) => number {
  const { count, times, links, begins } = reached
  const better = (known: number, place: number) =>
    known < 0 || (times[place] ?? 0) > (times[known] ?? 0) || (begins[place] ?? 0) > (begins[known] ?? 0)
  let next = 0
  if (count <= searchedMax)
    return (until, link) => {
      while (next < count && (times[next] ?? 0) <= until) next++
      let latest = -1
      for (let place = 0; place < next; place++) if (links[place] === link && better(latest, place)) latest = place
      return latest
    }
  const latest = new Map<number, number>()
  return (until, link) => {
    for (; next < count && (times[next] ?? 0) <= until; next++) {
      const own = links[next] ?? 0
      if (better(latest.get(own) ?? -1, next)) latest.set(own, next)
    }
    return latest.get(link) ?? -1
  }
}

/**
 * Goes through the steps and keeps for each event that can stand for one the latest beginning of a sequence that ends with
 * it. Of those that reached the step before, the latest that is far enough away is the best: whatever lies between it and the
 * next step lies between the earlier ones and the next too, it is nearest in time, and its beginning is never earlier than theirs.
 * What is made answers when the latest whole sequence of a person began; minus infinity when there is none.
 */
export function compileSequence(rule: SequenceRule): (candidates: SequenceCandidates) => number {
  const withins = rule.steps.map((step) => lengthMs(step.within))
  // Instants are whole milliseconds, and a step is later than the one before.
  const afters = rule.steps.map((step) => (step.after === undefined ? 1 : spanLengthMs(step.after)))
  const within = lengthMs(rule.within)
  let [before, reached] = [noneReached(), noneReached()]

  function takeStep(step: number, events: Candidates, without: readonly Candidates[], groups: Groups): void {
    ;[before, reached] = [reached, before]
    reserve(reached, events.count)
    const latestBefore = step === 0 ? null : sweep(before)
    const [shortest, longest] = [afters[step] ?? 1, withins[step] ?? never]
    for (let i = 0; i < events.count; i++) {
      const [time, link] = [events.times[i] ?? 0, events.links[i] ?? 0]
      if (latestBefore === null) {
        add(reached, time, link, time)
        continue
      }
      const place = latestBefore(time - shortest, link)
      if (place < 0) continue
      const last = before.times[place] ?? 0
      if (time - last > longest || anyBetween(without, last, time, link, groups)) continue
      add(reached, time, link, before.begins[place] ?? 0)
    }
  }

  return ({ steps, without, noneAfter }) => {
    const groups = groupsOnce()
    for (let step = 0; step < steps.length; step++) {
      const events = steps[step]
      if (events !== undefined) takeStep(step, events, without[step] ?? [], groups)
      if (reached.count === 0) return -never
    }
    let latest = -never
    for (let i = 0; i < reached.count; i++) {
      const [time, begin] = [reached.times[i] ?? 0, reached.begins[i] ?? 0]
      if (begin <= latest || time - begin > within) continue
      if (!anyBetween(noneAfter, time, never, reached.links[i] ?? 0, groups)) latest = begin
    }
    return latest
  }
}
