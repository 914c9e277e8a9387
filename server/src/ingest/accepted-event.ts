import type { Moved } from '../identity/index.ts'
import type { Tx } from '../platform/db/postgres.ts'
import type { MessageType } from './message.ts'

/** An event as the rest of the house sees it: checked, timed, and of a known person. */
export interface AcceptedEvent {
  readonly workspaceId: number
  readonly personId: number
  /** The number that the event is stored under: the person's own, or that of somebody who was merged into it. */
  readonly storedAs: number
  readonly type: MessageType
  /** 'Product Viewed'; for the other types '$identify', '$page' … */
  readonly event: string
  readonly messageId: string
  /** ms since 1970. */
  readonly time: number
  readonly receivedAt: number
  /** Properties, or traits. */
  readonly properties: Record<string, unknown>
  readonly context: Record<string, unknown>
  readonly userId: string | null
  readonly anonymousId: string | null
}

/**
 * What another room does with a group of events, inside the intake's transaction. It must be idempotent by messageId:
 * after a crash or a client's retry the same events come again.
 */
export type EventConsumer = (tx: Tx, events: readonly AcceptedEvent[]) => Promise<void>

/** Moves a room's rows from one person to the other, inside the merge's transaction. */
export type MergeConsumer = (tx: Tx, workspaceId: number, from: number, into: number) => Promise<void>

/** What tags and segments merges are about to move, in their order. */
export type MovableMemberships = (
  tx: Tx,
  workspaceId: number,
  merges: readonly { readonly from: number; readonly into: number }[],
) => Promise<Moved['memberships'][]>

/** What a room does when a merge is undone: `person` leaves `leaves`, and takes back what `moved` names. */
export type SplitConsumer = (
  tx: Tx,
  workspaceId: number,
  split: { readonly person: number; readonly leaves: number; readonly moved: Moved },
) => Promise<void>
