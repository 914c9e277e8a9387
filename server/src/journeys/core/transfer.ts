import { type InsidePlan, type JourneyDefinition, keepsStanding, targetOf } from '@chaoxi/contract'
import { nodeOf } from './ahead.ts'
import { asksRules } from './rule-news.ts'
import { arrival, leave, type Move, type Run, withSteps } from './run.ts'
import { withdrawn } from './task.ts'

export interface NewVersion {
  readonly version: number
  readonly definition: JourneyDefinition
}

/** Something of its node is still being done, or has just come and is not followed yet: it goes on in its version first. */
function isBusy({ context: { wait } }: Run): boolean {
  return wait !== undefined && (wait.heard !== undefined || wait.asks !== undefined || wait.answer !== undefined)
}

/**
 * A live run on its way into another version; null: not yet. Its visits, groups and what it was given stay. Who may keep standing keeps
 * the wait, or has it planned anew since the arrival; everybody else comes to the target as by a way that leads there.
 */
export function transfer(from: JourneyDefinition, to: NewVersion, run: Run, plan: InsidePlan, now: number): Move | null {
  if (isBusy(run)) return null
  const left = { fromVersion: run.version, toVersion: to.version }
  if (plan.kind === 'leave') return leave(run, now, 'version_replaced', left)
  // An attempt to send is under way: in the other version it would be made again.
  if (run.context.wait?.tried) return null
  const node = nodeOf(from, run.nodeId)
  const target = targetOf(plan, node, to.definition)
  if (target === undefined || target === null) return leave(run, now, 'version_replaced', left)
  const { wait, ...context } = run.context
  const stays = wait !== undefined && keepsStanding(node, target, to.definition)
  const gone = { nodeId: node.id, outcome: 'moved' as const, version: run.version, details: { ...left, to: target } }
  const came = { nodeId: target, outcome: 'entered' as const, details: { ...left, waits: plan.waits } }
  const before = arrival(run).map((line) => ({ ...line, version: run.version }))
  const { run: told, steps } = withSteps(run, now, [...before, gone, ...(stays ? [came] : [])])
  const moved: Run = { ...told, version: to.version, nodeId: target, tries: 0, result: null }
  if (!stays) return { run: { ...moved, state: 'active', wakeAt: now, context }, effects: [], steps, ...withdrawn(run, 'moved') }
  if (plan.waits === 'replan')
    return {
      run: { ...moved, state: 'active', wakeAt: now, context: { ...context, wait: { ...wait, replan: wait.since } } },
      effects: [],
      steps,
    }
  // Other rules may be asked here than before.
  const asks = asksRules(to.definition, nodeOf(to.definition, target)) && now < wait.until
  const kept = asks ? { ...wait, check: now } : wait
  return { run: { ...moved, context: { ...context, wait: kept }, ...(asks ? { wakeAt: now } : {}) }, effects: [], steps }
}
