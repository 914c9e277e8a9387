import type { Needs } from './needs.ts'
import { createParamBag, workspaceGuard } from './params.ts'
import { among, amongWithOld, livingPerson, peopleSource, printTime, type Statement } from './print-source.ts'

// What is known of given people, for rules that are asked in memory. The statements do not depend on the rules, only on the
// events that they name: planning one takes milliseconds, where the rules of a shop printed took seconds.

export interface FactsInput {
  readonly workspaceId: number
  readonly people: readonly number[]
  readonly needs: Needs
}

function start({ workspaceId, people }: FactsInput) {
  const params = createParamBag()
  const guard = workspaceGuard(workspaceId, params)
  return { params, guard, people }
}

/** Living people with their attributes: {person, attributes}. */
export function printPeople(input: FactsInput): Statement {
  const { params, guard, people } = start(input)
  const columns = input.needs.attributes ? ['attributes'] : []
  return { text: peopleSource(columns, people, guard, params), params: params.values }
}

/**
 * At most `eventsMax` events of each person: {person, kinds, times, texts}, where a kind is a place in the needs' events,
 * counted from 1, and a text the properties where they are needed.
 */
export function printFactEvents(input: FactsInput, eventsMax: number): Statement {
  const { params, guard, people } = start(input)
  const needs = [...input.needs.events]
  const names = params.bind(
    'Array(String)',
    needs.map(([name]) => name),
  )
  const bounded = Map.groupBy(needs, ([, need]) => need.after)
  const wanted = [...bounded].map(([after, group]) => {
    const named = `event in (${params.bind(
      'Array(String)',
      group.map(([name]) => name),
    )})`
    return after === null ? named : `(${named} and time > ${printTime(after, params)})`
  })
  const withProperties = needs.filter(([, need]) => need.properties).map(([name]) => name)
  const properties = withProperties.length === 0 ? `''` : `if(event in (${params.bind('Array(String)', withProperties)}), properties, '')`
  const conditions = [guard, ...amongWithOld(people, guard, params), `(${wanted.join(' or ')})`].join(' and ')
  const text = `
    select person, groupArray(${eventsMax})(kind) as kinds, groupArray(${eventsMax})(ms) as times, groupArray(${eventsMax})(text) as texts
    from (
      select ${livingPerson(people, guard, params)} as person, indexOf(${names}, toString(event)) as kind,
        toUnixTimestamp64Milli(time) as ms, ${properties} as text
      from events where ${conditions}
    ) group by person`
  return { text, params: params.values }
}

/** Stored memberships: {person, kind, key, value}. */
export function printFactMembers(input: FactsInput): Statement {
  const { params, guard, people } = start(input)
  const asked = [...new Map(input.needs.members.map((leaf) => [`${leaf.of}:${leaf.key}`, leaf])).values()]
  const named = asked.map(({ of, key }) => `(kind = ${params.bind('String', of)} and key = ${params.bind('String', key)})`)
  const conditions = [guard, `(${named.join(' or ')})`, ...among(people, 'person_id', params)].join(' and ')
  const text = `
    select person_id as person, kind, key, value from membership_changes where ${conditions}
    group by person_id, kind, key, value having argMax(entered, seq) = 1`
  return { text, params: params.values }
}
