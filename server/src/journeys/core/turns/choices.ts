import { nodePlace, wayPlace } from '../ahead.ts'
import type { Turns } from '../turn.ts'
import { answer, asked, besides } from './asking.ts'

// Nodes that only say where it goes on.

export const choiceTurns: Turns<'condition' | 'branch' | 'exit'> = {
  condition(node, { run, facts }) {
    const { rule } = node
    const holds = answer(facts, nodePlace(node.id)) && besides(node, run, facts)
    const details = { rule, ...asked(node), holds }
    return { kind: 'go', to: holds ? node.next : node.otherwise, way: holds ? 'next' : 'otherwise', outcome: 'passed', details }
  },
  branch(node, { run, facts }) {
    const found = node.ways.find((way) => answer(facts, wayPlace(node.id, way.id)) && besides(way, run, facts))
    if (!found) return { kind: 'go', to: node.otherwise, way: 'otherwise', outcome: 'passed', details: {} }
    const { id, rule, next } = found
    return { kind: 'go', to: next, way: id, outcome: 'passed', details: { rule, ...asked(found) } }
  },
  exit: (node) => ({ kind: 'end', result: node.result || node.id }),
}
