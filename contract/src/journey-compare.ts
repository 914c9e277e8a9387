import type { JourneyDefinition, JourneyNode } from './journey.ts'

export interface JourneyDifference {
  readonly added: readonly JourneyNode[]
  readonly removed: readonly JourneyNode[]
  /** As they are after. */
  readonly changed: readonly JourneyNode[]
  /** Trigger, entry, exits, goal or re-entry differ, or the first step. */
  readonly settings: boolean
}

/** What publishing would change. Where a card stands on the canvas, and notes beside it, do not count. */
export function compareJourneys(draft: JourneyDefinition, live: JourneyDefinition): JourneyDifference {
  const before = new Map(live.nodes.map((node) => [node.id, node]))
  const after = new Set(draft.nodes.map((node) => node.id))
  return {
    added: draft.nodes.filter((node) => !before.has(node.id)),
    removed: live.nodes.filter((node) => !after.has(node.id)),
    changed: draft.nodes.filter((node) => {
      const old = before.get(node.id)
      return old !== undefined && canonical(withoutPlace(old)) !== canonical(withoutPlace(node))
    }),
    settings: canonical(settingsOf(draft)) !== canonical(settingsOf(live)),
  }
}

export function isDifferent(difference: JourneyDifference): boolean {
  return difference.settings || difference.added.length + difference.removed.length + difference.changed.length > 0
}

/** One field that differs; `undefined` on the side that does not have it. */
export interface FieldChange {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

export const settingsChanges = (before: JourneyDefinition, after: JourneyDefinition): FieldChange[] =>
  fieldChanges(settingsOf(before), settingsOf(after))

export const noteChanges = (before: JourneyDefinition, after: JourneyDefinition): FieldChange[] =>
  fieldChanges(before.notes ?? [], after.notes ?? [], 'notes')

export const nodeChanges = (before: JourneyNode, after: JourneyNode): FieldChange[] =>
  fieldChanges(withoutPlace(before), withoutPlace(after))

/**
 * Down to the smallest parts that differ; something of another kind, and a duration, is one part. Lists of things with an `id` are
 * compared by it, and their order by itself.
 */
function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (canonical(before) === canonical(after)) return []
  const whole = [{ path, before, after }]
  if (isList(before) && isList(after)) return listChanges(before, after, path)
  if (!isObject(before) || !isObject(after) || before.kind !== after.kind || 'unit' in before) return whole
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => fieldChanges(before[key], after[key], path === '' ? key : `${path}.${key}`))
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: string): FieldChange[] {
  const [old, now] = [byId(before), byId(after)]
  if (old === null || now === null) {
    const length = Math.max(before.length, after.length)
    return Array.from({ length }, (_, i) => fieldChanges(before[i], after[i], `${path}.${i}`)).flat()
  }
  const inBoth = (ids: Iterable<string>) => [...ids].filter((id) => old.has(id) && now.has(id))
  const [was, is] = [inBoth(old.keys()), inBoth(now.keys())]
  return [
    ...[...new Set([...old.keys(), ...now.keys()])].flatMap((id) => fieldChanges(old.get(id), now.get(id), `${path}[${id}]`)),
    ...(was.join() === is.join() ? [] : [{ path: `${path}, in this order`, before: was, after: is }]),
  ]
}

function byId(list: readonly unknown[]): Map<string, unknown> | null {
  const entries: [string, unknown][] = []
  for (const one of list) {
    if (!isObject(one) || typeof one.id !== 'string') return null
    entries.push([one.id, one])
  }
  return new Map(entries)
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const settingsOf = ({ nodes: _, notes: __, ...rest }: JourneyDefinition): object => rest
const withoutPlace = ({ place: _, ...node }: JourneyNode): object => node

/** JSON with keys in order: stores give objects back in an order of their own. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
    ) ?? ''
  )
}
