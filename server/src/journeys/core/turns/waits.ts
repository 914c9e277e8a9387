import { durationMs, hoursOfDay, isOpenHours, type WaitingNode } from '@chaoxi/contract'
import { hourPlace, nodePlace } from '../ahead.ts'
import { heardDetails, iso } from '../details.ts'
import type { Run, Wait } from '../run.ts'
import type { Facts, Nodes, Turn, Turns } from '../turn.ts'
import { type WaitEnd, waitEnd } from '../wait-until.ts'
import { answer, asked, messageSo } from './asking.ts'

// Nodes at which people rest, for a time or until something happens.

export const waitTurns: Turns<Exclude<WaitingNode['kind'], 'human_task'>> = {
  wait(node, { run, wait, now, from }) {
    if (!wait) return { kind: 'rest', until: startOf(node, run, from) + durationMs(node.duration) }
    if (now < wait.until) return { kind: 'rest', until: wait.until }
    return { kind: 'go', to: node.next, outcome: 'passed', details: span(wait) }
  },
  wait_event(node, { run, wait, now, from }) {
    if (!wait) return { kind: 'rest', until: startOf(node, run, from) + durationMs(node.timeout) }
    if (wait.heard) return { kind: 'go', to: node.next, outcome: 'passed', details: { ...span(wait), event: heardDetails(wait.heard) } }
    if (now < wait.until) return { kind: 'rest', until: wait.until }
    return { kind: 'go', to: node.onTimeout, outcome: 'timed_out', details: { ...span(wait), event: node.match.event } }
  },
  wait_rule(node, { run, wait, facts, now, from }) {
    const until = wait?.until ?? startOf(node, run, from) + durationMs(node.timeout)
    const details = { ...(wait ? span(wait) : {}), rule: node.rule, ...asked(node) }
    if (answer(facts, nodePlace(node.id)) && messageSo(node, run, facts)) return { kind: 'go', to: node.next, outcome: 'passed', details }
    if (!wait || now < until) return { kind: 'rest', until }
    return { kind: 'go', to: node.onTimeout, outcome: 'timed_out', details }
  },
  repeat_check(node, { wait, facts, now }) {
    // Woken for something else, such as a condition to leave.
    if (wait && now < wait.until) return { kind: 'rest', until: wait.until, looks: wait.looks ?? 1 }
    const looks = (wait?.looks ?? 0) + 1
    const details = { rule: node.rule, looks }
    if (answer(facts, nodePlace(node.id))) return { kind: 'go', to: node.next, outcome: 'passed', details }
    if (looks >= node.times) return { kind: 'go', to: node.onTimeout, outcome: 'timed_out', details }
    return { kind: 'rest', until: now + durationMs(node.every), looks }
  },
  wait_until(node, { wait, facts, now }) {
    if (wait && now < wait.until) return { kind: 'rest', until: wait.until }
    if (wait && !isOpenHours(node.until)) return untilPassed(node, span(wait))
    if (!facts.zone) throw new Error(`nobody asked for the time zone of ${node.id}`)
    const hour = node.until.kind === 'best_hour' ? bestHour(node.id, facts) : null
    const end = waitEnd(node.until, now, facts.zone, { attributes: facts.attributes, hour })
    const known = node.until.kind === 'best_hour' ? { hour } : {}
    if (end.kind === 'at') return { kind: 'rest', until: end.at, known }
    return end.kind === 'now' ? untilPassed(node, { ...(wait ? span(wait) : {}), ...known }) : untilNever(node, end)
  },
}

const span = (wait: Wait) => ({ since: iso(wait.since), until: iso(wait.until) })

/** A wait counted from the entry may be over on arrival: it rests all the same, and is due at once. */
function startOf(node: { since?: 'arrival' | 'entry' }, run: Run, from: number): number {
  return node.since === 'entry' ? run.enteredAt : from
}

function bestHour(nodeId: string, facts: Facts): number | null {
  for (let hour = 0; hour < hoursOfDay; hour++) if (answer(facts, hourPlace(nodeId, hour))) return hour
  return null
}

type WaitUntilNode = Nodes['wait_until']

/** Only a wait for a date has more ways than one. */
function untilPassed({ until, next }: WaitUntilNode, details: Record<string, unknown>): Turn {
  return { kind: 'go', to: next, outcome: 'passed', details, ...(until.kind === 'date' ? { way: 'next' } : {}) }
}

function untilNever({ id, until }: WaitUntilNode, { reason }: Extract<WaitEnd, { kind: 'none' }>): Turn {
  if (until.kind !== 'date') throw new Error(`${id} waits for a time that there always is`)
  return { kind: 'go', to: until.otherwise, way: 'otherwise', outcome: 'passed', details: { attribute: until.attribute, reason } }
}
