import assert from 'node:assert/strict'
import { addBits, type Bits, bitsAt, emptyBits, fullBits, setBit } from '../platform/bits.ts'
import type { Tx } from '../platform/db/postgres.ts'
import { type Answers, memberName, type Query } from '../query/index.ts'
import { type Compiled, type Part, partsOf } from './compiled.ts'
import { type Column, type Judgement, unchecked } from './diff.ts'
import type { Outbox } from './outbox.ts'
import { findSlots, type Slot } from './slot-store.ts'

export interface Asked {
  readonly workspaceId: number
  /** By person the definitions that are asked; people with the same ones share a list. */
  readonly concerns: ReadonlyMap<number, readonly Compiled[]>
  /** Of whom all definitions are asked, so that what is found of their next checks is all there is. */
  readonly whole?: ReadonlySet<number>
  /** Milliseconds. */
  readonly now: number
  readonly timeZone: string
}

/** What the rules say of people by list. Whoever does not live is in nothing. The caller holds the workspace's lock. */
export type Judge = (tx: Tx, asked: Asked) => Promise<Judgement>

/** Everyone is asked the same. */
export const sameConcerns = (people: readonly number[], compiled: readonly Compiled[]) =>
  new Map(people.map((person) => [person, compiled] as const))

export const readsMembers = (compiled: readonly Compiled[]) => compiled.some((one) => one.mentions.members.size > 0)

export function createJudge({ query, outbox }: { query: Query; outbox: Outbox }): Judge {
  return async (tx, { workspaceId, concerns, whole, now, timeZone }) => {
    const lists = [...new Set(concerns.values())]
    const compiled = [...new Set(lists.flat())]
    const people = [...concerns.keys()].sort((a, b) => a - b)
    const wholeBits = emptyBits(people.length)
    for (const [place, person] of people.entries()) if (whole?.has(person)) setBit(wholeBits, place)
    if (compiled.length === 0 || people.length === 0) return { ...unchecked(people.length), people, columns: [], whole: wholeBits }
    const parts = partsOf(compiled)
    const places = new Map(lists.map((some) => [some, placesOf(some, parts)]))
    // Stored memberships that rules read are read in ClickHouse.
    if (readsMembers(compiled)) await outbox.flushAll()
    const answers = await query.ask({
      ...{ workspaceId, people, now, timeZone },
      rules: parts.map((part) => part.rule),
      ...(lists.length === 1 ? {} : { asked: new Map(people.map((person) => [person, places.get(concerns.get(person) ?? []) ?? []])) }),
    })
    const columns = columnsOf(compiled, parts, await findSlots(tx, workspaceId).then((slots) => slots.inUse))
    const asked = lists.length === 1 ? () => null : askedOf(people, concerns, lists)
    return judgementFrom({ people, answers, columns, asked, whole: wholeBits })
  }
}

function placesOf(some: readonly Compiled[], parts: readonly Part[]): number[] {
  const wanted = new Set(some.flatMap((one) => one.parts))
  return parts.flatMap((part, i) => (wanted.has(part) ? [i] : []))
}

/** People who are asked a definition, where not all are. */
function askedOf(people: readonly number[], concerns: Asked['concerns'], lists: readonly (readonly Compiled[])[]) {
  const members = new Map(lists.map((list) => [list, emptyBits(people.length)]))
  for (const [place, person] of people.entries()) {
    const bits = members.get(concerns.get(person) ?? [])
    if (bits) setBit(bits, place)
  }
  const known = new Map<Compiled, Bits>()
  return (one: Compiled): Bits => {
    const found = known.get(one) ?? emptyBits(people.length)
    if (!known.has(one)) for (const [list, bits] of members) if (list.includes(one)) addBits(found, bits)
    known.set(one, found)
    return found
  }
}

/** A slot with the part that says who is in it: none where the tag has this value no more, so everyone leaves it. */
export interface Target {
  readonly of: Compiled
  readonly slot: number
  /** Its place among the parts. */
  readonly part: number | null
}

export function columnsOf(compiled: readonly Compiled[], parts: readonly Part[], slots: readonly Slot[]): Target[] {
  const named = (one: { kind: string; key: string; value: string }) => JSON.stringify([one.kind, one.key, one.value])
  const places = new Map(parts.map((part, i) => [named(part), i]))
  const owners = new Map(compiled.map((one) => [memberName(one.definition.kind, one.definition.key), one]))
  const targets = slots.flatMap((slot): Target[] => {
    const of = owners.get(memberName(slot.kind, slot.key))
    return of === undefined ? [] : [{ of, slot: slot.slot, part: places.get(named(slot)) ?? null }]
  })
  assert.equal(targets.filter(({ part }) => part !== null).length, parts.length, 'every rule has a slot')
  return targets
}

/** The answers, of all `people`: among them are those who were answered for. */
export function judgementFrom({
  people,
  answers,
  columns,
  asked,
  whole,
}: {
  people: readonly number[]
  answers: Answers
  columns: readonly Target[]
  asked: (one: Compiled) => Bits | null
  whole: Bits
}): Judgement {
  const same = people.length === answers.people.length
  const places = same ? [] : placesAmong(people, answers.people)
  const none = emptyBits(people.length)
  const heldBy = (part: number | null): Bits => {
    const bits = part === null ? undefined : answers.held[part]
    return bits === undefined ? none : same ? bits : bitsAt(bits, places)
  }
  return {
    people,
    columns: columns.map(({ of, slot, part }): Column => ({ slot, held: heldBy(part), asked: asked(of) })),
    // Answers turn at whole milliseconds at the earliest.
    due: Float64Array.from(people, (_, i) => Math.ceil(answers.due[same ? i : (places[i] ?? -1)] ?? Number.POSITIVE_INFINITY)),
    whole,
  }
}

/** Where each of the people stands among some of them; beyond the last where they do not. */
function placesAmong(people: readonly number[], some: readonly number[]): number[] {
  const places = new Map(some.map((person, place) => [person, place]))
  return people.map((person) => places.get(person) ?? some.length + 32)
}

export const everyoneWhole = (judgement: Judgement): Judgement => ({ ...judgement, whole: fullBits(judgement.people.length) })
