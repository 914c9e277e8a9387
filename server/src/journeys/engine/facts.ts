import type { JourneyDefinition, Rule } from '@chaoxi/contract'
import { zoneOf } from '../../query/index.ts'
import { loadContests } from '../contests/contest-facts.ts'
import { holdoutsByKey } from '../contests/holdout-store.ts'
import { questions } from '../core/ahead.ts'
import type { Run } from '../core/run.ts'
import type { Facts } from '../core/turn.ts'
import type { EngineDeps } from '../deps.ts'

const noAnswers: Facts['answered'] = new Map()

/** What is true for each of the runs of one journey, asked for all of them together. */
export async function loadFacts(
  deps: Pick<EngineDeps, 'evaluateWithChecks' | 'templates' | 'attributes' | 'timeZone' | 'fates' | 'db'>,
  runs: readonly Run[],
  definitionOf: (run: Run) => JourneyDefinition,
  now: number,
  answered: Facts['answered'] = noAnswers,
): Promise<(run: Run) => Facts> {
  const [first] = runs
  if (!first) throw new Error('no runs to load facts for')
  const asked = new Map(runs.map((run) => [run.id, questions(definitionOf(run), run, now)]))
  const rules = new Map<string, Rule>()
  const people = new Set<number>()
  const keys = new Set<string>()
  const dated = new Set<number>()
  const messages = new Set<string>()
  for (const run of runs) {
    const own = asked.get(run.id)
    for (const [place, rule] of own?.rules ?? []) {
      rules.set(`${run.version}:${place}`, rule)
      people.add(run.personId)
    }
    for (const key of own?.templates ?? []) keys.add(key)
    for (const key of own?.messages ?? []) messages.add(key)
    if (own?.attributes.size) dated.add(run.personId)
  }
  const zoned = [...asked.values()].some((own) => own.zone)
  const [answers, templates, attributes, timeZone, fates] = await Promise.all([
    askWithChecks(deps, first.workspaceId, rules, [...people], now),
    keys.size > 0 ? deps.templates(first.workspaceId, [...keys]) : new Map(),
    dated.size > 0 ? deps.attributes(first.workspaceId, [...dated]) : new Map(),
    zoned ? deps.timeZone(first.workspaceId) : null,
    messages.size > 0 ? deps.fates(first.workspaceId, [...messages]) : new Map(),
  ])
  const zone = timeZone === null ? null : zoneOf(timeZone)
  const contestOf = await loadContests(
    deps.db,
    runs.map((run) => ({ run, nodes: asked.get(run.id)?.contests ?? new Set() })),
  )
  const groups = new Set([...asked.values()].flatMap((own) => [...own.holdouts]))
  const holdouts = groups.size > 0 ? await holdoutsByKey(deps.db, first.workspaceId) : new Map()
  return (run) => {
    const own = asked.get(run.id)
    const places = [...(own?.rules.keys() ?? [])]
    return {
      answers: new Map(places.map((place) => [place, answers.of(`${run.version}:${place}`, run.personId)])),
      check: places.length === 0 ? Number.POSITIVE_INFINITY : answers.check(run.personId),
      missingTemplates: new Set([...(own?.templates ?? [])].filter((key) => !templates.has(key))),
      attributes: attributes.get(run.personId) ?? {},
      zone,
      fates,
      answered,
      contests: new Map([...(own?.contests ?? [])].map((nodeId) => [nodeId, contestOf(run, nodeId)])),
      holdouts,
    }
  }
}

/** Answers by the rule's name and the person. */
export async function askRules(
  deps: Pick<EngineDeps, 'evaluateRules'>,
  workspaceId: number,
  rules: ReadonlyMap<string, Rule>,
  people: readonly number[],
  now: number,
): Promise<(name: string, personId: number) => boolean> {
  const rows = rules.size === 0 || people.length === 0 ? [] : await deps.evaluateRules(workspaceId, [...rules.values()], people, now)
  return readerOf(rows, rules, people)
}

async function askWithChecks(
  deps: Pick<EngineDeps, 'evaluateWithChecks'>,
  workspaceId: number,
  rules: ReadonlyMap<string, Rule>,
  people: readonly number[],
  now: number,
) {
  const none = { answers: [], checks: [] }
  const asked = rules.size > 0 && people.length > 0
  const { answers, checks } = asked ? await deps.evaluateWithChecks(workspaceId, [...rules.values()], people, now) : none
  const personAt = new Map(people.map((id, i) => [id, i]))
  return {
    of: readerOf(answers, rules, people),
    check: (personId: number) => checks[personAt.get(personId) ?? -1] ?? Number.POSITIVE_INFINITY,
  }
}

function readerOf(rows: readonly boolean[][], rules: ReadonlyMap<string, Rule>, people: readonly number[]) {
  const names = [...rules.keys()]
  const ruleAt = new Map(names.map((name, i) => [name, i]))
  const personAt = new Map(people.map((id, i) => [id, i]))
  return (name: string, personId: number): boolean => {
    const answer = rows[ruleAt.get(name) ?? -1]?.[personAt.get(personId) ?? -1]
    if (answer === undefined) throw new Error(`the rule ${name} was not answered for person ${personId}`)
    return answer
  }
}
