import { type SequenceMatch, type SequenceRule, type SequenceStep, type SpanLength, spanLengthMs } from '@chaoxi/contract'
import { type PrintedEvents, type PrintedLeaf, printComing, printEvents } from './print-event.ts'
import { jsonPlace } from './print-filter.ts'
import { type PrintedWindow, printDateWindow, printEventWindow, printedNever, printTurn } from './print-window.ts'
import type { Reading } from './reading.ts'

// `sequence.ts` in array functions. The events of a person that can stand for something in the sequence become numbers, their
// time and their part (rank), behind their link where there is one, and are sorted. Each step is then a sweep over them
// which carries the latest that reached the step before (`arrayFill`). `windowFunnel` and `sequenceMatch` mean something else
// or give up on long histories.
//
// In one millisecond a later step stands before an earlier one, so that a step sees only earlier milliseconds of the one
// before; what must not come between stands last for the same reason, and what must not come after first.
//
// Where steps must lie apart, those who reached a step are put between the events once more, so much later, and carried on
// from there (`printApart`).
//
// Every function costs ClickHouse up to a millisecond of planning, a lambda most: with tuples instead of numbers, and a
// sweep for each part, a sequence took three times as long to plan.

const ranksMax = 64
/** Makes every instant that ClickHouse can hold positive; 0 is no event. */
const timeShift = 1 - Date.UTC(1900, 0, 1)

interface Part {
  /** Columns of people: sorted numbers, or tuples of link and number. */
  readonly column: string
  readonly rank: number
}

interface Sequence {
  readonly linked: boolean
  /** Whether the beginning of a sequence matters, and not only that there is one. */
  readonly timed: boolean
  readonly reading: Reading
  readonly next: string[]
}

/** Something carried through the sweeps: how to read it. */
interface Carried {
  readonly valid: string
  readonly link: string
  readonly time: string
  readonly start: string
}

/** An event of the sorted list. */
function eventAt(name: string, { linked }: Sequence) {
  const code = linked ? `${name}.2` : name
  return { link: `${name}.1`, rank: `bitAnd(${code}, ${ranksMax - 1})`, time: `bitShiftRight(${code}, 6)` }
}

const code = (rank: number) => `toUInt64(ms + ${timeShift}) * ${ranksMax} + ${rank}`

function collect(match: SequenceMatch, rank: number, hit: string, { linked, reading }: Sequence): string {
  if (!linked) return reading.person(`groupArrayIf(${code(rank)}, ${hit})`)
  reading.properties.needed = true
  const place = jsonPlace('properties', match.link ?? '', reading.params)
  return reading.person(`groupArrayIf((${place.raw}, ${code(rank)}), ${hit} and ${place.type} != 'Null')`)
}

/** The column: it is the step's event and lies where the step must. */
function printWhen(step: SequenceStep, { hit }: PrintedEvents, { reading, next }: Sequence): string {
  if (step.when === undefined) return hit
  const when = printDateWindow(step.when, reading)
  const turn = printTurn(when, 'ms', reading)
  if (turn !== null) next.push(`ifNull(${reading.person(`minOrNullIf(${turn}, ${hit})`)}, ${printedNever})`)
  return reading.event([hit, ...when.inside('ms')].join(' and '))
}

/** What must not be counts wherever it lies; before the window it cannot matter. */
const negativeWindow = ({ after }: PrintedWindow, reading: Reading): PrintedWindow => ({
  inside: (at) => (after === null ? [] : [`${at} > ${reading.params.bind('Int64', after)}`]),
  turns: null,
  until: null,
  after,
})

interface Negatives {
  /** The rank in the order; null when none has one. */
  readonly rank: number | null
  /** Of a linked sequence those without a link: columns, and their rank in time. */
  readonly anywhere: readonly string[]
  readonly anywhereRank: number
}

interface Ranks {
  readonly linked: number
  readonly anywhere: number
}

function negatives(matches: readonly SequenceMatch[], ranks: Ranks, window: PrintedWindow, parts: Part[], sequence: Sequence): Negatives {
  const { linked, reading } = sequence
  const anywhere: string[] = []
  let inOrder = false
  for (const match of matches) {
    const { hit, next } = printEvents(match, negativeWindow(window, reading), reading)
    sequence.next.push(...next)
    if (linked && match.link === undefined) anywhere.push(reading.person(`groupArrayIf(('', ${code(ranks.anywhere)}), ${hit})`))
    else {
      parts.push({ column: collect(match, ranks.linked, hit, sequence), rank: ranks.linked })
      inOrder = true
    }
  }
  return { rank: inOrder ? ranks.linked : null, anywhere, anywhereRank: ranks.anywhere }
}

/**
 * The sorted events. Where something without a link must not come between linked events, each carries the latest such instant
 * before it, found by sorting by time alone first (a third field and on, one for each step that asks).
 */
