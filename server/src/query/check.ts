import { type Catalogue, type Problem, type Rule, ruleDepthMax, ruleNodesMax } from '@chaoxi/contract'

type Visit = (rule: Rule, path: string, depth: number) => void

function eachNode(rule: Rule, visit: Visit, path = '', depth = 1): void {
  visit(rule, path, depth)
  const below = (part: string) => (path === '' ? part : `${path}.${part}`)
  if (rule.kind === 'not') eachNode(rule.rule, visit, below('rule'), depth + 1)
  if (rule.kind === 'all' || rule.kind === 'any')
    for (const [i, child] of rule.rules.entries()) eachNode(child, visit, below(`rules.${i}`), depth + 1)
}

/** What the schema cannot see: depth, size and spans that end before they begin. Empty when all is well. */
export function limitProblems(rule: Rule): Problem[] {
  const problems: Problem[] = []
  let nodes = 0
  eachNode(rule, (node, path, depth) => {
    nodes += 1
    if (nodes === ruleNodesMax + 1) problems.push({ path, message: `a rule has at most ${ruleNodesMax} conditions; this is one more` })
    if (depth === ruleDepthMax + 1) problems.push({ path, message: `conditions nest at most ${ruleDepthMax} deep` })
    if (node.kind === 'event' && node.window.kind === 'between' && Date.parse(node.window.from) >= Date.parse(node.window.to))
      problems.push({ path: path === '' ? 'window' : `${path}.window`, message: 'the span ends before it begins' })
  })
  return problems
}

/**
 * Names that no data has used so far: allowed (the answer is simply false or 0), but usually a slip of the pen.
 * Event names are compared as they are, properties by their dotted path.
 */
export function catalogueWarnings(rule: Rule, catalogue: Catalogue): Problem[] {
  const warnings: Problem[] = []
  const attributes = new Set(catalogue.attributes.map((attribute) => attribute.name))
  const events = new Map(catalogue.events.map((event) => [event.name, new Set(event.properties.map((property) => property.name))]))
  eachNode(rule, (node, path) => {
    const at = (part: string) => (path === '' ? part : `${path}.${part}`)
    if (node.kind === 'attribute' && !attributes.has(node.filter.property))
      warnings.push({ path: at('filter.property'), message: `no customer has an attribute "${node.filter.property}" so far` })
    if (node.kind !== 'event') return
    const properties = events.get(node.event)
    if (properties === undefined) {
      warnings.push({ path: at('event'), message: `no event "${node.event}" has arrived so far` })
      return
    }
    const check = (property: string, place: string) => {
      if (!properties.has(property))
        warnings.push({ path: at(place), message: `no event "${node.event}" had a property "${property}" so far` })
    }
    for (const [i, filter] of node.filters.entries()) check(filter.property, `filters.${i}.property`)
    if (node.measure.fn !== 'count') check(node.measure.property, 'measure.property')
  })
  return warnings
}
