import type { Needs } from './needs.ts'
import { createParamBag, workspaceGuard } from './params.ts'
import { among, amongWithOld, livingPerson, peopleSource, printTime, type Statement, type Whom } from './print-source.ts'

// What is known of given people, for rules that are asked in memory. The statements do not depend on the rules, only on the
// events that they name: planning one takes milliseconds, where the rules of a shop printed took seconds.

export interface FactsInput {
  readonly workspaceId: number
  readonly people: Whom
  readonly needs: Needs
}

function start({ workspaceId, people }: FactsInput) {
  const params = createParamBag()
  const guard = workspaceGuard(workspaceId, params)
  return { params, guard, people }
}

/** Living people in the order of their numbers, with their attributes where they are needed: {person, attributes}. */
export function printPeople(input: FactsInput): Statement {
  const { params, guard, people } = start(input)
  const columns = input.needs.attributes.size > 0 ? ['attributes'] : []
  return { text: `${peopleSource(columns, people, guard, params)} order by person_id`, params: params.values }
}

/** The needed events of the people: what is to be selected, told the person, and the conditions. */
function printEvents(input: FactsInput, select: (person: string, params: ReturnType<typeof createParamBag>) => string): Statement {
  const { params, guard, people } = start(input)
  const bounded = Map.groupBy(input.needs.events, ([, need]) => need.after)
  const wanted = [...bounded].map(([after, group]) => {
    const named = `event in (${params.bind(
      'Array(String)',
      group.map(([name]) => name),
    )})`
    return after === null ? named : `(${named} and time > ${printTime(after, params)})`
  })
  const conditions = [guard, ...amongWithOld(people, guard, params), `(${wanted.join(' or ')})`].join(' and ')
  const selected = select(`${livingPerson(people, guard, params)} as person`, params)
  return { text: `select ${selected} from events where ${conditions}`, params: params.values }
}

/** {person, event, ms, text}: a text is the properties where any are needed. */
export function printFactEvents(input: FactsInput): Statement {
  const reading = [...input.needs.events].filter(([, need]) => need.properties.size > 0).map(([name]) => name)
  return printEvents(input, (person, params) => {
    const text = reading.length === 0 ? `''` : `if(event in (${params.bind('Array(String)', reading)}), properties, '')`
    return `${person}, event, toUnixTimestamp64Milli(time) as ms, ${text} as text`
  })
}

/** How many bytes the same take of each person: {person, bytes}. */
export function printFactSizes(input: FactsInput): Statement {
  const { text, params } = printEvents(input, (person) => `${person}, sum(length(properties) + ${eventBytes}) as bytes`)
  return { text: `${text} group by person`, params }
}
/** Of the columns beside the text. */
const eventBytes = 32

/** Stored memberships: {person, member, value}, a member being a place in `membersOf`, counted from 1. */
export function printFactMembers(input: FactsInput): Statement {
  const { params, guard, people } = start(input)
  const asked = membersOf(input.needs)
  const named = asked.map(({ of, key }) => `(kind = ${params.bind('String', of)} and key = ${params.bind('String', key)})`)
  const names = params.bind(
    'Array(String)',
    asked.map(({ of, key }) => `${of}:${key}`),
  )
  const conditions = [guard, `(${named.join(' or ')})`, ...among(people, 'person_id', params)].join(' and ')
  const text = `
    select person_id as person, toUInt32(indexOf(${names}, concat(kind, ':', key))) as member, value from membership_changes
    where ${conditions} group by person_id, kind, key, value having argMax(entered, seq) = 1`
  return { text, params: params.values }
}

/** The stored definitions that are needed, each once. */
export function membersOf(needs: Needs): { of: string; key: string }[] {
  return [...new Map(needs.members.map((leaf) => [`${leaf.of}:${leaf.key}`, leaf])).values()]
}