function printOrder(parts: readonly Part[], between: readonly Negatives[], { reading }: Sequence): { order: string; level: number } {
  const columns = parts.map((part) => part.column)
  const asking = between.filter((one) => one.anywhere.length > 0)
  if (asking.length === 0) return { order: reading.derived(`arraySort(arrayConcat(${columns.join(', ')}))`), level: 1 }
  const all = [...columns, ...asking.flatMap((one) => one.anywhere)]
  const byTime = reading.derived(`arraySort(y -> y.2, arrayConcat(${all.join(', ')}))`)
  const isOf = (name: string, rank: number) => `bitAnd(${name}.2, ${ranksMax - 1}) = ${rank}`
  const latest = asking.map(({ anywhereRank }) => `arrayFill(y -> ${isOf('y', anywhereRank)}, ${byTime})`)
  const names = asking.map((_, i) => `f${i}`)
  const fields = asking.map(({ anywhereRank }, i) => `if(${isOf(`f${i}`, anywhereRank)}, bitShiftRight(f${i}.2, 6), toUInt64(0))`)
  const carrying = `arrayMap((${['y', ...names].join(', ')}) -> (${['y.1', 'y.2', ...fields].join(', ')}), ${[byTime, ...latest].join(', ')})`
  return { order: reading.derived(`arraySort(${carrying})`, 1), level: 2 }
}

interface Sweep {
  /** Names of a lambda's arguments, and the arrays that they go through. */
  readonly names: readonly string[]
  readonly arrays: readonly string[]
  readonly conditions: readonly string[]
  readonly before: Carried | null
}

const lambda = (sweep: Sweep, result: string) => `(${sweep.names.join(', ')}) -> ${result}, ${sweep.arrays.join(', ')}`

/** The nearest event of a rank, before each place or after it. */
function printNearest(fill: 'arrayFill' | 'arrayReverseFill', rank: number, order: string, sequence: Sequence): string {
  return `${fill}(y -> ${eventAt('y', sequence).rank} = ${rank}, ${order})`
}

/** What the next step carries, at the places of the order. */
interface Reached {
  readonly array: string
  readonly carried: (name: string) => Carried
}

/** Those who stand at a place of the order, and nothing at the others. */
function printReached(sweep: Sweep, sequence: Sequence): Reached {
  const { linked, timed } = sequence
  const x = eventAt('x', sequence)
  const fields = [...(linked ? [x.link] : []), x.time, ...(timed ? [sweep.before?.start ?? x.time] : [])]
  const nothing = [...(linked ? [`''`] : []), 'toUInt64(0)', ...(timed ? ['toUInt64(0)'] : [])]
  const plain = fields.length === 1
  const shape = (list: readonly string[]) => (plain ? (list[0] ?? '') : `(${list.join(', ')})`)
  const carried = (name: string): Carried => {
    const time = plain ? name : `${name}.${linked ? 2 : 1}`
    return { valid: `${time} > 0`, link: `${name}.1`, time, start: `${name}.${linked ? 3 : 2}` }
  }
  const reached = `arrayMap(${lambda(sweep, `if(${sweep.conditions.join(' and ')}, ${shape(fields)}, ${shape(nothing)})`)})`
  return { array: reached, carried }
}

const filled = ({ array, carried }: Reached): Reached => ({ array: `arrayFill(y -> ${carried('y').valid}, ${array})`, carried })

/** At each place of the order the latest that was reached so long before. */
function printApart(after: SpanLength, reached: Reached, { order, level }: { order: string; level: number }, sequence: Sequence): Reached {
  const { linked, timed, reading } = sequence
  const [x, r] = [eventAt('x', sequence), reached.carried('r')]
  const shape = (fields: { link: string; code: string; time: string; start: string }) =>
    `(${[...(linked ? [fields.link] : []), fields.code, fields.time, ...(timed ? [fields.start] : [])].join(', ')})`
  const place = (name: string, at: number) => `${name}.${linked ? at + 1 : at}`
  const carried = (name: string): Carried => {
    const time = place(name, 2)
    return { valid: `${time} > 0`, link: `${name}.1`, time, start: place(name, 3) }
  }
  const events = `arrayMap(x -> ${shape({ link: x.link, code: linked ? 'x.2' : 'x', time: 'toUInt64(0)', start: 'toUInt64(0)' })}, ${order})`
  const later = shape({ link: r.link, code: `(${r.time} + ${spanLengthMs(after)}) * ${ranksMax}`, time: r.time, start: r.start })
  const moved = `arrayMap(r -> ${later}, arrayFilter(r -> ${r.valid}, ${reached.array}))`
  const merged = reading.derived(`arraySort(arrayConcat(${events}, ${moved}))`, level)
  return { array: `arrayFilter((p, m) -> not (${carried('m').valid}), ${filled({ array: merged, carried }).array}, ${merged})`, carried }
}

