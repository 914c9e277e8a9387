import assert from 'node:assert/strict'
import { type Bits, bothOf, emptyBits, forEachPlace, setBit } from '../platform/bits.ts'
import type { Tx } from '../platform/db/postgres.ts'
import { memberName } from '../query/index.ts'
import { type Difference, difference, type Judgement, judgementOf } from './diff.ts'
import { findRows, writeRows } from './membership-store.ts'
import type { Move } from './move.ts'
import { insertOutbox } from './outbox-store.ts'
import { findSlots, type Slot, type Slots, shareSlots } from './slot-store.ts'
import type { ChangeListener, ChangeReason } from './types.ts'

/** What a change is written with besides what is to be so. */
export interface Writing {
  /** Milliseconds. */
  readonly at: number
  /** Why people came and went: one reason for all, or each person's. */
  readonly reason: ChangeReason | ((personId: number) => ChangeReason)
  /** Nobody but the outbox hears of it. */
  readonly silent?: boolean
}

/** Writes memberships and tells everyone who must know, in one transaction. */
export interface Changes {
  listen(listener: ChangeListener): void
  /** Makes it so. Answers what really moved: what was so already is nobody's news. */
  write(tx: Tx, workspaceId: number, judgement: Judgement, writing: Writing): Promise<Move[]>
  /** What `write` would find to do. */
  compare(tx: Tx, workspaceId: number, judgement: Judgement): Promise<Move[]>
}

/** Others write few of the same people meanwhile, and each time somebody has come further. */
const triesMax = 20

export const bytesFor = (slots: Slots): number => ((slots.inUse.at(-1)?.slot ?? 0) >> 3) + 1

export const countOf = (moves: readonly Move[]): number => moves.reduce((sum, move) => sum + move.people.length, 0)

export function createChanges(): Changes {
  const listeners: ChangeListener[] = []

  const find = async (tx: Tx, workspaceId: number, judgement: Judgement, slots: Slots) =>
    difference(await findRows(tx, workspaceId, judgement.people, bytesFor(slots)), judgement, slots.retired)

  return {
    listen: (listener) => listeners.push(listener),
    async write(tx, workspaceId, judgement, writing) {
      await shareSlots(tx, workspaceId)
      const slots = await findSlots(tx, workspaceId)
      const moves: Move[] = []
      // Between reading and writing somebody else may have written the same row (an import, a merge): that one is read again.
      let open = judgement
      for (let tries = 0; open.people.length > 0; tries++) {
        assert(tries < triesMax, 'the same memberships were written by others again and again')
        const found = await find(tx, workspaceId, open, slots)
        const lost = await writeRows(tx, workspaceId, found.rows, found.changed)
        const places = open.people.flatMap((person, place) => (lost.has(person) ? [place] : []))
        moves.push(...movesOf(found, slots.inUse, writing, places))
        open = judgementOf(open, places)
      }
      // Who goes from one value of a tag to another leaves before entering.
      const told = [...moves.filter((move) => !move.entered), ...moves.filter((move) => move.entered)]
      await insertOutbox(tx, workspaceId, told)
      const valued = new Set(slots.inUse.filter((slot) => slot.value !== '').map((slot) => memberName(slot.kind, slot.key)))
      // Whoever comes to the first of a tag's values comes to the tag too: histories and sizes count that, a listener hears of the value.
      const heard = told.filter((move) => move.value !== '' || !valued.has(memberName(move.kind, move.key)))
      if (!writing.silent && heard.length > 0) for (const listener of listeners) await listener(tx, workspaceId, heard)
      return heard
    },
    async compare(tx, workspaceId, judgement) {
      const slots = await findSlots(tx, workspaceId)
      return movesOf(await find(tx, workspaceId, judgement, slots), slots.inUse, { at: 0, reason: 'repair' }, [])
    },
  }
}

/** One for each slot, direction and reason; without the people at the `lost` places. */
function movesOf({ rows, moved }: Difference, slots: readonly Slot[], { at, reason }: Writing, lost: readonly number[]): Move[] {
  const slotOf = new Map(slots.map((slot) => [slot.slot, slot]))
  const kept = keptOf(rows.people.length, lost)
  const moves: Move[] = []
  for (const { slot, entered, left } of moved) {
    const name = slotOf.get(slot)
    assert(name, 'a membership has a slot that is in use')
    const { kind, key, value } = name
    for (const [bits, isEntry] of [[left, false] as const, [entered, true] as const]) {
      const people: number[] = []
      forEachPlace(kept === null ? bits : bothOf(bits, kept), (place) => people.push(rows.people[place] ?? 0))
      const groups = typeof reason === 'function' ? Map.groupBy(people, reason) : new Map([[reason, people]])
      for (const [why, some] of groups)
        if (some.length > 0) moves.push({ kind, key, value, entered: isEntry, at, reason: why, people: some })
    }
  }
  return moves
}

function keptOf(count: number, lost: readonly number[]): Bits | null {
  if (lost.length === 0) return null
  const gone = emptyBits(count)
  for (const place of lost) setBit(gone, place)
  return gone.map((word) => ~word)
}
