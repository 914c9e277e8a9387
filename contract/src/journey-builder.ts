import type { z } from 'zod'
import { AppError } from './errors.ts'
import { type JourneyDefinition, journeyDefinitionSchema, type NodeKind, type nodeSchema } from './journey.ts'
import { type JourneyFile, journeyFileProblems } from './journey-file.ts'
import type { Duration, EventMatch } from './journey-terms.ts'
import type { Rule } from './rule.ts'

// Journeys in code, for those who prefer it: the same JSON as the canvas draws. A path goes on from step to step; where people part, each
// way is a function of its own path, and what a way leaves open joins the step that follows. Only a journey of which every way
// ends can be built; steps without an id are named as the canvas does.

type Definition = z.input<typeof journeyDefinitionSchema>
type NodeInput = z.input<typeof nodeSchema>
type Of<K extends NodeKind> = Extract<NodeInput, { kind: K }>
/** Ways besides `next`. */
type Side = 'onTimeout' | 'onFailure' | 'otherwise'
/** A way that may be left out. */
type MaybeSide = 'held'
type Fields<K extends NodeKind> = Omit<Of<K>, 'id' | 'kind' | 'place' | 'next' | Side | MaybeSide>
type More<K extends NodeKind, Given extends PropertyKey = never> = Omit<Fields<K>, Given>

/** Says nothing of names, or the compiler would take them from here instead of from what a way draws. */
interface AnyPart {
  readonly ends: boolean
  readonly drawing: Drawing
}
/** `Ids` are the names of the steps drawn so far. */
interface Part<Ids extends string, Ends extends boolean> extends AnyPart {
  readonly ids?: Ids
  readonly ends: Ends
}
type Way<Ids extends string> = (path: Path<Ids>) => AnyPart
type Ways<K extends NodeKind, Ids extends string> = Readonly<Record<Side & keyof Of<K>, Way<Ids>>> & { readonly next?: Way<Ids> }

type Results<W> = { [F in keyof W]: W[F] extends (path: never) => infer R ? R : never }[keyof W]
type IdsOf<R> = R extends Part<infer Ids, boolean> ? Ids : never
type EndsOf<R> = R extends Part<string, infer Ends> ? Ends : never
type Joined<Ids extends string, R, Open = never> = false extends EndsOf<R> | Open ? Path<Ids | IdsOf<R>> : Ended<Ids | IdsOf<R>>
type After<Ids extends string, W> = Joined<Ids, Results<W>, 'next' extends keyof W ? never : false>
/** A name that no other step has. */
type Fresh<Id extends string, Ids extends string> = { readonly id?: Id & (Id extends Ids ? never : Id) }

interface Drawn {
  readonly id?: string
  readonly kind: NodeKind
  readonly fields: object
}
/** A way out; of nobody: the entrance. */
interface Opening {
  readonly from: Drawn | null
  readonly field: string
}
interface Drawing {
  readonly facts: { readonly key: string; readonly name: string; readonly description: string }
  readonly settings: Omit<Definition, 'start' | 'nodes'>
  readonly nodes: readonly Drawn[]
  readonly links: readonly (Opening & { readonly to: Drawn | string })[]
  readonly open: readonly Opening[]
}

interface SplitInput<Ids extends string> {
  readonly id: string
  readonly share: number
  readonly name?: string
  readonly control?: boolean
  readonly way: Way<Ids>
}
interface OutcomeInput<Ids extends string> {
  readonly id: string
  readonly name?: string
  readonly way: Way<Ids>
}
interface BranchInput<Ids extends string> {
  readonly id: string
  readonly name?: string
  readonly rule: Rule
  readonly triggerFilters?: EventMatch['filters']
  readonly way: Way<Ids>
}
type ResultsOf<W extends readonly { readonly way: Way<never> }[]> = ReturnType<W[number]['way']>

type Settings = Omit<Definition, 'trigger' | 'start' | 'nodes' | 'notes'>

