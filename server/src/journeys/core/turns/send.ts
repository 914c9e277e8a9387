import { attemptsOf } from '@chaoxi/contract'
import { attemptKey, isAskedAbout, isAwaited } from '../messages.ts'
import type { MessageEffect, RunContext, Tried } from '../run.ts'
import { effectKeyOf, type Nodes, type Stand, type Turn } from '../turn.ts'
import { channelTaken, decideSend } from './sending.ts'

export function sendTurn(node: Nodes['send'], stand: Stand): Turn {
  if (stand.run.context.missed && !stand.wait?.tried) return skipped(node)
  const missing = attemptsOf(node).find(({ template }) => stand.facts.missingTemplates.has(template))
  if (missing) return { kind: 'trouble', reason: `there is no template "${missing.template}"` }
  if (node.attempts) return attemptTurn(node, stand)
  const { channel, purpose, template } = node
  const effect = messageOf(node, stand, { channel, template, effectKey: effectKeyOf(stand.run, node) })
  const details = { channel, purpose, template, effectKey: effect.effectKey }
  return { kind: 'go', to: node.next, outcome: 'passed', details, keep: sentBy(node, stand, effect.effectKey), effect }
}

/** What fell due in a pause is not sent. */
function skipped(node: Nodes['send']): Turn {
  const { channel, template } = node
  const way = node.attempts ? { way: channelTaken([]) } : {}
  return { kind: 'go', to: node.next, ...way, outcome: 'passed', details: { channel, template, skipped: 'paused' } }
}

function messageOf(node: Nodes['send'], { definition }: Stand, { channel, template, effectKey }: Tried): MessageEffect {
  const awaited = node.attempts !== undefined || isAwaited(definition, node.id)
  return { effectKey, nodeId: node.id, channel, purpose: node.purpose, template, ...(awaited ? { awaited } : {}) }
}

/** What the run keeps of the messages of a node that somebody asks about. */
function sentBy(node: Nodes['send'], { definition, run }: Stand, key: string, attempts?: number): Pick<RunContext, 'sent'> {
  if (!isAskedAbout(definition, node.id)) return {}
  return { sent: { ...run.context.sent, [node.id]: { key, ...(attempts === undefined ? {} : { attempts }) } } }
}

function attemptTurn(node: Nodes['send'], stand: Stand): Turn {
  const { run, wait, facts, now } = stand
  const first = wait?.tried?.[0]?.effectKey ?? effectKeyOf(run, node)
  const last = wait?.tried?.at(-1)
  const fate = last && facts.fates.get(last.effectKey)
  const decision = decideSend(node, wait, fate, now, (attempt) => attemptKey(first, attempt))
  if (decision.kind === 'rest') return decision
  if (decision.kind === 'withdraw')
    return { kind: 'do', deed: { kind: 'withdraw', effectKey: `${decision.effectKey}:withdraw`, message: decision.effectKey } }
  const settled = (tried: readonly Tried[], way: string, more: object = {}): Turn => {
    const details = { purpose: node.purpose, effectKey: first, attempts: tried, ...more }
    return { kind: 'go', to: node.next, way, outcome: 'passed', details }
  }
  const { tried } = decision
  if (decision.kind === 'settled') return settled(tried, channelTaken(tried))
  // What the attempt before came to was told in a pause: nothing follows it.
  if (run.context.missed) {
    const made = tried.slice(0, -1)
    return settled(made, wait?.answer?.ok ? channelTaken([]) : channelTaken(made), { skipped: 'paused' })
  }
  const next = tried.at(-1)
  if (!next) throw new Error(`${node.id} has nothing to try`)
  const keep = sentBy(node, stand, first, tried.length)
  return { kind: 'rest', until: decision.until, tried, keep, effect: messageOf(node, stand, next) }
}