export function printSequence(rule: SequenceRule, reading: Reading): PrintedLeaf {
  const { steps } = rule
  const window = printEventWindow(rule.window, reading)
  const sequence: Sequence = {
    linked: steps.some((step) => step.link !== undefined),
    timed: window.turns !== null || rule.within !== undefined,
    reading,
    next: [],
  }
  const rankOf = (step: number) => steps.length - step
  const parts: Part[] = []
  const between = steps.map((step, i) => {
    const events = printEvents(step, window, reading)
    sequence.next.push(...events.next, ...printComing(events, reading))
    parts.push({ column: collect(step, rankOf(i), printWhen(step, events, sequence), sequence), rank: rankOf(i) })
    const ranks = { linked: steps.length + 1 + i, anywhere: 2 * steps.length + 1 + i }
    return negatives(step.without ?? [], ranks, window, parts, sequence)
  })
  const after = negatives(rule.noneAfter ?? [], { linked: 0, anywhere: 0 }, window, parts, sequence)
  const ordered = printOrder(parts, between, sequence)
  const { order } = ordered
  let { level } = ordered
  const carried = between.filter((one) => one.anywhere.length > 0)

  const x = eventAt('x', sequence)
  let sweep: Sweep = { names: ['x'], arrays: [order], conditions: [`${x.rank} = ${rankOf(0)}`], before: null }
  for (const [i, step] of steps.entries()) {
    if (i === 0) continue
    let reached: Reached
    if (step.after !== undefined) reached = printApart(step.after, printReached(sweep, sequence), { order, level: level++ }, sequence)
    else if (i > 1) reached = filled(printReached(sweep, sequence))
    else {
      const first = eventAt('p', sequence)
      const carried = (): Carried => ({ valid: `${first.rank} = ${rankOf(0)}`, link: first.link, time: first.time, start: first.time })
      reached = { array: printNearest('arrayFill', rankOf(0), order, sequence), carried }
    }
    const negative = between[i]
    const place = negative === undefined ? -1 : carried.indexOf(negative)
    sweep = printStep(
      { within: step.within, rank: rankOf(i), broken: negative?.rank ?? null, carried: place < 0 ? null : `x.${3 + place}` },
      reached,
      order,
      sequence,
    )
  }
  return printEnd(rule, sweep, after, { order, level, window, sequence })
}

interface PrintedStep {
  readonly within: SequenceRule['within']
  readonly rank: number
  /** The rank of what must not come between, and the field with the latest that must not. */
  readonly broken: number | null
  readonly carried: string | null
}

function printStep({ within, rank, broken, carried }: PrintedStep, reached: Reached, order: string, sequence: Sequence): Sweep {
  const [x, c] = [eventAt('x', sequence), eventAt('c', sequence)]
  const before = reached.carried('p')
  const sameLink = (link: string) => (sequence.linked ? [`${link} = ${x.link}`] : [])
  return {
    names: ['x', 'p', ...(broken === null ? [] : ['c'])],
    arrays: [order, reached.array, ...(broken === null ? [] : [printNearest('arrayFill', broken, order, sequence)])],
    before,
    conditions: [
      `${x.rank} = ${rank}`,
      before.valid,
      ...sameLink(before.link),
      ...(within === undefined ? [] : [`${x.time} <= ${before.time} + ${spanLengthMs(within)}`]),
      ...(broken === null ? [] : [`not (${[`${c.rank} = ${broken}`, ...sameLink(c.link), `${c.time} > ${before.time}`].join(' and ')})`]),
      ...(carried === null ? [] : [`${carried} <= ${before.time}`]),
    ],
  }
}

/** Whether a whole sequence ends anywhere, and when it may no longer. */
function printEnd(
  rule: SequenceRule,
  last: Sweep,
  after: Negatives,
  { order, level, window, sequence }: { order: string; level: number; window: PrintedWindow; sequence: Sequence },
): PrintedLeaf {
  const [x, z] = [eventAt('x', sequence), eventAt('z', sequence)]
  const start = last.before?.start ?? x.time
  const follows = [`${z.rank} = 0`, ...(sequence.linked ? [`${z.link} = ${x.link}`] : []), `${z.time} > ${x.time}`]
  const sweep: Sweep = {
    names: [...last.names, ...(after.rank === null ? [] : ['z'])],
    arrays: [...last.arrays, ...(after.rank === null ? [] : [printNearest('arrayReverseFill', after.rank, order, sequence)])],
    before: last.before,
    conditions: [
      ...last.conditions,
      ...(rule.within === undefined ? [] : [`${x.time} <= ${start} + ${spanLengthMs(rule.within)}`]),
      ...(after.rank === null ? [] : [`not (${follows.join(' and ')})`]),
      ...after.anywhere.map((column) => `bitShiftRight(${sequence.reading.derived(`arrayMax(t -> t.2, ${column})`)}, 6) <= ${x.time}`),
    ],
  }
  const complete = sweep.conditions.join(' and ')
  if (window.turns === null) {
    const found = sequence.reading.derived(`arrayExists(${lambda(sweep, complete)})`, level)
    return { answer: `(ifNull(${found}, 0) = 1)`, next: sequence.next }
  }
  // The latest beginning of a whole sequence: when it leaves the window, none is left.
  const latest = `ifNull(${sequence.reading.derived(`arrayMax(${lambda(sweep, `if(${complete}, ${start}, toUInt64(0))`)})`, level)}, 0)`
  const leaves = `if(${latest} > 0, ${window.turns.leaves(`(toInt64(${latest}) - ${timeShift})`)}, ${printedNever})`
  return { answer: `(${latest} > 0)`, next: [leaves, ...sequence.next] }
}
