import type { WorkspaceSettings } from '@chaoxi/contract'
import type { Compliance } from '../compliance/index.ts'
import type { ContentService, PersonVariables, Template } from '../content/index.ts'
import type { Profile } from '../identity/index.ts'
import type { Tx } from '../platform/db/postgres.ts'
import type { Message } from './message.ts'
import type { MessageFacts } from './plan.ts'
import { recentMarketing } from './store.ts'
import { type AccountRow, accountOf } from './store-accounts.ts'

export interface FactsDeps {
  readonly content: Pick<ContentService, 'templates' | 'variables' | 'linkPrefix'>
  readonly compliance: Pick<Compliance, 'consents' | 'suppressions'>
  settings(workspaceId: number): Promise<WorkspaceSettings>
  profiles(workspaceId: number, personIds: readonly number[]): Promise<Map<number, Profile>>
  /** Of messages that have waited, those that have become pointless meanwhile (bought, claimed), with the reason. */
  unwanted?(workspaceId: number, messages: readonly Message[], now: number): Promise<ReadonlyMap<string, string>>
}

/** A message that goes out at once was wanted a moment ago; one older than this is asked about again. */
const waitedMs = 60_000

const hourMs = 3_600_000

/** The facts about messages of one workspace, loaded at once; the answer is asked per message, as decisions change them. */
export interface LoadedFacts {
  of(message: Message): MessageFacts
  /** A marketing message of this batch goes out now: the next one of the same person must know. */
  goes(message: Message, at: number): void
  readonly account: AccountRow | null
}

export function createFactsLoader({ content, compliance, settings, profiles, unwanted }: FactsDeps) {
  return async function load(tx: Tx, workspaceId: number, messages: readonly Message[], now: number): Promise<LoadedFacts> {
    const personIds = [...new Set(messages.map((message) => message.personId))]
    const keys = [...new Set(messages.map((message) => message.template))]
    const waited = messages.filter((message) => message.runId !== null && now - message.createdAt >= waitedMs)
    const pointless = unwanted && waited.length > 0 ? await unwanted(workspaceId, waited, now) : null
    const [policy, people, templates, account] = await Promise.all([
      settings(workspaceId),
      profiles(workspaceId, personIds),
      content.templates(workspaceId, keys),
      accountOf(tx, workspaceId, 'sms'),
    ])
    const addresses = [...people.values()].flatMap((person) => person.phone ?? [])
    const since = new Date(now - policy.marketingCap.hours * hourMs)
    // One after the other: they share the transaction's connection.
    const consents = await compliance.consents(tx, workspaceId, personIds)
    const suppressions = await compliance.suppressions(tx, workspaceId, addresses)
    const recent = await recentMarketing(tx, workspaceId, personIds, since)
    const variables = new Map<string, Map<number, PersonVariables>>()
    for (const [key, template] of templates) {
      const own = new Set(messages.filter((message) => message.template === key).map((message) => message.personId))
      variables.set(key, await content.variables(workspaceId, new Map([...people].filter(([id]) => own.has(id))), template))
    }

    return {
      account,
      of(message) {
        const person = people.get(message.personId)
        const address = message.channel === 'sms' ? (person?.phone ?? null) : null
        return {
          gate: {
            address,
            suppression: address === null ? null : (suppressions.get(`${message.channel}:${address}`) ?? null),
            consent: consents.get(message.personId)?.get(message.channel) ?? null,
            timeZone: person?.attributes.timezone,
            recentMarketing: (recent.get(message.personId) ?? []).filter((sent) => sent.id !== message.id).map((sent) => sent.at),
          },
          settings: policy,
          template: templates.get(message.template) ?? null,
          variables: withCoupon(variables.get(message.template)?.get(message.personId), message, templates.get(message.template)),
          account,
          linkPrefix: content.linkPrefix,
          unwanted: pointless?.get(message.id) ?? null,
        }
      },
      goes(message, at) {
        if (message.purpose !== 'marketing') return
        recent.set(message.personId, [...(recent.get(message.personId) ?? []), { id: message.id, at }])
      },
    }
  }
}
/** A popup whose button gives a coupon speaks of that one. */
function withCoupon(variables: PersonVariables | undefined, { coupon }: Message, template: Template | undefined): PersonVariables | null {
  if (!variables || coupon === null) return variables ?? null
  const ownCoupon = template?.content.kind === 'popup' && template.content.action.kind === 'coupon'
  return ownCoupon ? variables : { ...variables, coupon }
}

export type FactsLoader = ReturnType<typeof createFactsLoader>
