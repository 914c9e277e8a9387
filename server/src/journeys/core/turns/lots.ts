import { durationMs, heldWay, type SplitWay } from '@chaoxi/contract'
import { type Contest, isContest } from '../contest.ts'
import { iso } from '../details.ts'
import { isHeld } from '../holdout.ts'
import type { ContestOpening } from '../run.ts'
import { isSpread, splitWayOf, takenWay } from '../split.ts'
import type { Draw, Nodes, Stand, Turn, Turns } from '../turn.ts'

// Nodes that people part at by chance.

/** How soon whoever waits for a decision that is overdue looks again. */
const overdueMs = 60_000

export const lotTurns: Turns<'split' | 'holdout'> = {
  split(node, stand) {
    if (isContest(node)) return contestTurn(node, stand)
    return takes(node, splitWayOf(node, stand.run), stand, { how: 'lot' })
  },
  holdout(node, { run, facts, now }) {
    const group = node.group === undefined ? undefined : facts.holdouts.get(node.group)
    if (node.group !== undefined && !group) return { kind: 'trouble', reason: `there is no holdout group "${node.group}"` }
    const held = isHeld(node, run, group, now)
    const way = held ? heldWay : 'next'
    const keep = { variants: { ...run.context.variants, [node.id]: way } }
    const details = node.group === undefined ? {} : { group: node.group }
    const draw = { way, how: 'lot' as const }
    if (held && node.held === undefined) return { kind: 'end', result: heldWay, way, keep, draw, details }
    return { kind: 'go', to: held ? (node.held ?? node.next) : node.next, way, keep, draw, details, outcome: 'passed' }
  },
}

function contestTurn(node: Contest, stand: Stand): Turn {
  const { run, facts, now, wait } = stand
  const { dueAt, decision, before } = facts.contests.get(node.id) ?? noFact(node)
  const opening = dueAt === null ? openingOf(node, wait?.since ?? now) : null
  const opens = opening === null ? {} : { opens: opening }
  const taken = takenWay(node, run)
  if (taken) return takes(node, taken, stand, { how: 'before', ...opens })
  if (decision === null) {
    if (isSpread(node, run)) return takes(node, splitWayOf(node, run), stand, { how: 'lot', ...opens })
    const due = dueAt ?? opening?.dueAt ?? now
    const first = opening === null ? {} : { draw: { way: null, how: 'lot' as const, ...opens } }
    return { kind: 'rest', until: due > now || !wait ? due : now + overdueMs, known: { winner: true }, ...first }
  }
  const own = node.ways.find(({ id }) => id === before)
  if (own) return takes(node, own, stand, { how: 'before' })
  const won = node.ways.find(({ id }) => id === decision.way)
  if (!won) return takes(node, splitWayOf(node, run), stand, { how: 'lot' })
  const { reason, ways, at } = decision
  const probability = ways.find(({ way }) => way === won.id)?.probability ?? null
  return takes(node, won, stand, { how: 'winner' }, { decided: { at: iso(at), reason, probability } })
}

function openingOf({ ways, winner }: Contest, startedAt: number): ContestOpening {
  const { for: time, people = null, within } = winner
  return { startedAt, dueAt: startedAt + durationMs(time), people, ways: ways.length, withinMs: durationMs(within) }
}

function noFact({ id }: Contest): never {
  throw new Error(`nobody asked how far the search for a winner at ${id} is`)
}

function takes(
  node: Nodes['split'],
  { id, next, share, control }: SplitWay,
  { run, now }: Stand,
  drawn: Omit<Draw, 'way'>,
  told: Record<string, unknown> = {},
): Turn {
  const { context } = run
  const { how } = drawn
  const measured = node.winner?.measure.kind === 'event' && how === 'lot' && context.spreadAt?.[node.id] === undefined
  const keep = {
    variants: { ...context.variants, [node.id]: id },
    ...(measured ? { spreadAt: { ...context.spreadAt, [node.id]: now } } : {}),
  }
  const details = { share, ...(control ? { control } : {}), ...(node.winner ? { how } : {}), ...told }
  return { kind: 'go', to: next, way: id, keep, outcome: 'passed', details, draw: { way: id, ...drawn } }
}
