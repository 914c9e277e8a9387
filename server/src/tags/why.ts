import type { Rule } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import { memberName, mentionsOf } from '../query/index.ts'
import { changeNames, lookupIn, resolvedParts } from './compiled.ts'
import { findMembershipsOf } from './membership-store.ts'
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
  readonly reason: ChangeReason | null
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
export function createWhy({ db, clickhouse }: { db: Db; clickhouse: ClickHouse }) {
  return async (workspaceId: number, personId: number, numbers: readonly number[]): Promise<ExplainedMembership[]> => {
    const rows = await findMembershipsOf(db, workspaceId, [personId])
    if (rows.length === 0) return []
    const keys = [...new Set(rows.map((row) => row.key))]
    const [definitions, sent, underWay] = await Promise.all([
      findDefinitions(db, workspaceId),
      store.findEntries(clickhouse, workspaceId, numbers, keys),
      store.findEntriesUnderWay(db, workspaceId, numbers),
    ])
    const lookup = lookupIn(definitions)
    const byName = new Map(definitions.map((one) => [memberName(one.kind, one.key), one]))
    const withValue = (row: { kind: DefinitionKind; key: string; value: string }) => `${memberName(row.kind, row.key)}=${row.value}`
    const entries = new Map([...sent, ...underWay].map((row) => [withValue(row), row]))
    const told = rows.map((row) => {
      const definition = byName.get(memberName(row.kind, row.key))
      const entry = entries.get(withValue(row))
      const events = definition && entry?.reason === 'event' ? eventsOf(definition, lookup) : []
      return { row, definition, entry, events }
    })
    const byEvent = told.filter((one) => one.events.length > 0)
    const causes =
      byEvent.length === 0
        ? []
        : await store.findCauses(clickhouse, workspaceId, numbers, {
            events: [...new Set(byEvent.flatMap((one) => one.events))],
            instants: [...new Set(byEvent.flatMap((one) => (one.entry ? [Math.round(one.entry.at)] : [])))],
            withinMs: causeWithinMs,
            limit: causesMax,
          })
    return told.map(({ row, definition, entry, events }) => {
      const at = entry === undefined ? 0 : Math.round(entry.at)
      const cause = causes.find((one) => events.includes(one.event) && one.received_at <= at && one.received_at >= at - causeWithinMs)
      return {
        ...{ kind: row.kind, key: row.key, name: row.name, value: row.value, layer: row.layer, since: row.since.getTime() },
        rule: definition?.rule ?? definition?.values.find((one) => one.value === row.value)?.rule ?? null,
        reason: entry?.reason ?? null,
        cause: cause ? { messageId: cause.message_id, event: cause.event, at: cause.time } : null,
      }
    })
  }
}
