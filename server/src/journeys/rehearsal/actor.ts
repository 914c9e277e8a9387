import type { Attributes } from '../../identity/index.ts'
import type { ReplayPiece } from '../../query/index.ts'
import type { Absence } from '../core/absence.ts'
import type { MessageFates } from '../core/messages.ts'
import type { Heard, Run } from '../core/run.ts'
import type { ComingAnswer } from './colleagues.ts'
import type { HeldMessage } from './post.ts'

/** One person of the recorded history, on the way through the journey. */
export interface Actor {
  readonly id: number
  readonly piece: ReplayPiece
  readonly place: number
  /** Runs that are not over, oldest first. */
  runs: Run[]
  /** Those that are, where a search for a winner may count them. */
  over: Run[]
  /** Entries so far. */
  entries: { readonly key: string; readonly at: number }[]
  /** What was heard and not taken yet. */
  inbox: Heard[]
  absences: Absence[]
  /** Rows of the piece that come next. */
  nextEvent: number
  nextSaying: number
  nextTurn: number
  /** Which of the watched memberships hold; null until the person is known. */
  held: boolean[] | null
  /** When one of them may turn by time alone. */
  watchAt: number
  /** As far as they were said; null where nobody asks. */
  attributes: Attributes | null
  messages: HeldMessage[]
  /** What colleagues will answer. */
  answers: ComingAnswer[]
  /** What became of messages that the journey asks about. */
  fates: MessageFates
  /** When marketing went to the person in the rehearsal. */
  sent: number[]
  /** When it is the person's turn next, as the agenda knows it. */
  at: number
}

export function createActor(piece: ReplayPiece, place: number): Actor {
  return {
    id: piece.people[place] ?? 0,
    piece,
    place,
    runs: none,
    over: none,
    entries: none,
    inbox: none,
    absences: none,
    nextEvent: piece.events.starts[place] ?? 0,
    nextSaying: piece.sayings.starts[place] ?? 0,
    nextTurn: 0,
    held: null,
    watchAt: Number.POSITIVE_INFINITY,
    attributes: null,
    messages: none,
    answers: none,
    fates: noFates,
    sent: none,
    at: Number.POSITIVE_INFINITY,
  }
}

/** Shared by all to whom nothing has happened: lists are replaced, not filled. */
const none: never[] = []
const noFates: MessageFates = new Map()

/** The next instant at which there is something to do. */
export function nextOf(actor: Actor): number {
  const { piece, place } = actor
  let at = actor.watchAt
  const earlier = (other: number | null | undefined) => {
    if (other !== null && other !== undefined && other < at) at = other
  }
  if (actor.nextEvent < (piece.events.starts[place + 1] ?? 0)) earlier(piece.events.times[actor.nextEvent])
  if (actor.nextSaying < (piece.sayings.starts[place + 1] ?? 0)) earlier(piece.sayings.times[actor.nextSaying])
  earlier(piece.turns.get(place)?.[actor.nextTurn]?.at)
  for (const run of actor.runs) earlier(run.wakeAt)
  for (const absence of actor.absences) earlier(absence.dueAt)
  for (const message of actor.messages) earlier(message.due)
  for (const answer of actor.answers) earlier(answer.at)
  return at
}
