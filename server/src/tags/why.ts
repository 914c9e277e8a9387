import type { Rule } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import { memberName, mentionsOf } from '../query/index.ts'
import { changeNames, lookupIn, resolvedParts } from './compiled.ts'
import { membershipsOf } from './memberships.ts'
import type { Outbox } from './outbox.ts'
import { findDefinitions } from './store.ts'
import type { ChangeReason, DefinitionKind, StoredDefinition } from './types.ts'
import * as store from './why-store.ts'

/** A membership with what it is by and what made it so. Instants are ms. */
export interface ExplainedMembership {
  readonly kind: DefinitionKind
  readonly key: string
  readonly name: string
  /** Of a tag with values; empty otherwise. */
  readonly value: string
  readonly layer: string | null
  readonly since: number
  readonly rule: Rule | null
  readonly reason: ChangeReason
  readonly cause: { readonly messageId: string; readonly event: string; readonly at: number } | null
}

/** The evaluator is seconds behind the intake, and behind a large import some minutes; an older event was not the one. */
const causeWithinMs = 10 * 60_000
const causesMax = 2_000
const profileEvents = ['$identify', '$profile_set_once', '$profile_increment', '$profile_append', '$profile_unset', '$profile_delete']

/** The events that can turn the rule; changes of attributes stand for themselves. */
function eventsOf(definition: StoredDefinition, lookup: ReturnType<typeof lookupIn>): string[] {
  if (definition.mode === 'static') return []
  try {
    const mentions = mentionsOf({ kind: 'any', rules: resolvedParts(definition, lookup).map((part) => part.rule) })
    return [...mentions.events, ...(mentions.attributes ? profileEvents : [])].filter((name) => name !== changeNames.attributes)
  } catch {
    // A rule that names what is gone is told of where it is edited.
    return []
  }
}

/** What a person is in and why; `numbers` are the person's own and those that went into it. */
export function createWhy({ db, clickhouse, outbox }: { db: Db; clickhouse: ClickHouse; outbox: Outbox }) {
  return async (workspaceId: number, personId: number, numbers: readonly number[]): Promise<ExplainedMembership[]> => {
    const definitions = await findDefinitions(db, workspaceId)
    const held = (await membershipsOf(db, workspaceId, [personId], definitions)).get(personId) ?? []
    if (held.length === 0) return []
    await outbox.flushAll()
    const keys = [...new Set(held.map(({ definition }) => definition.key))]
    const entries = entriesOf(await store.findChanges(clickhouse, workspaceId, numbers, keys))
    const lookup = lookupIn(definitions)
    const told = held.flatMap(({ definition, value }) => {
      const entry = entries.get(entryName({ ...definition, value }))
      // Left just now.
      if (entry === undefined) return []
      return [{ definition, value, entry, events: entry.reason === 'event' ? eventsOf(definition, lookup) : [] }]
    })
    const byEvent = told.filter((one) => one.events.length > 0)
    const causes =
      byEvent.length === 0
        ? []
        : await store.findCauses(clickhouse, workspaceId, numbers, {
            events: [...new Set(byEvent.flatMap((one) => one.events))],
            instants: [...new Set(byEvent.map((one) => one.entry.at))],
            withinMs: causeWithinMs,
            limit: causesMax,
          })
    const explained = told.map(({ definition, value, entry, events }) => {
      const { at, reason } = entry
      const cause = causes.find((one) => events.includes(one.event) && one.received_at <= at && one.received_at >= at - causeWithinMs)
      const { kind, key, name, layer } = definition
      return {
        ...{ kind, key, name, value, layer, since: at },
        rule: definition.rule ?? definition.values.find((one) => one.value === value)?.rule ?? null,
        reason,
        cause: cause ? { messageId: cause.message_id, event: cause.event, at: cause.time } : null,
      }
    })
    return explained.sort((a, b) => b.since - a.since || a.key.localeCompare(b.key))
  }
}

export interface Entry {
  readonly at: number
  readonly reason: ChangeReason
}

const entryName = (one: { kind: DefinitionKind; key: string; value: string }) => `${memberName(one.kind, one.key)}=${one.value}`

/**
 * Since when and why a person, by whichever of the numbers, is in each without a break. A merge only carries over: who comes by one is in
 * since the other number was.
 */
export function entriesOf(changes: readonly store.ChangeRow[]): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  const holders = new Map<string, Set<number>>()
  for (const { person, entered, reason, at, ...one } of changes) {
    const name = entryName(one)
    const inside = holders.get(name) ?? new Set()
    holders.set(name, inside)
    const carried = reason === 'merge' && entries.has(name)
    if (entered === 0) {
      inside.delete(person)
      if (inside.size === 0 && !carried) entries.delete(name)
      continue
    }
    if (inside.size === 0 && !carried) entries.set(name, { at, reason })
    inside.add(person)
  }
  return entries
}
