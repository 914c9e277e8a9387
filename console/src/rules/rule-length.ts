import { eachNode, type Rule, ruleNodesMax } from '@chaoxi/contract'
import { isGroup, leafCount, type RulePath, ruleAt } from './rule-editing.ts'
import { focusAfter, type RuleEdit } from './rule-edits.ts'

/** From this many conditions on each is a line that opens: fields of hundreds at once take the browser seconds to draw. */
const compactFrom = 40
/** From this many the count is said. */
const countedFrom = 100

export const isLong = (rule: Rule): boolean => leafCount(rule) >= compactFrom

/** Conditions and groups, as the contract counts them. */
export function nodeCount(rule: Rule): number {
  let nodes = 0
  eachNode(rule, () => {
    nodes += 1
  })
  return nodes
}

/** How full a rule is; null while that is nobody's concern. */
export function fullness(rule: Rule): { nodes: number; max: number; over: number } | null {
  const nodes = nodeCount(rule)
  return nodes < countedFrom ? null : { nodes, max: ruleNodesMax, over: Math.max(0, nodes - ruleNodesMax) }
}

const same = (one: RulePath, other: RulePath) => one.join('.') === other.join('.')

/** Which condition of a long rule is open after an edit: a new one, or the open one wherever it went. */
export function openedAfter(before: Rule, edit: RuleEdit, opened: RulePath | null): RulePath | null {
  switch (edit.type) {
    case 'set':
    case 'join':
      return opened
    case 'replace':
      return null
    case 'insert': {
      const group = ruleAt(before, edit.path)
      return [...edit.path, edit.index ?? (group !== undefined && isGroup(group) ? group.rules.length : 0)]
    }
    case 'duplicate':
    case 'paste':
      return focusAfter(before, edit)
    case 'remove':
      return null
    default:
      return opened !== null && same(edit.path, opened) ? focusAfter(before, edit) : null
  }
}