export function journey(key: string, { name = key, description = '' }: { name?: string; description?: string } = {}) {
  return {
    /** What brings people in, and what holds for the whole journey: re-entry, limits, exits, goal. */
    on: (trigger: Definition['trigger'], settings: Settings = {}): Path<never> =>
      new Path({
        facts: { key, name, description },
        settings: { ...settings, trigger },
        nodes: [],
        links: [],
        open: [{ from: null, field: 'start' }],
      }),
  }
}

/** A way that goes on. */
class Path<Ids extends string> implements Part<Ids, false> {
  readonly ids?: Ids
  readonly ends = false
  readonly drawing: Drawing
  constructor(drawing: Drawing) {
    this.drawing = drawing
  }

  /** A step of any kind that has the way out `next`: its fields, and a path for each other way out. */
  step<K extends NodeKind, const W extends Ways<K, Ids>, Id extends string = never>(
    kind: K,
    fields: Fields<K> & Fresh<Id, Ids>,
    ways: W,
  ): After<Ids | Id, W> {
    return stepped(this.drawing, kind, fields, { next: same, ...ways })
  }

  send<Id extends string = never>(fields: Fields<'send'> & Fresh<Id, Ids>): Path<Ids | Id> {
    return stepped(this.drawing, 'send', fields, { next: same })
  }
  wait<Id extends string = never>(duration: Duration, more: More<'wait', 'duration'> & Fresh<Id, Ids> = {}): Path<Ids | Id> {
    return stepped(this.drawing, 'wait', { ...more, duration }, { next: same })
  }
  /** Until a clock time or a weekday window. */
  waitUntil<Id extends string = never>(
    until: Exclude<Of<'wait_until'>['until'], { kind: 'date' }>,
    more: More<'wait_until', 'until'> & Fresh<Id, Ids> = {},
  ): Path<Ids | Id> {
    return stepped(this.drawing, 'wait_until', { ...more, until }, { next: same })
  }
  /** Until a date of the customer; `otherwise` is the way of those who have none ahead. */
  waitUntilDate<const W extends { readonly otherwise: Way<Ids>; readonly next?: Way<Ids> }, Id extends string = never>(
    date: Omit<Extract<Of<'wait_until'>['until'], { kind: 'date' }>, 'kind' | 'otherwise'>,
    ways: W,
    more: More<'wait_until', 'until'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    const { otherwise, next = same } = ways
    return stepped(this.drawing, 'wait_until', { ...more, until: { kind: 'date', ...date } }, { next, 'until.otherwise': otherwise })
  }
  waitForEvent<const W extends Ways<'wait_event', Ids>, Id extends string = never>(
    match: Of<'wait_event'>['match'],
    timeout: Duration,
    ways: W,
    more: More<'wait_event', 'match' | 'timeout'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'wait_event', { ...more, match, timeout }, { next: same, ...ways })
  }
  waitForRule<const W extends Ways<'wait_rule', Ids>, Id extends string = never>(
    rule: Rule,
    timeout: Duration,
    ways: W,
    more: More<'wait_rule', 'rule' | 'timeout'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'wait_rule', { ...more, rule, timeout }, { next: same, ...ways })
  }
  /** Looks each `every`, so many `times` at most. */
  check<const W extends Ways<'repeat_check', Ids>, Id extends string = never>(
    rule: Rule,
    { every, times }: { every: Duration; times: number },
    ways: W,
    more: More<'repeat_check', 'rule' | 'every' | 'times'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'repeat_check', { ...more, rule, every, times }, { next: same, ...ways })
  }
  condition<const W extends Ways<'condition', Ids>, Id extends string = never>(
    rule: Rule,
    ways: W,
    more: More<'condition', 'rule'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'condition', { ...more, rule }, { next: same, ...ways })
  }
  grant<const W extends Ways<'grant', Ids>, Id extends string = never>(
    coupon: string,
    ways: W,
    more: More<'grant', 'coupon'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'grant', { ...more, coupon }, { next: same, ...ways })
  }
  setTag<Id extends string = never>(fields: Fields<'set_tag'> & Fresh<Id, Ids>): Path<Ids | Id> {
    return stepped(this.drawing, 'set_tag', fields, { next: same })
  }
  setAttribute<Id extends string = never>(fields: Fields<'set_attribute'> & Fresh<Id, Ids>): Path<Ids | Id> {
    return stepped(this.drawing, 'set_attribute', fields, { next: same })
  }

  /** Tells an endpoint of the workspace, by its key. */
  webhook<const W extends Ways<'webhook', Ids>, Id extends string = never>(
    endpoint: string,
    ways: W,
    more: More<'webhook', 'endpoint'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'webhook', { ...more, endpoint }, { next: same, ...ways })
  }

  /** Into another journey, by its key. */
  startJourney<const W extends Ways<'start_journey', Ids>, Id extends string = never>(
    key: string,
    ways: W,
    more: More<'start_journey', 'journey'> & Fresh<Id, Ids> = {},
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'start_journey', { ...more, journey: key }, { next: same, ...ways })
  }
  /** Out of another journey; without `journey`, of the customer's other runs in this one. */
  stopJourney<Id extends string = never>(fields: Fields<'stop_journey'> & Fresh<Id, Ids> = {}): Path<Ids | Id> {
    return stepped(this.drawing, 'stop_journey', fields, { next: same })
  }

  /** A colleague does it and chooses one of the results; nobody in time: `onTimeout`. */
  humanTask<const W extends readonly OutcomeInput<Ids>[], const T extends Way<Ids>, Id extends string = never>(
    fields: Omit<Fields<'human_task'>, 'ways'> & Fresh<Id, Ids>,
    ways: W,
    onTimeout: T,
  ): Joined<Ids | Id, ResultsOf<W> | ReturnType<T>> {
    return stepped(this.drawing, 'human_task', { ...fields, ways: withoutWays(ways) }, { ...waysOut(ways), onTimeout })
  }

  /** The first way whose rule holds, else `otherwise`. */
  branch<const W extends readonly BranchInput<Ids>[], const O extends Way<Ids>, Id extends string = never>(
    ways: W,
    otherwise: O,
    more: { readonly name?: string } & Fresh<Id, Ids> = {},
  ): Joined<Ids | Id, ResultsOf<W> | ReturnType<O>> {
    return stepped(this.drawing, 'branch', { ...more, ways: withoutWays(ways) }, { ...waysOut(ways), otherwise })
  }
  /** By lot, in shares that make 100. */
  split<const W extends readonly SplitInput<Ids>[], Id extends string = never>(
    ways: W,
    more: More<'split', 'ways'> & Fresh<Id, Ids> = {},
  ): Joined<Ids | Id, ResultsOf<W>> {
    return stepped(this.drawing, 'split', { ...more, ways: withoutWays(ways) }, waysOut(ways))
  }

  /** Who is held out leaves the journey, or takes the way `held`. */
  holdout<const W extends { readonly held?: Way<Ids>; readonly next?: Way<Ids> }, Id extends string = never>(
    fields: Pick<Fields<'holdout'>, 'group' | 'share' | 'name'> & Fresh<Id, Ids>,
    ways: W,
  ): After<Ids | Id, W> {
    return stepped(this.drawing, 'holdout', fields, { next: same, ...ways })
  }

  exit<Id extends string = never>(result = '', more: { readonly name?: string } & Fresh<Id, Ids> = {}): Ended<Ids | Id> {
    return stepped(this.drawing, 'exit', { ...more, result }, {})
  }
  /** Back to a step that stands before this way. */
  goTo(id: Ids): Ended<Ids> {
    return this.goToOther(id)
  }
  /** To a step that is drawn elsewhere, or the one that this is a way out of; `build` knows whether there is one. */
  goToOther(id: string): Ended<Ids> {
    return new Ended(linked(this.drawing, id))
  }
}

