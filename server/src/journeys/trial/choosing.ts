import { AppError, type JourneyDefinition, type Rule, sampleTrigger, type TrialPeople, type TrialTrait } from '@chaoxi/contract'
import { dayMs, type ReplayPiece } from '../../query/index.ts'
import { triggers } from '../core/entering.ts'
import { fits } from '../core/heard-match.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import type { Addressee } from '../rehearsal/post.ts'
import type { RehearsalWorld } from '../rehearsal/rehearsals.ts'
import { heardOf } from '../rehearsal/script.ts'
import { type Candidate, chooseCover, traitKey } from './cover.ts'
import type { Brought, Known, Participant } from './play.ts'
import { rulesOf, type TraitQuestions, traitQuestions, traitsOf, wantedTraits } from './traits.ts'

export type ChoosingDeps = Pick<EngineDeps, 'clock' | 'attributes' | 'evaluateRules' | 'audience' | 'timeZone' | 'matchesFilters'> &
  Pick<DeskDeps, 'peopleOfUsers' | 'summaries'> & { readonly past: RehearsalWorld }

/** Of more people the first so many are looked at: enough to find whoever is rare. */
const candidatesMax = 2_000
const pageSize = 1_000
/** Events of their own that bring people in are looked for so far back. */
const ownDays = 90

export interface Chosen extends Participant {
  readonly reasons: readonly TrialTrait[]
}

export interface Choosing {
  readonly people: readonly Chosen[]
  /** Sides of what the journey asks that nobody among the candidates has. */
  readonly missing: readonly TrialTrait[]
  readonly candidates: number
}

export interface ChoosingInput {
  readonly workspaceId: number
  readonly definition: JourneyDefinition
  readonly people: TrialPeople
  /** Properties of the made-up trigger; `own`: only of those who have none of their own. */
  readonly sample: Readonly<Record<string, unknown>> | undefined
  readonly trigger: 'own' | 'sample'
}

