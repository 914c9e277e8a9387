import type { OfferedCoupon } from '../../benefits/index.ts'
import { type Attributes, applySaying, noAttributes, type Saying, traitOperations } from '../../identity/index.ts'
import type { Answer, Deed } from '../core/deed.ts'
import type { Run } from '../core/run.ts'
import { sampleAnswers } from '../core/webhook.ts'
import type { Actor } from './actor.ts'

/** The rest of the shop: what nodes do besides sending, and what people are. */
export interface Shop {
  /** Before anything of a person is played. */
  meet(actor: Actor): void
  /** Rows of the person's sayings are played. */
  said(actor: Actor, from: number, to: number): void
  attributesOf(actor: Actor): Readonly<Record<string, unknown>>
  does(actor: Actor, run: Run, deed: Exclude<Deed, { kind: 'withdraw' }>, now: number): Answer
  /** Pieces given, by coupon. */
  readonly given: ReadonlyMap<string, number>
}

const prefix = '$profile_'

/** What an event of the intake says of a person's attributes. */
export function sayingOf(event: string, traits: Readonly<Record<string, unknown>>): Saying {
  const named = event.startsWith(prefix) ? event.slice(prefix.length) : 'set'
  return { operation: traitOperations.find((one) => one === named) ?? 'set', traits }
}

/** The events that say what people are. */
export const sayingEvents: readonly string[] = ['$identify', ...traitOperations.filter((one) => one !== 'set').map((one) => prefix + one)]

export function createShop(coupons: ReadonlyMap<string, OfferedCoupon>): Shop {
  const given = new Map<string, number>()
  const had = new Map<string, number>()

  const past = new Map([...coupons].map(([key, { claims }]) => [key, createPast(claims)]))

  function grant(actor: Actor, key: string, now: number): Answer {
    const coupon = coupons.get(key)
    if (coupon === undefined) return { ok: false, reason: 'missing' }
    if (!coupon.active) return { ok: false, reason: 'archived' }
    const own = `${key} ${actor.id}`
    const [taken, mine] = [given.get(key) ?? 0, had.get(own) ?? 0]
    const claimed = past.get(key)?.until(now)
    if ((claimed?.all ?? 0) + taken >= coupon.stock) return { ok: false, reason: 'out_of_stock' }
    if ((claimed?.of(actor.id) ?? 0) + mine >= coupon.perPersonMax) return { ok: false, reason: 'limit' }
    given.set(key, taken + 1)
    had.set(own, mine + 1)
    return { ok: true, coupon: coupon.texts }
  }

  function say(actor: Actor, event: string, traits: Readonly<Record<string, unknown>>, at: number): void {
    actor.attributes = applySaying(actor.attributes ?? noAttributes, sayingOf(event, traits), { at, messageId: '' })
  }

  return {
    given,
    meet(actor) {
      const { piece, place } = actor
      const { sayings } = piece
      const [from, to] = [sayings.starts[place] ?? 0, sayings.starts[place + 1] ?? 0]
      if (to === from) return
      // What was said in no event that is kept is taken to have been so from the beginning.
      const spoken = new Set<string>()
      for (let row = from; row < to; row++) for (const name of Object.keys(sayings.properties(row))) spoken.add(name)
      const values = Object.fromEntries(Object.entries(piece.attributesOf(place)).filter(([name]) => !spoken.has(name)))
      const first: Attributes = { ...noAttributes, values }
      actor.attributes = first
      piece.lens.setAttributes(place, values)
    },
    said(actor, from, to) {
      const { sayings } = actor.piece
      for (let row = from; row < to; row++) say(actor, sayings.name(row), sayings.properties(row), sayings.times[row] ?? 0)
      if (actor.attributes !== null) actor.piece.lens.setAttributes(actor.place, actor.attributes.values)
    },
    attributesOf: (actor) => actor.attributes?.values ?? actor.piece.attributesOf(actor.place),
    does(actor, _run, deed, now) {
      switch (deed.kind) {
        case 'grant':
          return grant(actor, deed.coupon, now)
        case 'tag':
          actor.piece.lens.setMember(actor.place, 'tag', deed.tag, '', deed.change === 'give')
          return { ok: true }
        case 'attribute':
          actor.attributes ??= { ...noAttributes, values: actor.piece.attributesOf(actor.place) }
          say(actor, '$identify', { [deed.attribute]: deed.value }, now)
          actor.piece.lens.setAttributes(actor.place, actor.attributes.values)
          return { ok: true }
        // Nobody outside is asked: it is taken to have answered well, as the node's samples say.
        case 'webhook':
          return { ok: true, heeded: sampleAnswers(deed.answers), tries: 1 }
        // What other journeys make of it is not played.
        case 'start':
        case 'stop':
          return { ok: true }
      }
    },
  }
}

/** Claims that were made in truth, counted up to instants that never go back. */
function createPast(claims: OfferedCoupon['claims']) {
  let next = 0
  const had = new Map<number, number>()
  return {
    until(now: number) {
      for (; (claims[next]?.at ?? Number.POSITIVE_INFINITY) <= now; next++) {
        const person = claims[next]?.personId ?? 0
        had.set(person, (had.get(person) ?? 0) + 1)
      }
      return { all: next, of: (person: number) => had.get(person) ?? 0 }
    },
  }
}
