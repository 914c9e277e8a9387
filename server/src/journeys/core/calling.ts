import { callDepthMax, type JourneyDefinition, type JourneyStatus } from '@chaoxi/contract'
import type { Heard, Run } from './run.ts'

// What journeys do to each other: somebody is let into one, or what they have under way in one ends. The inbox is told of both, so
// that they come in order with everything else that happens to the person.

/** Why a journey takes no calls: it is not there, not live, or begins in another way. */
export type Uncallable = 'not_found' | Exclude<JourneyStatus, 'live'> | 'other_trigger'

/** Null when the journey takes calls; `live` is the definition that lets people in. */
export function uncallable(status: JourneyStatus, live: JourneyDefinition | null): Uncallable | null {
  if (status !== 'live') return status
  if (live === null) return 'draft'
  return live.trigger.kind === 'call' ? null : 'other_trigger'
}

/** One person to be let into a journey; the same key lets them in once. */
export interface Call extends Pick<Heard, 'caller'> {
  readonly key: string
  readonly personId: number
  readonly properties: Readonly<Record<string, unknown>>
}

export const callNews = (journeyId: string, { key, personId, properties, caller }: Call, now: number): Heard => ({
  sourceKey: `call:${journeyId}:${key}:${personId}`,
  kind: 'call',
  name: journeyId,
  properties: { ...properties },
  occurredAt: now,
  receivedAt: now,
  ...(caller ? { caller } : {}),
})

export const stopNews = (journeyId: string, effectKey: string, caller: Heard['caller'], now: number): Heard => ({
  sourceKey: `stop:${effectKey}`,
  kind: 'stop',
  name: journeyId,
  properties: {},
  occurredAt: now,
  receivedAt: now,
  ...(caller ? { caller } : {}),
})

/** Whether the news is that this run ends. */
export const stops = (run: Run, { kind, name, caller }: Heard): boolean =>
  kind === 'stop' && name === run.journeyId && caller?.runId !== run.id

/** How many journeys started each other until this run, itself included when it was started so. */
const depthOf = ({ context }: Run): number => context.trigger.caller?.depth ?? 0

/** Whether a journey that the run starts would be one too many. */
export const tooDeep = (run: Run): boolean => depthOf(run) >= callDepthMax

export const callerOf = (run: Run, nodeId: string) => ({ journeyId: run.journeyId, nodeId, runId: run.id, depth: depthOf(run) + 1 })
