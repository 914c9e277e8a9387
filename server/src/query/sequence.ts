import { type SequenceMatch, type SequenceRule, type SpanLength, spanLengthMs } from '@chaoxi/contract'

/** An event that can stand for a step; `link` is the JSON of the property that must be the same, null where none must. */
export interface Candidate {
  readonly time: number
  readonly link: string | null
}

/** The candidates for a match, oldest first; those of a step lie in the window, those of what must not be need not. */
export type Candidates = (match: SequenceMatch, place: 'step' | 'negative') => Candidate[]

interface Reached extends Candidate {
  /** When the sequence that ends here began; of several the latest. */
  readonly start: number
}

const lengthMs = (span: SpanLength | undefined) => (span === undefined ? Number.POSITIVE_INFINITY : spanLengthMs(span))

/** What must not be, by link; those without one hit all. */
interface Negatives {
  /** The first after an instant that hits a link; infinity: none. */
  firstAfter(time: number, link: string | null): number
}

function negativesOf(matches: readonly SequenceMatch[] | undefined, candidates: Candidates): Negatives {
  const times = new Map<string | null, number[]>()
  for (const [link, group] of Map.groupBy(
    (matches ?? []).flatMap((match) => candidates(match, 'negative')),
    (one) => one.link,
  ))
    times.set(
      link,
      group.map((one) => one.time).sort((a, b) => a - b),
    )
  const first = (list: readonly number[] | undefined, time: number) => list?.[countUpTo(list, time)] ?? Number.POSITIVE_INFINITY
  return {
    firstAfter: (time, link) => {
      const anywhere = first(times.get(null), time)
      return link === null ? anywhere : Math.min(anywhere, first(times.get(link), time))
    },
  }
}

/** How many of the ascending times are not later. */
function countUpTo(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Goes through the steps and keeps for each event that can stand for one the latest beginning of a sequence that ends with
 * it. Of those that reached the step before, the latest is the best: whatever lies between it and the next step lies
 * between the earlier ones and the next too, it is nearest in time, and its beginning is never earlier than theirs.
 * Answers when the latest whole sequence began, or null when there is none.
 */
export function latestBeginning(rule: SequenceRule, candidates: Candidates): number | null {
  let reached: Reached[] = []
  for (const [i, step] of rule.steps.entries()) {
    const events = candidates(step, 'step')
    const negatives = negativesOf(step.without, candidates)
    if (i === 0) reached = events.map((event) => ({ ...event, start: event.time }))
    else {
      const befores = sweep(reached)
      reached = events.flatMap((event) => {
        const before = befores.latestBefore(event)
        if (before === null || event.time - before.time > lengthMs(step.within)) return []
        return negatives.firstAfter(before.time, event.link) < event.time ? [] : [{ ...event, start: before.start }]
      })
    }
  }
  const after = negativesOf(rule.noneAfter, candidates)
  let latest: number | null = null
  for (const end of reached) {
    if (latest !== null && end.start <= latest) continue
    if (end.time - end.start > lengthMs(rule.within) || after.firstAfter(end.time, end.link) < Number.POSITIVE_INFINITY) continue
    latest = end.start
  }
  return latest
}

/** Answers, for events that come oldest first, which of those that reached the step before is the latest with the same link. */
function sweep(reached: readonly Reached[]): { latestBefore(event: Candidate): Reached | null } {
  const latest = new Map<string | null, Reached>()
  let next = 0
  return {
    latestBefore(event) {
      for (let one = reached[next]; one !== undefined && one.time < event.time; one = reached[++next]) {
        const known = latest.get(one.link)
        if (known === undefined || one.time > known.time || one.start > known.start) latest.set(one.link, one)
      }
      return latest.get(event.link) ?? null
    },
  }
}
