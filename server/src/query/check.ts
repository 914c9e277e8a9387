import {
  type Catalogue,
  eachNode,
  type Measure,
  type Problem,
  type Rule,
  type RuleFilter,
  type RuleWindow,
  type Scalar,
} from '@chaoxi/contract'
import { listPathOf } from './property.ts'

type Field = Catalogue['attributes'][number]
type ValueType = Field['type']

/** A place of a rule that names an event, or a property of one (of an attribute where the event is null), and what values it needs. */
interface Use {
  readonly path: string
  readonly event: string | null
  readonly property: string | null
  /** Null: whatever there is. */
  readonly needs: readonly ValueType[] | null
}

const typeOf = (value: Scalar): ValueType => {
  const type = typeof value
  return type === 'string' || type === 'number' ? type : 'boolean'
}

function needsOf(filter: RuleFilter): ValueType[] | null {
  switch (filter.op) {
    case 'eq':
      return [typeOf(filter.value)]
    case 'in':
      return filter.value.map(typeOf)
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return ['number']
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'date_in':
    case 'anniversary':
    case 'month_day':
      return ['string']
    case 'includes_any':
    case 'includes_all':
      return ['array']
    default:
      return null
  }
}

function filterUses(filters: readonly RuleFilter[], event: string | null, path: string): Use[] {
  return filters.map((filter, i) => ({
    path: `${path}.${i}.property`,
    event,
    property: listPathOf(filter.property).list.join('.'),
    needs: needsOf(filter),
  }))
}

function measureUses(measure: Measure, event: string): Use[] {
  if (!('property' in measure)) return []
  return [{ path: 'measure.property', event, property: measure.property, needs: measure.fn === 'distinct' ? null : ['number'] }]
}

function windowUses(window: RuleWindow): Use[] {
  return window.kind === 'since' ? [{ path: 'window.attribute', event: null, property: window.attribute, needs: ['string'] }] : []
}

function matchUses(match: { event: string; filters: readonly RuleFilter[]; link?: string | undefined }, path: string): Use[] {
  const { event, filters, link } = match
  const at = (part: string) => (path === '' ? part : `${path}.${part}`)
  return [
    { path: at('event'), event, property: null, needs: null },
    ...filterUses(filters, event, at('filters')),
    ...(link === undefined ? [] : [{ path: at('link'), event, property: link, needs: null }]),
  ]
}

/** The places of one node; paths start within it. */
function usesOf(node: Rule): Use[] {
  switch (node.kind) {
    case 'attribute': {
      const property = listPathOf(node.filter.property).list.join('.')
      return [{ path: 'filter.property', event: null, property, needs: needsOf(node.filter) }]
    }
    case 'event':
      return [...matchUses(node, ''), ...measureUses(node.measure, node.event), ...windowUses(node.window)]
    case 'occurrence':
      return [...matchUses(node, ''), ...filterUses(node.where, node.event, 'where'), ...windowUses(node.window)]
    case 'preference': {
      const { event, of, sum, values } = node
      return [
        ...matchUses(node, ''),
        ...('property' in of ? [{ path: 'of.property', event, property: of.property, needs: values.map(typeOf) }] : []),
        ...(sum === undefined ? [] : [{ path: 'sum', event, property: sum, needs: ['number' as const] }]),
        ...windowUses(node.window),
      ]
    }
    case 'sequence':
      return [
        ...node.steps.flatMap((step, i) => [
          ...matchUses(step, `steps.${i}`),
          ...(step.without ?? []).flatMap((match, j) => matchUses(match, `steps.${i}.without.${j}`)),
        ]),
        ...(node.noneAfter ?? []).flatMap((match, i) => matchUses(match, `noneAfter.${i}`)),
        ...windowUses(node.window),
      ]
    default:
      return []
  }
}

export interface CatalogueProblems {
  /** Names that no data has used so far: allowed (the answer is simply false or 0), but usually a slip of the pen. */
  readonly unknown: Problem[]
  /** Tests that no value that came so far can pass, whatever it is: a number of a property that always was a text. */
  readonly clashes: Problem[]
}

const typeWords: Record<ValueType, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'empty',
}

/** What a rule names, held against what has really arrived. Event names are compared as they are, properties by their dotted path. */
export function catalogueProblems(rule: Rule, catalogue: Catalogue): CatalogueProblems {
  const fields = (list: readonly Field[]) => new Map(list.map((field) => [field.name, field]))
  const attributes = fields(catalogue.attributes)
  const events = new Map(catalogue.events.map((event) => [event.name, fields(event.properties)]))
  const problems: CatalogueProblems = { unknown: [], clashes: [] }
  const check = ({ event, property, needs }: Use, path: string) => {
    const known = event === null ? attributes : events.get(event)
    if (property === null) {
      if (known === undefined) problems.unknown.push({ path, message: `no event "${event}" has arrived so far` })
      return
    }
    const field = known?.get(property)
    const whose = event === null ? `the attribute "${property}"` : `the property "${property}" of "${event}"`
    // Where the event itself is unknown that is the news, not each of its properties.
    if (known !== undefined && field === undefined) problems.unknown.push({ path, message: `nobody had ${whose} so far` })
    if (field === undefined || needs === null) return
    const seen = new Set(field.types ?? [field.type])
    seen.delete('null')
    if (seen.size === 0 || needs.some((type) => seen.has(type))) return
    const [was, wanted] = [[...seen], [...new Set(needs)]].map((types) => types.map((type) => typeWords[type]).join(' or '))
    problems.clashes.push({ path, message: `${whose} was always ${was} so far, and this test needs ${wanted}` })
  }
  eachNode(rule, (node, path) => {
    for (const use of usesOf(node)) check(use, path === '' ? use.path : `${path}.${use.path}`)
  })
  return problems
}