export type { Path }

/** A way of which nothing is open any more. */
class Ended<Ids extends string> implements Part<Ids, true> {
  readonly ids?: Ids
  readonly ends = true
  readonly drawing: Drawing
  constructor(drawing: Drawing) {
    this.drawing = drawing
  }
  /** Throws `invalid_journey` with everything that is wrong with it. */
  build(): JourneyDefinition {
    return this.file().definition
  }
  /** As `chaoxi journeys import` takes it. */
  file(): JourneyFile {
    const { facts, settings } = this.drawing
    const parsed = journeyDefinitionSchema.safeParse({ ...settings, ...laidOut(this.drawing) })
    if (!parsed.success) {
      const problems = parsed.error.issues.map(({ path, message }) => ({ path: `definition.${path.join('.')}`, message }))
      throw new AppError('invalid_journey', `${facts.key} is no journey`, problems)
    }
    const file: JourneyFile = { kind: 'journey', ...facts, definition: parsed.data }
    const problems = journeyFileProblems(file)
    if (problems.length > 0) throw new AppError('invalid_journey', `${facts.key} cannot go live as it is`, problems)
    return file
  }
}

const same = <P>(path: P): P => path

const withoutWays = (ways: readonly { readonly way: unknown }[]): object[] => ways.map(({ way: _, ...fields }) => fields)
const waysOut = <Ids extends string>(ways: readonly { readonly way: Way<Ids> }[]): Record<string, Way<Ids>> =>
  Object.fromEntries(ways.map(({ way }, i) => [`ways.${i}.next`, way]))

