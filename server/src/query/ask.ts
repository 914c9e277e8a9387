import { setImmediate } from 'node:timers/promises'
import { hasBit, putBits, setBit } from '../platform/bits.ts'
import type { Answers } from './answers.ts'
import { compileSlabProgram, type Plan, type SlabProgram } from './combine-slab.ts'
import { createDictionaries } from './dictionary.ts'
import { testLeaf } from './leaf-test.ts'
import { needsOf } from './needs.ts'
import { createFactsReader, type FactSources, factsOf, peopleOf } from './people-facts.ts'
import { oneAhead, type PieceLimits, piecesOf } from './pieces.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'
import { never, type Said, slabMax } from './slab.ts'
import { zoneOf } from './zone.ts'

/** Between the answers for people others get their turn. */
const turnMs = 15

export interface AskedPeople {
  readonly workspaceId: number
  readonly rules: readonly ResolvedRule[]
  /** Ascending. */
  readonly people: readonly number[]
  /** They are all the living of their range of numbers. */
  readonly dense: boolean
  readonly now: number
  readonly timeZone: string
  /** Which rules each is asked; all where nothing is said. */
  readonly asked?: ReadonlyMap<number, readonly number[]> | undefined
}

/** Who lives of some neighbours among the people, by ascending number, and who takes what is said of them. */
export interface PieceTaker {
  /** Of the people at `places` in `living`, at most a slab; what is said of the rules may be read until it returns. */
  take(places: Uint32Array, rules: readonly number[], saidOf: (rule: number) => Said): void
}

interface Takers {
  piece(living: readonly number[]): PieceTaker
  /** One who has too much to be read: whether alive is not known. */
  tooLarge(person: number): Promise<void>
}

/** Reads what the rules need of the people and asks them, a slab after the other; the next are read meanwhile. */
export async function askPeople(sources: FactSources, limits: PieceLimits, input: AskedPeople, takers: Takers): Promise<void> {
  const { workspaceId, rules, now, people, dense } = input
  const moment = { now, zone: zoneOf(input.timeZone) }
  const leaves = [...distinctLeaves(rules).values()]
  const program = compileSlabProgram(
    rules,
    leaves.map((leaf) => testLeaf(leaf, moment)),
  )
  const needs = needsOf(leaves, moment)
  const groups = createGroups(program, input)
  const dictionaries = createDictionaries()
  const reader = createFactsReader(sources)
  for await (const piece of oneAhead(piecesOf(reader, { workspaceId, needs, people, dense }, limits))) {
    if ('tooLarge' in piece) {
      await takers.tooLarge(piece.tooLarge)
      continue
    }
    dictionaries.tidy()
    const living = peopleOf(piece.rows)
    const { order, ranges } = groups.arrange(living)
    const facts = factsOf(piece.rows, { workspaceId, needs, people: piece.whom }, order, dictionaries)
    const taker = takers.piece(living)
    let since = performance.now()
    for (const { group, first, last } of ranges)
      for (let from = first; from < last; from += slabMax) {
        const to = Math.min(from + slabMax, last)
        program.run(group.plan, facts, from, to)
        taker.take(order.subarray(from, to), group.rules, program.saidOf)
        if (performance.now() - since < turnMs) continue
        await setImmediate()
        since = performance.now()
      }
  }
}

/** People who are asked the same rules. */
interface Group {
  readonly rules: readonly number[]
  readonly plan: Plan
}

interface Arranged {
  /** The places of the living, those of a group together. */
  readonly order: Uint32Array
  readonly ranges: readonly { readonly group: Group; readonly first: number; readonly last: number }[]
}

function createGroups(program: SlabProgram, { rules, asked }: AskedPeople): { arrange(living: readonly number[]): Arranged } {
  const all = rules.map((_, place) => place)
  const known = new Map<readonly number[], Group>()
  const groupOf = (list: readonly number[]) => {
    const group = known.get(list) ?? { rules: list, plan: program.planOf(list) }
    known.set(list, group)
    return group
  }
  return {
    arrange(living) {
      const places = Uint32Array.from(living, (_, place) => place)
      if (asked === undefined) return { order: places, ranges: [{ group: groupOf(all), first: 0, last: living.length }] }
      const ranges: { group: Group; first: number; last: number }[] = []
      let at = 0
      const order = new Uint32Array(living.length)
      for (const [list, own] of Map.groupBy(places, (place) => asked.get(living[place] ?? 0) ?? all)) {
        order.set(own, at)
        ranges.push({ group: groupOf(list), first: at, last: at + own.length })
        at += own.length
      }
      return { order, ranges }
    },
  }
}

/** Writes what is said of a slab's people into the answers for a piece. */
export function note({ held, due }: Answers, places: Uint32Array, rules: readonly number[], saidOf: (rule: number) => Said): void {
  const first = places[0] ?? 0
  const together = (places[places.length - 1] ?? 0) - first + 1 === places.length
  const soonest = new Float64Array(places.length).fill(never)
  for (const rule of rules) {
    const [said, bits] = [saidOf(rule), held[rule]]
    if (bits === undefined) continue
    if (together) putBits(bits, first, said.held, places.length)
    else for (let i = 0; i < places.length; i++) if (hasBit(said.held, i)) setBit(bits, places[i] ?? 0)
    if (said.turning) earliest(soonest, said.next, places.length)
  }
  for (let i = 0; i < places.length; i++) due[places[i] ?? 0] = soonest[i] ?? never
}

function earliest(soonest: Float64Array, next: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const at = next[i] ?? never
    if (at < (soonest[i] ?? never)) soonest[i] = at
  }
}