/** Whom a trial is made with, and what each of them is at this moment. */
export function createChoosing(deps: ChoosingDeps) {
  const { past } = deps

  async function candidatesOf(workspaceId: number, people: TrialPeople): Promise<number[]> {
    if (people.kind === 'list') return [...new Set(people.people)]
    if (people.kind === 'users') {
      const found = await deps.peopleOfUsers(workspaceId, people.userIds)
      const unknown = people.userIds.findIndex((userId) => !found.has(userId))
      if (unknown >= 0)
        throw new AppError('invalid_request', 'Not all of these people are known', [
          { path: `people.userIds.${unknown}`, message: `nobody has the user id "${people.userIds[unknown]}"` },
        ])
      return [...new Set(found.values())]
    }
    if (people.segment === undefined) return past.query.peopleAfter(workspaceId, 0, candidatesMax)
    const rule: Rule = { kind: 'segment', segment: people.segment }
    const found: number[] = []
    for (let after: number | null = 0; after !== null && found.length < candidatesMax; ) {
      const page = await deps.audience(workspaceId, rule, { now: deps.clock.now(), after, limit: pageSize })
      found.push(...page.people)
      after = page.last
    }
    return found.slice(0, candidatesMax)
  }

  /** By person the newest event that would bring them in; null where no event does. */
  async function ownEvents(
    workspaceId: number,
    { trigger }: JourneyDefinition,
    people: readonly number[],
  ): Promise<Map<number, { at: number; properties: Record<string, unknown> }> | null> {
    if (trigger.kind !== 'event' && trigger.kind !== 'event_absence' && trigger.kind !== 'inbound_message') return null
    const { name } = sampleTrigger({ trigger })
    const to = deps.clock.now()
    const timeZone = await deps.timeZone(workspaceId)
    const found = new Map<number, { at: number; properties: Record<string, unknown> }>()
    const bringsIn = (properties: Record<string, unknown>, at: number) => {
      const heard = heardOf('event', name, '', at, properties)
      return trigger.kind === 'event_absence'
        ? fits(trigger, heard, deps.matchesFilters)
        : triggers('', trigger, heard, deps.matchesFilters)
    }
    const note = ({ people: living, events }: ReplayPiece) => {
      for (const [place, person] of living.entries())
        for (let row = (events.starts[place + 1] ?? 0) - 1; row >= (events.starts[place] ?? 0); row--) {
          const [properties, at] = [events.properties(row), events.times[row] ?? 0]
          if (!bringsIn(properties, at)) continue
          found.set(person, { at, properties })
          break
        }
    }
    const asked = { workspaceId, rules: [], timeZone, dense: false, from: to - ownDays * dayMs, to, listens: [name] }
    const sorted = people.toSorted((a, b) => a - b)
    const nothing = { sayings: [], attributes: [], presence: false }
    for await (const piece of past.query.replay({ ...asked, ...nothing, people: sorted }, () => {})) note(piece)
    return found
  }

  async function traits(
    workspaceId: number,
    questions: TraitQuestions,
    people: readonly number[],
    known: { addressees: ReadonlyMap<number, Addressee>; attributes: ReadonlyMap<number, Readonly<Record<string, unknown>>> },
    own: ReadonlyMap<number, unknown> | null,
  ): Promise<Candidate[]> {
    const rules = rulesOf(questions)
    const answers = rules.length === 0 ? [] : await deps.evaluateRules(workspaceId, rules, people, deps.clock.now())
    const places = new Map(rules.map((rule, place) => [rule, place]))
    return people.map((id, at) => ({
      id,
      traits: traitsOf(questions, {
        holds: (rule) => answers[places.get(rule) ?? -1]?.[at] ?? false,
        addressee: known.addressees.get(id),
        attributes: known.attributes.get(id) ?? {},
        own: own === null ? null : own.has(id),
      }),
    }))
  }

  return async function choose(input: ChoosingInput): Promise<Choosing> {
    const { workspaceId, definition, people } = input
    const now = deps.clock.now()
    const asked = await candidatesOf(workspaceId, people)
    const summaries = await deps.summaries(workspaceId, asked, { unmasked: false })
    const candidates = asked.filter((id) => summaries.has(id))
    if (people.kind === 'list' && candidates.length < asked.length) {
      const unknown = people.people.findIndex((id) => !summaries.has(id))
      throw new AppError('invalid_request', 'Not all of these people are known', [
        { path: `people.people.${unknown}`, message: `there is no person ${people.people[unknown]}` },
      ])
    }
    if (candidates.length === 0)
      throw new AppError('invalid_request', 'There is nobody to choose from', [
        { path: 'people', message: 'choose another segment, or name people' },
      ])
    const [addressees, attributes, own, values] = await Promise.all([
      past.addressees(workspaceId, candidates, { journeyId: '', from: now, to: now }),
      deps.attributes(workspaceId, candidates),
      ownEvents(workspaceId, definition, candidates),
      past.tagValues(workspaceId),
    ])
    const questions = traitQuestions(definition, (tag) => values.get(tag) ?? [])
    const all = await traits(workspaceId, questions, candidates, { addressees, attributes }, own)
    const { chosen } = chooseCover(all, people.kind === 'choose' ? people.count : candidates.length)
    const had = new Set(all.flatMap((one) => one.traits.map(traitKey)))
    const sample = { ...(input.sample ?? sampleTrigger(definition).properties) }
    const broughtBy = (id: number): Brought => {
      const event = input.trigger === 'own' ? own?.get(id) : undefined
      return event === undefined
        ? { from: 'sample', since: null, properties: sample }
        : { from: 'own', since: event.at, properties: event.properties }
    }
    const knownOf = (id: number): Known => {
      const addressee = addressees.get(id)
      return {
        attributes: { ...attributes.get(id) },
        userId: summaries.get(id)?.userId ?? null,
        reachable: (addressee?.address ?? null) !== null,
        suppression: addressee?.suppression ?? null,
        consents: [...(addressee?.consents ?? [])],
        timeZone: addressee?.timeZone ?? null,
        marketing: [...(addressee?.marketing ?? [])],
      }
    }
    return {
      people: chosen.map(({ id, reasons }) => ({ id, reasons, known: knownOf(id), brought: broughtBy(id) })),
      missing: wantedTraits(questions).filter((trait) => !had.has(traitKey(trait))),
      candidates: candidates.length,
    }
  }
}
