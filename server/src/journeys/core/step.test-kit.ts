import type { JourneyDefinition } from '@chaoxi/contract'
import { begin } from './entering.ts'
import type { Heard, Move } from './run.ts'
import type { Facts } from './turn.ts'

/** The moves of one run on plain data: it came in at `t0`, by the event Signed Up. */
export const t0 = Date.parse('2026-03-02T10:00:00+08:00')
export const hour = 3_600_000

export const vip = { kind: 'tag', tag: 'vip' }
export const condition = (id: string, next: string, otherwise: string) => ({ id, kind: 'condition', rule: vip, next, otherwise })
export const end = { id: 'end', kind: 'exit', result: 'done' }

export function heard(name: string, at: number, properties: Record<string, unknown> = {}): Heard {
  return { sourceKey: `event:${name}-${at}`, kind: 'event', name, properties, occurredAt: at, receivedAt: at }
}
export const entrance = { workspaceId: 1, journeyId: 'jny_1', version: 2, personId: 7, runId: 'run_1' }
export const enter = (definition: JourneyDefinition) => begin(definition, entrance, heard('Signed Up', t0), t0)
export const facts = (answers: Record<string, boolean> = {}, missing: string[] = []): Facts => ({
  answers: new Map(Object.entries(answers)),
  check: Number.POSITIVE_INFINITY,
  missingTemplates: new Set(missing),
  attributes: {},
  zone: null,
  fates: new Map(),
  answered: new Map(),
  contests: new Map(),
  holdouts: new Map(),
})
export const told = (move: Move) => move.steps.map((one) => `${one.seq} ${one.nodeId} ${one.outcome}`)
