import { type EventRule, type Rule, type RuleFilter, type RuleWindow, ruleProblems, ruleSchema } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { evaluateInMemory } from './evaluation.test-kit.ts'
import { createQuery, type DefinitionLookup, type FactEvent, matches, type PersonFacts, resolve } from './index.ts'
import { naiveAnswer } from './naive.test-kit.ts'
import { evaluatePrinted } from './printed.ts'

// Every example of SPEC rows T1 and T5 under its Chinese name: a rule over a small history, and who it is meant to find.
// Each is asked of ClickHouse, of the predicate and of the naive reading.

export const timeZone = 'Asia/Shanghai'
export const now = Date.parse('2026-11-22T10:00:00+08:00')
export const day = 86_400_000
export const hour = 3_600_000

interface Shopper {
  readonly attributes?: Record<string, unknown>
  readonly events?: readonly FactEvent[]
  /** Stored tags: plain ones under '', others with their values. */
  readonly tags?: Record<string, string>
  readonly segments?: readonly string[]
}

interface Example {
  readonly rule: Rule
  /** By name; whom the rule is meant to find begins with 是. */
  readonly people: Record<string, Shopper>
  readonly lookup?: DefinitionLookup
}

/** An event so many days ago, or at a local time. */
export function at(when: number | string, event: string, properties: Record<string, unknown> = {}): FactEvent {
  const time = typeof when === 'number' ? now - when * day : Date.parse(`${when.replace(' ', 'T')}+08:00`)
  return { event, time, properties }
}
export const times = (count: number, event: FactEvent): FactEvent[] =>
  Array.from({ length: count }, (_, i) => ({ ...event, time: event.time - i * 1000 }))

export const days = (amount: number): RuleWindow => ({ kind: 'rolling', amount, unit: 'day' })
export const ever: RuleWindow = { kind: 'ever' }
export const count = (event: string, op: EventRule['op'], value: number, window: RuleWindow, filters: RuleFilter[] = []): EventRule => ({
  kind: 'event',
  event,
  filters,
  window,
  measure: { fn: 'count' },
  op,
  value,
})
export const did = (event: string, window: RuleWindow, filters: RuleFilter[] = []) => count(event, 'gte', 1, window, filters)
export const never = (event: string, window: RuleWindow, filters: RuleFilter[] = []) => count(event, 'eq', 0, window, filters)
export const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
export const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules })
export const not = (rule: Rule): Rule => ({ kind: 'not', rule })
export const attribute = (filter: RuleFilter): Rule => ({ kind: 'attribute', filter })
export const is = (property: string, value: string) => attribute({ property, op: 'eq', value })

export const viewed = 'Product Viewed'
export const added = 'Product Added'
export const liked = 'Product Added to Wishlist'
export const paid = 'Order Paid'

export const stored: DefinitionLookup = () => ({ mode: 'static' })

async function store({ clickhouse }: TestStores, workspaceId: number, people: readonly PersonFacts[]): Promise<void> {
  const common = { workspace_id: workspaceId }
  await clickhouse.insert(
    'profiles',
    people.map(({ personId, attributes }) => ({
      ...common,
      person_id: personId,
      attributes: JSON.stringify(attributes),
      merged: 0,
      created_at: now,
      version: 1,
    })),
  )
  const row = { ...common, type: 'track', message_id: '', message_hash: 0, user_id: '', anonymous_id: '', context: '{}', received_at: now }
  await clickhouse.insert(
    'events',
    people.flatMap(({ personId, events }) =>
      events.map(({ event, time, properties }) => ({ ...row, person_id: personId, time, event, properties: JSON.stringify(properties) })),
    ),
  )
  const member = { ...common, at: now, seq: 1, entered: 1, reason: 'manual' }
  await clickhouse.insert(
    'membership_changes',
    people.flatMap(({ personId, tags, segments }) => [
      ...[...tags].flatMap(([key, values]) => [...values].map((value) => ({ ...member, kind: 'tag', key, value, person_id: personId }))),
      ...[...segments].map((key) => ({ ...member, kind: 'segment', key, value: '', person_id: personId })),
    ]),
  )
}

interface ExampleShop {
  readonly clickhouse: ClickHouse
  /** Puts people into a workspace of their own. */
  store(people: readonly PersonFacts[]): Promise<number>
}

/** Stores for the examples of a file. */
export function openExamples(): { readonly shop: ExampleShop; examples(list: Record<string, Example>): void } {
  let stores: TestStores
  let workspaces = 0
  beforeAll(async () => {
    stores = await createTestStores()
    await stores.clickhouse.command('system reload dictionary person_override_map')
  })
  afterAll(() => stores.close())
  const shop: ExampleShop = {
    get clickhouse() {
      return stores.clickhouse
    },
    async store(people) {
      const workspaceId = ++workspaces
      await store(stores, workspaceId, people)
      return workspaceId
    },
  }
  return {
    shop,
    examples(list) {
      for (const [name, example] of Object.entries(list)) test(name, () => expectExample(shop, example))
    },
  }
}

async function expectExample(shop: ExampleShop, { rule, people, lookup = stored }: Example): Promise<void> {
  const parsed: Rule = ruleSchema.parse(JSON.parse(JSON.stringify(rule)))
  expect(ruleProblems(parsed)).toEqual([])
  const { clickhouse } = shop
  const names = Object.keys(people)
  const facts = names.map((name, i): PersonFacts => {
    const { attributes = {}, events = [], tags = {}, segments = [] } = people[name] ?? {}
    return {
      personId: i + 1,
      attributes,
      events,
      tags: new Map(Object.entries(tags).map(([key, value]) => [key, new Set([value])])),
      segments: new Set(segments),
    }
  })
  const workspaceId = await shop.store(facts)
  const resolved = resolve(parsed, lookup)
  const wanted = names.filter((name) => name.startsWith('是'))
  const named = (ids: Iterable<number> = []) => names.filter((_, i) => new Set(ids).has(i + 1))
  const [everyone] = await evaluatePrinted(clickhouse, { workspaceId, rules: [resolved], people: 'everyone', now, timeZone })
  const [given] = await evaluateInMemory(clickhouse, {
    workspaceId,
    rules: [resolved],
    people: names.map((_, i) => i + 1),
    now,
    timeZone,
  })
  const estimate = await createQuery({ clickhouse }).estimate({ workspaceId, rule: resolved, now, timeZone, sampleMax: 10, exact: true })
  expect(named(everyone?.people), 'everyone').toEqual(wanted)
  expect(named(given?.people), 'given people').toEqual(wanted)
  expect(estimate, 'estimate').toMatchObject({ clusters: [{ size: names.length, count: wanted.length }], total: names.length })
  expect(named(facts.filter((one) => matches(resolved, one, now, timeZone)).map((one) => one.personId)), 'predicate').toEqual(wanted)
  const naive = facts.filter((one) => naiveAnswer(parsed, one, { now, timeZone, lookup })).map((one) => one.personId)
  expect(named(naive), 'naive').toEqual(wanted)
}
