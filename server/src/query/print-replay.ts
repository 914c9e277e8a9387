import { createParamBag, workspaceGuard } from './params.ts'
import { among, amongWithOld, livingPerson, printTime, type Statement, type Whom } from './print-source.ts'

// What happened to people, in the order in which it did.

interface Asked {
  readonly workspaceId: number
  readonly people: Whom
}

export interface Between {
  /** Later than this (ms); null: from the beginning. */
  readonly after: number | null
  readonly until: number
}

/** Events by person and time: {person, ms, event, text}. */
export function printHappenings({ workspaceId, people }: Asked, names: readonly string[], { after, until }: Between): Statement {
  const params = createParamBag()
  const guard = workspaceGuard(workspaceId, params)
  const conditions = [
    guard,
    ...amongWithOld(people, guard, params),
    `event in (${params.bind('Array(String)', names)})`,
    `time <= ${printTime(until, params)}`,
    ...(after === null ? [] : [`time > ${printTime(after, params)}`]),
  ]
  const text = `
    select ${livingPerson(people, guard, params)} as person, toUnixTimestamp64Milli(time) as ms, event, properties as text
    from events where ${conditions.join(' and ')} order by person, ms, received_at`
  return { text, params: params.values }
}

/** When each of those who did anything was first heard of: {person, ms}. */
export function printFirsts({ workspaceId, people }: Asked): Statement {
  const params = createParamBag()
  const guard = workspaceGuard(workspaceId, params)
  const conditions = [guard, ...amongWithOld(people, guard, params)].join(' and ')
  const text = `
    select ${livingPerson(people, guard, params)} as person, min(toUnixTimestamp64Milli(time)) as ms from events
    where ${conditions} group by person`
  return { text, params: params.values }
}

/** When people did anything at all: {person, ms}. */
export function printPresence({ workspaceId, people }: Asked, { after, until }: Between): Statement {
  const params = createParamBag()
  const guard = workspaceGuard(workspaceId, params)
  const conditions = [
    guard,
    ...amongWithOld(people, guard, params),
    `time <= ${printTime(until, params)}`,
    ...(after === null ? [] : [`time > ${printTime(after, params)}`]),
  ]
  const text = `
    select ${livingPerson(people, guard, params)} as person, toUnixTimestamp64Milli(time) as ms from events
    where ${conditions.join(' and ')} order by person, ms`
  return { text, params: params.values }
}

/** Stored memberships entered and left, oldest first: {person, member, value, ms, entered}, a member being a place in `members`, counted from 1. */
export function printTurns({ workspaceId, people }: Asked, members: readonly { of: string; key: string }[], until: number): Statement {
  const params = createParamBag()
  const guard = workspaceGuard(workspaceId, params)
  const names = params.bind(
    'Array(String)',
    members.map(({ of, key }) => `${of}:${key}`),
  )
  const named = members.map(({ of, key }) => `(kind = ${params.bind('String', of)} and key = ${params.bind('String', key)})`)
  const conditions = [guard, `(${named.join(' or ')})`, ...among(people, 'person_id', params), `at <= ${printTime(until, params)}`]
  const text = `
    select person_id as person, toUInt32(indexOf(${names}, concat(kind, ':', key))) as member, value,
      toUnixTimestamp64Milli(at) as ms, entered
    from membership_changes where ${conditions.join(' and ')} order by seq`
  return { text, params: params.values }
}
