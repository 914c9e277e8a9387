import { type SequenceMatch, type SequenceRule, type SpanLength, spanLengthMs } from '@chaoxi/contract'

/** An event that can stand for a step; `link` is the JSON of the property that must be the same, null where none must. */
export interface Candidate {
  readonly time: number
  readonly link: string | null
}

/** The candidates for a match; those of a step lie in the window, those of what must not be need not. */
export type Candidates = (match: SequenceMatch, place: 'step' | 'negative') => Candidate[]

interface Reached extends Candidate {
  /** When the sequence that ends here began; of several the latest. */
  readonly start: number
}

const lengthMs = (span: SpanLength | undefined) => (span === undefined ? Number.POSITIVE_INFINITY : spanLengthMs(span))
const hits = (negative: Candidate, link: string | null) => negative.link === null || negative.link === link

/**
 * Goes through the steps and keeps for each event that can stand for one the latest beginning of a sequence that ends with
 * it. Of those that reached the step before, the latest is the best: whatever lies between it and the next step lies
 * between the earlier ones and the next too, it is nearest in time, and its beginning is never earlier than theirs.
 * Answers when the latest whole sequence began, or null when there is none.
 */
export function latestBeginning(rule: SequenceRule, candidates: Candidates): number | null {
  let reached: Reached[] = []
  for (const [i, step] of rule.steps.entries()) {
    const negatives = (step.without ?? []).flatMap((match) => candidates(match, 'negative'))
    const events = candidates(step, 'step')
    reached =
      i === 0
        ? events.map((event) => ({ ...event, start: event.time }))
        : events.flatMap((event) => {
            const before = latestBefore(reached, event)
            if (before === null || event.time - before.time > lengthMs(step.within)) return []
            const broken = negatives.some((one) => one.time > before.time && one.time < event.time && hits(one, event.link))
            return broken ? [] : [{ ...event, start: before.start }]
          })
  }
  const after = (rule.noneAfter ?? []).flatMap((match) => candidates(match, 'negative'))
  let latest: number | null = null
  for (const end of reached) {
    if (latest !== null && end.start <= latest) continue
    if (end.time - end.start > lengthMs(rule.within) || after.some((one) => one.time > end.time && hits(one, end.link))) continue
    latest = end.start
  }
  return latest
}

function latestBefore(reached: readonly Reached[], event: Candidate): Reached | null {
  let best: Reached | null = null
  for (const one of reached) {
    if (one.time >= event.time || one.link !== event.link) continue
    if (best === null || one.time > best.time || (one.time === best.time && one.start > best.start)) best = one
  }
  return best
}
