import { bucket, type JourneyNode, randomBuckets } from '@chaoxi/contract'
import type { Run } from './run.ts'

type Holdout = Extract<JourneyNode, { kind: 'holdout' }>

/** A holdout group of the workspace. */
export interface HoldoutGroup {
  /** Per cent of the people. */
  readonly share: number
  /** From then on nobody is held out (ms); null: no end. */
  readonly until: number | null
}

/**
 * Whether the person is held out: by a hash of group and person, so everywhere the same people, of whom a larger share keeps those whom a
 * smaller one held. What a run has taken once it keeps.
 */
export function isHeld(
  node: Holdout,
  { journeyId, personId, context }: Pick<Run, 'journeyId' | 'personId' | 'context'>,
  group: HoldoutGroup | undefined,
  now: number,
): boolean {
  const taken = context.variants?.[node.id]
  if (taken !== undefined) return taken === 'held'
  if (group?.until != null && now >= group.until) return false
  const share = group?.share ?? node.share ?? 0
  const seed = node.group === undefined ? `${journeyId}:holdout` : `holdout:${node.group}`
  return bucket(seed, String(personId), randomBuckets) < Math.round((share * randomBuckets) / 100)
}
