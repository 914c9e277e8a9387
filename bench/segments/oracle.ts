import type { Rule, SequenceMatch } from '@chaoxi/contract'
import type { ClickHouse } from '../../server/src/platform/db/clickhouse.ts'
import type { DefinitionLookup, FactEvent, PersonFacts } from '../../server/src/query/index.ts'
import { naiveAnswer } from '../../server/src/query/naive.test-kit.ts'
import type { BenchDefinition } from './definitions.ts'
import { timeZone } from './world.ts'

// Who belongs where, by the naive reading of the tests, from raw events. That reading tries every choice of events for a
// sequence, so it is shown no more of a person than the condition can see: the named events, and of a sequence whose steps
// share a property one value at a time.

export interface Witness {
  readonly facts: PersonFacts
  readonly byEvent: ReadonlyMap<string, readonly FactEvent[]>
}

const noAttributes = '{}'

/** Raw events and attributes of the people. Nobody here was merged. */
export async function readWitnesses(clickhouse: ClickHouse, workspaceId: number, ids: readonly number[]): Promise<Witness[]> {
  const params = { workspace: workspaceId, ids }
  const where = 'workspace_id = {workspace:UInt32} and person_id in {ids:Array(UInt64)}'
  const profiles = await clickhouse.query<{ person_id: number; attributes: string }>(
    'batch',
    `select person_id, attributes from profiles final where ${where}`,
    params,
  )
  const attributes = new Map(profiles.map((row) => [row.person_id, row.attributes]))
  const events = new Map<number, FactEvent[]>(ids.map((id) => [id, []]))
  const text = `select person_id as id, event, toUnixTimestamp64Milli(time) as time, properties from events where ${where} order by person_id, time`
  await clickhouse.stream<{ id: number; event: string; time: number; properties: string }>('batch', text, params, (rows) => {
    for (const { id, event, time, properties } of rows) events.get(id)?.push({ event, time, properties: JSON.parse(properties) })
  })
  return ids.map((personId) => {
    const own = events.get(personId) ?? []
    const facts = {
      personId,
      attributes: JSON.parse(attributes.get(personId) ?? noAttributes),
      events: own,
      tags: new Map(),
      segments: new Set<string>(),
    }
    return { facts, byEvent: Map.groupBy(own, (one) => one.event) }
  })
}

export const lookupOf = (definitions: readonly BenchDefinition[]): DefinitionLookup => {
  const rules = new Map(definitions.map(({ kind, key, rule }) => [`${kind}:${key}`, rule]))
  return (kind, key) => {
    const rule = rules.get(`${kind}:${key}`)
    return rule === undefined ? null : { mode: 'dynamic', rule }
  }
}

/** Asks rules of one set of people at one instant. Answers of definitions are remembered. */
export function createOracle(witnesses: readonly Witness[], now: number, lookup: DefinitionLookup) {
  const moment = { now, timeZone, lookup }
  const known = new Map<Rule, boolean[]>()

  const seen = ({ facts, byEvent }: Witness, names: readonly string[]): PersonFacts => ({
    ...facts,
    events: names.flatMap((name) => byEvent.get(name) ?? []),
  })

  function sequenceHolds(rule: Extract<Rule, { kind: 'sequence' }>, one: Witness): boolean {
    const matches: SequenceMatch[] = [...rule.steps.flatMap((step) => [step, ...(step.without ?? [])]), ...(rule.noneAfter ?? [])]
    const facts = seen(one, [...new Set(matches.map((match) => match.event))])
    if (rule.steps.some((step) => one.byEvent.get(step.event) === undefined)) return false
    const link = rule.steps[0]?.link
    if (link === undefined) return naiveAnswer(rule, facts, moment)
    const unlinked = new Set(matches.filter((match) => match.link === undefined).map((match) => match.event))
    const values = new Set((one.byEvent.get(rule.steps[0]?.event ?? '') ?? []).map((event) => event.properties[link]))
    return [...values].some((value) => {
      const events = facts.events.filter((event) => unlinked.has(event.event) || event.properties[link] === value)
      return naiveAnswer(rule, { ...facts, events }, moment)
    })
  }

  function holds(rule: Rule, one: Witness, index: number): boolean {
    switch (rule.kind) {
      case 'all':
        return rule.rules.every((child) => holds(child, one, index))
      case 'any':
        return rule.rules.some((child) => holds(child, one, index))
      case 'not':
        return !holds(rule.rule, one, index)
      case 'tag':
      case 'segment': {
        const found = rule.kind === 'tag' ? lookup('tag', rule.tag) : lookup('segment', rule.segment)
        if (found?.mode !== 'dynamic') throw new Error(`no such definition: ${JSON.stringify(rule)}`)
        return answers(found.rule)[index] ?? false
      }
      case 'event':
      case 'occurrence':
        return naiveAnswer(rule, seen(one, [rule.event]), moment)
      case 'sequence':
        return sequenceHolds(rule, one)
      default:
        return naiveAnswer(rule, one.facts, moment)
    }
  }

  /** In the order of the witnesses. */
  function answers(rule: Rule): readonly boolean[] {
    let found = known.get(rule)
    if (found === undefined) {
      found = witnesses.map((one, index) => holds(rule, one, index))
      known.set(rule, found)
    }
    return found
  }
  return { answers }
}
