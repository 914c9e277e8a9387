import { type AttributeValue, durationMs, type JourneyNode } from '@chaoxi/contract'
import { readProperty } from '../../../query/index.ts'
import { callerOf, tooDeep } from '../calling.ts'
import { type Answer, patienceMs, told } from '../deed.ts'
import type { Run, Wait } from '../run.ts'
import { effectKeyOf, type Turn, type Turns } from '../turn.ts'
import { keepAnswers } from '../webhook.ts'
import { known } from './asking.ts'

// Nodes that do something besides sending.

export const deedTurns: Turns<'grant' | 'set_tag' | 'set_attribute' | 'start_journey' | 'stop_journey' | 'webhook'> = {
  grant(node, { run, wait }) {
    if (!wait) return { kind: 'do', deed: { kind: 'grant', effectKey: effectKeyOf(run, node), coupon: node.coupon } }
    const answer = answerOf(node, wait)
    const details = { key: node.coupon, ...told(answer) }
    if (!answer.ok || !answer.coupon) return { kind: 'go', to: node.onFailure, way: 'onFailure', outcome: 'passed', details }
    return { kind: 'go', to: node.next, way: 'next', keep: { coupon: answer.coupon }, outcome: 'passed', details }
  },
  set_tag(node, { run, wait }) {
    const { tag, change } = node
    if (!wait) return { kind: 'do', deed: { kind: 'tag', effectKey: effectKeyOf(run, node), tag, change } }
    return { kind: 'go', to: node.next, outcome: 'passed', details: { tag, change, ...told(answerOf(node, wait)) } }
  },
  set_attribute(node, { run, wait, now }) {
    const { attribute } = node
    const value = givenValue(node.value, run)
    const details = { attribute, value }
    if (wait?.answer) return { kind: 'go', to: node.next, outcome: 'passed', details: { ...details, ...told(wait.answer) } }
    if (wait) return { kind: 'rest', until: now + patienceMs }
    // Nobody has said it.
    if (value === undefined) return { kind: 'go', to: node.next, outcome: 'passed', details: { attribute, done: false, reason: 'unknown' } }
    return { kind: 'ask', deed: { kind: 'attribute', effectKey: effectKeyOf(run, node), attribute, value } }
  },
  start_journey(node, { run, wait }) {
    const { journey } = node
    const refused = (reason: string): Turn => ({
      ...{ kind: 'go', to: node.onFailure, way: 'onFailure', outcome: 'passed' },
      details: { journey, done: false, reason },
    })
    if (!wait) {
      if (tooDeep(run)) return refused('too_deep')
      const properties = Object.fromEntries(
        node.properties.flatMap(({ name, value }) => {
          const found = givenValue(value, run)
          return found === undefined ? [] : [[name, found]]
        }),
      )
      return { kind: 'do', deed: { kind: 'start', effectKey: effectKeyOf(run, node), journey, properties, caller: callerOf(run, node.id) } }
    }
    const answer = answerOf(node, wait)
    if (!answer.ok) return refused(answer.reason)
    return { kind: 'go', to: node.next, way: 'next', outcome: 'passed', details: { journey, ...told(answer) } }
  },
  stop_journey(node, { run, wait }) {
    const { journey = null } = node
    if (!wait) return { kind: 'do', deed: { kind: 'stop', effectKey: effectKeyOf(run, node), journey, caller: callerOf(run, node.id) } }
    return { kind: 'go', to: node.next, outcome: 'passed', details: { journey, ...told(answerOf(node, wait)) } }
  },
  webhook(node, { run, wait, facts, now }) {
    const { endpoint, answers } = node
    if (wait?.answer && !wait.answer.ok)
      return { kind: 'go', to: node.onFailure, way: 'onFailure', outcome: 'passed', details: { endpoint, ...told(wait.answer) } }
    if (wait?.answer?.ok) {
      const { kept, heeded } = keepAnswers(run.context.webhook, node.id, wait.answer.heeded ?? { values: {}, unusable: [] })
      const details = { endpoint, ...told({ ...wait.answer, heeded }) }
      return { kind: 'go', to: node.next, way: 'next', keep: answers.length > 0 ? { webhook: kept } : {}, outcome: 'passed', details }
    }
    // It is in the runner's hands, which knows when the time is over.
    if (wait) return { kind: 'rest', until: now + patienceMs }
    const values = Object.fromEntries(
      node.body.flatMap(({ name, value }) => {
        const found = value.kind === 'attribute' ? readProperty(facts.attributes, value.attribute) : givenValue(value, run)
        return found === undefined || found === null ? [] : [[name, found]]
      }),
    )
    const retryForMs = durationMs(node.retryFor)
    return {
      kind: 'ask',
      deed: { kind: 'webhook', effectKey: effectKeyOf(run, node), nodeId: node.id, endpoint, values, answers, retryForMs },
    }
  },
}

function answerOf(node: JourneyNode, { answer }: Wait): Answer {
  if (!answer) throw new Error(`nobody answered what ${node.id} did`)
  return answer
}

/** Undefined: the trigger has no such property, or the run does not know it. */
function givenValue(value: AttributeValue, run: Run): unknown {
  if (value.kind === 'literal') return value.value
  if (value.kind === 'run') return known(run, value.property)
  return readProperty(run.context.trigger.properties, value.property) ?? undefined
}