/** Everything open leads to the target. */
function linked(drawing: Drawing, to: Drawn | string): Drawing {
  return { ...drawing, links: [...drawing.links, ...drawing.open.map((opening) => ({ ...opening, to }))], open: [] }
}

/** The step, and its ways one after the other; what they leave open is open together. */
function stepped<R>(
  before: Drawing,
  kind: NodeKind,
  { id, ...fields }: { id?: string; [field: string]: unknown },
  ways: Readonly<Record<string, Way<never>>>,
): R {
  const node: Drawn = { ...(id === undefined ? {} : { id }), kind, fields }
  const led = linked(before, node)
  let drawing: Drawing = { ...led, nodes: [...led.nodes, node] }
  let open: readonly Opening[] = []
  for (const [field, way] of Object.entries(ways)) {
    const walked = way(new Path<never>({ ...drawing, open: [{ from: node, field }] })).drawing
    open = [...open, ...walked.open]
    drawing = { ...walked, open: [] }
  }
  const end: unknown = open.length === 0 ? new Ended(drawing) : new Path({ ...drawing, open })
  // Which of the two it is, the types of the ways say.
  return end as R
}

function laidOut({ nodes, links }: Drawing): { start: string; nodes: object[] } {
  const taken = new Set(nodes.map(({ id }) => id))
  const names = new Map(nodes.map((node) => [node, node.id ?? freshId(node.kind, taken)]))
  const root = { start: '', nodes: nodes.map((node) => ({ id: names.get(node), kind: node.kind, ...structuredClone(node.fields) })) }
  for (const { from, field, to } of links) {
    const place: object | undefined = from === null ? root : root.nodes[nodes.indexOf(from)]
    if (place !== undefined) put(place, field.split('.'), typeof to === 'string' ? to : (names.get(to) ?? ''))
  }
  return root
}

function freshId(kind: NodeKind, taken: Set<string | undefined>): string {
  let n = 1
  while (taken.has(`${kind}_${n}`)) n += 1
  taken.add(`${kind}_${n}`)
  return `${kind}_${n}`
}

function put(place: object, [key = '', ...rest]: readonly string[], value: string): void {
  const inner: unknown = Reflect.get(place, key)
  if (rest.length > 0 && typeof inner === 'object' && inner !== null) put(inner, rest, value)
  else Reflect.set(place, key, value)
}

export const event = (name: string, filters: EventMatch['filters'] = []) => ({ kind: 'event', event: name, filters }) as const
export const minutes = (amount: number): Duration => ({ amount, unit: 'minute' })
export const hours = (amount: number): Duration => ({ amount, unit: 'hour' })
export const days = (amount: number): Duration => ({ amount, unit: 'day' })
