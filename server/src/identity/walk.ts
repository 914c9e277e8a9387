import { decide, type Identifier, type Refusal, type Statement } from './graph.ts'
import type * as store from './store.ts'
import type { Saying } from './traits.ts'
import { keyOf, type WorkingGraph } from './working-graph.ts'

/** A message as identity sees it. Times are ms since 1970. */
export interface Subject extends Statement {
  readonly workspaceId: number
  readonly messageId: string
  readonly time: number
  /** Whether it is the first of its id. */
  readonly first: boolean
  /** What an identify says of attributes; null for anything else, and for a duplicate. */
  readonly saying: Saying | null
  /** The number under which the event is stored already, though nobody may have it yet: after a crash. */
  readonly storedAs: number | null
}

export interface DecidedMerge {
  readonly from: number
  readonly into: number
  readonly at: Date
  readonly reason: string
  readonly messageId: string
}

/** A refusal, with how often the batch had it. */
export interface RefusalNote {
  readonly personId: number
  readonly other: number
  readonly refusal: Refusal
  readonly identifier: Identifier
  readonly firstAt: number
  readonly lastAt: number
  readonly times: number
  /** How and by which message the identifier would be linked. */
  readonly via: string
  readonly messageId: string
  readonly origin: number
}

/** What a batch wants written. */
export interface Writes {
  readonly created: store.NewPerson[]
  readonly links: Map<string, store.Link>
  readonly unlinks: Map<string, Identifier & { readonly personId: number }>
  readonly merges: DecidedMerge[]
  /** `origin`: the number whose own attributes the saying changes besides those of the person. */
  readonly sayings: { personId: number; origin: number; saying: Saying; messageId: string; at: number }[]
  readonly refusals: Map<string, RefusalNote>
}

export const isEmpty = (writes: Writes) =>
  writes.created.length === 0 &&
  writes.links.size === 0 &&
  writes.unlinks.size === 0 &&
  writes.merges.length === 0 &&
  writes.sayings.length === 0 &&
  writes.refusals.size === 0

/** Whose the message is, and the number under which its event is stored. */
interface Found {
  readonly personId: number
  readonly origin: number
}

/** Decides for one workspace's subjects, in their order, on the working graph. */
export function walk(subjects: readonly Subject[], graph: WorkingGraph, nextPersonId: () => number): { found: Found[]; writes: Writes } {
  const writes: Writes = { created: [], links: new Map(), unlinks: new Map(), merges: [], sayings: [], refusals: new Map() }
  // Numbers that stored events have and no person: given to the people who are created for those events.
  const strangers = new Set(subjects.map((subject) => subject.storedAs).filter((id) => id !== null))
  const found = subjects.map((subject) => step(subject, graph, writes, strangers, nextPersonId))
  // Left over: the events belong to somebody who was there, or was created under another number.
  subjects.forEach((subject, i) => {
    const [stranger, into] = [subject.storedAs, found[i]?.personId]
    if (stranger === null || into === undefined || !strangers.delete(stranger)) return
    const at = new Date(subject.time)
    writes.created.push({ id: stranger, createdAt: at })
    graph.redirects.set(stranger, into)
    writes.merges.push({ from: stranger, into, at, reason: 'recovery', messageId: subject.messageId })
  })
  return { found, writes }
}

function step(subject: Subject, graph: WorkingGraph, writes: Writes, strangers: Set<number>, nextPersonId: () => number): Found {
  const { messageId } = subject
  const at = new Date(subject.time)
  const decision = decide(subject, graph)
  let person = decision.personId
  let origin = decision.by === null ? null : graph.origin(decision.by)
  const via = subject.byHand ? 'hand' : subject.previousId !== null ? 'alias' : (decision.by?.kind ?? 'new')
  for (const action of decision.actions) {
    if (action.kind === 'create') {
      const kept = subject.storedAs !== null && strangers.delete(subject.storedAs)
      person = kept && subject.storedAs !== null ? subject.storedAs : nextPersonId()
      origin = person
      writes.created.push({ id: person, createdAt: at })
      continue
    }
    if (person === null || origin === null) throw new Error('identity decided on actions before a person')
    if (action.kind === 'merge') {
      graph.redirects.set(action.from, person)
      if (graph.withUser.has(action.from)) graph.withUser.add(person)
      writes.merges.push({ from: action.from, into: person, at, reason: action.reason, messageId })
      continue
    }
    const key = keyOf(action.identifier)
    if (action.kind === 'link') {
      graph.owners.set(key, { personId: person, origin })
      if (action.identifier.kind === 'user_id') graph.withUser.add(person)
      writes.links.set(key, { ...action.identifier, personId: person, origin, at, via, messageId })
      writes.unlinks.delete(key)
    } else if (action.kind === 'unlink') {
      graph.owners.delete(key)
      writes.links.delete(key)
      writes.unlinks.set(key, { ...action.identifier, personId: person })
    } else if (subject.first) noteRefusal(writes, { ...action, personId: person, origin, via, messageId, at: subject.time })
  }
  if (person === null || origin === null) throw new Error('identity found no person')
  if (subject.saying !== null) writes.sayings.push({ personId: person, origin, saying: subject.saying, messageId, at: subject.time })
  return { personId: person, origin }
}

function noteRefusal(
  { refusals }: Writes,
  one: Pick<RefusalNote, 'personId' | 'other' | 'refusal' | 'identifier' | 'via' | 'messageId' | 'origin'> & { at: number },
): void {
  const key = [one.personId, one.other, one.refusal, keyOf(one.identifier)].join('\n')
  const known = refusals.get(key)
  const { personId, other, refusal, identifier, via, messageId, origin, at } = one
  refusals.set(key, {
    ...{ personId, other, refusal, identifier, via, messageId, origin },
    firstAt: Math.min(known?.firstAt ?? at, at),
    lastAt: Math.max(known?.lastAt ?? at, at),
    times: (known?.times ?? 0) + 1,
  })
}
