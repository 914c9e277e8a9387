import { type Bits, emptyBits, hasBit, setBit } from '../platform/bits.ts'
import type { Tx } from '../platform/db/postgres.ts'
import { bytesFor, type Changes } from './changes.ts'
import { columnOf, type Judgement, unchecked } from './diff.ts'
import { findRows, type Rows } from './membership-store.ts'
import { findSlots, type Slot, shareSlots } from './slot-store.ts'
import { findDefinitions } from './store.ts'

// Merges and their undoing: what a person is in goes along, and nobody's listener hears of it.

export interface Merge {
  readonly from: number
  readonly into: number
}

/** What a merge took along, as it stands in the merge's history. */
export interface Carried {
  readonly kind: string
  readonly key: string
  readonly value: string
  /** Whether the one who is left had it without the merge too. */
  readonly shared: boolean
}

/** One person's slots out of rows of some. */
function slotsOf(rows: Rows, person: number, slots: readonly Slot[]): Slot[] {
  const place = rows.people.indexOf(person)
  return slots.filter(({ slot }) => {
    const byte = slot >> 3 < rows.width ? (rows.held[place * rows.width + (slot >> 3)] ?? 0) : 0
    return ((byte >> (slot & 7)) & 1) === 1
  })
}

const sorted = (people: Iterable<number>) => [...new Set(people)].sort((a, b) => a - b)
const named = (one: { kind: string; key: string }) => `${one.kind}:${one.key}`

/** What the merges are about to take along, in their order. */
export async function movable(tx: Tx, workspaceId: number, merges: readonly Merge[]): Promise<Carried[][]> {
  const slots = await findSlots(tx, workspaceId)
  const rows = await findRows(tx, workspaceId, sorted(merges.flatMap(({ from, into }) => [from, into])), bytesFor(slots))
  return merges.map(({ from, into }) => {
    const kept = new Set(slotsOf(rows, into, slots.inUse).map(named))
    return slotsOf(rows, from, slots.inUse).map(({ kind, key, value }) => ({ kind, key, value, shared: kept.has(named({ kind, key })) }))
  })
}

/** Two people beside each other, each with the slots that they are to have or lose; nothing else of them changes. */
function judgement(people: readonly number[], moves: readonly { person: number; slot: number; held: boolean }[]): Judgement {
  const columns = new Map<number, { slot: number; held: Bits; asked: Bits }>()
  for (const { person, slot, held } of moves) {
    const column = columns.get(slot) ?? { slot, held: emptyBits(people.length), asked: emptyBits(people.length) }
    columns.set(slot, column)
    const place = people.indexOf(person)
    setBit(column.asked, place)
    if (held) setBit(column.held, place)
  }
  return { ...unchecked(people.length), people, columns: [...columns.values()] }
}

/** What somebody with these slots does not take from another: what they have, and another value of a tag of which nobody has two. */
async function keptBy(tx: Tx, workspaceId: number, own: readonly Slot[]): Promise<(slot: Slot) => boolean> {
  const several = new Set((await findDefinitions(tx, workspaceId)).filter((one) => one.several).map(named))
  const names = new Set(own.map(named))
  const held = new Set(own.map(({ slot }) => slot))
  return (slot) => held.has(slot.slot) || (names.has(named(slot)) && !several.has(named(slot)))
}

/** Gives a merged person's memberships to the one that lives on, who keeps their own value of a tag. */
export async function carryOver(tx: Tx, changes: Changes, workspaceId: number, { from, into }: Merge, at: number): Promise<void> {
  await shareSlots(tx, workspaceId)
  const slots = await findSlots(tx, workspaceId)
  const people = sorted([from, into])
  const rows = await findRows(tx, workspaceId, people, bytesFor(slots))
  const kept = await keptBy(tx, workspaceId, slotsOf(rows, into, slots.inUse))
  const gone = slotsOf(rows, from, slots.inUse)
  const moves = [
    ...gone.map(({ slot }) => ({ person: from, slot, held: false })),
    ...gone.filter((slot) => !kept(slot)).map(({ slot }) => ({ person: into, slot, held: true })),
  ]
  const whole = emptyBits(people.length)
  // Nobody by the old number is to be looked at any more.
  setBit(whole, people.indexOf(from))
  await changes.write(tx, workspaceId, { ...judgement(people, moves), whole }, { at, reason: 'merge', silent: true })
}

/** The same of those who have a row yet: by merged person whom it lives on in. */
export async function carriedOver(
  tx: Tx,
  changes: Changes,
  workspaceId: number,
  redirects: ReadonlyMap<number, number>,
  at: number,
): Promise<void> {
  if (redirects.size === 0) return
  const slots = await findSlots(tx, workspaceId)
  const rows = await findRows(tx, workspaceId, sorted(redirects.keys()), bytesFor(slots))
  const any = slots.inUse.reduce(
    (all, { slot }) => columnOf(rows, slot).map((word, i) => word | (all[i] ?? 0)),
    emptyBits(rows.people.length),
  )
  for (const [place, from] of rows.people.entries()) {
    const into = redirects.get(from)
    if (into !== undefined && (hasBit(any, place) || Number.isFinite(rows.due[place])))
      await carryOver(tx, changes, workspaceId, { from, into }, at)
  }
}

/** Undoes `carryOver`: `into` has again what it brought; what was put in by hand and was not the other's too leaves `from`. */
export async function giveBack(
  tx: Tx,
  changes: Changes,
  workspaceId: number,
  { from, into }: Merge,
  carried: readonly Carried[],
  at: number,
): Promise<void> {
  await shareSlots(tx, workspaceId)
  const slots = await findSlots(tx, workspaceId)
  const definitions = new Map((await findDefinitions(tx, workspaceId)).map((one) => [named(one), one]))
  const people = sorted([from, into])
  const rows = await findRows(tx, workspaceId, people, bytesFor(slots))
  const kept = await keptBy(tx, workspaceId, slotsOf(rows, into, slots.inUse))
  const moves = carried.flatMap((one) => {
    // Of an archived definition, or a value that is no more, there is nothing to have.
    const found = slots.inUse.find((slot) => slot.kind === one.kind && slot.key === one.key && slot.value === one.value)
    if (found === undefined) return []
    const { slot } = found
    const isStatic = definitions.get(named(one))?.mode === 'static'
    return [
      ...(kept(found) ? [] : [{ person: into, slot, held: true }]),
      ...(isStatic && !one.shared ? [{ person: from, slot, held: false }] : []),
    ]
  })
  await changes.write(tx, workspaceId, judgement(people, moves), { at, reason: 'merge', silent: true })
}
