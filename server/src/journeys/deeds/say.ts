import type { Identifier } from '../../identity/index.ts'
import type { HouseSaying } from '../../ingest/index.ts'
import type { EngineDeps } from '../deps.ts'

/** What leads to a person for good stands before what goes from hand to hand. */
const kinds = ['user_id', 'unionid', 'openid', 'anonymous_id', 'phone', 'email'] as const satisfies readonly Identifier['kind'][]

/** Marks what journeys say among what says attributes; their names follow. */
const library = 'chaoxi-journey'

export interface JourneySayDeps {
  identities(workspaceId: number, personId: number, options: { unmasked: boolean }): Promise<readonly Identifier[]>
  say(workspaceId: number, sayings: readonly HouseSaying[]): Promise<void>
  journeyNames(workspaceId: number): Promise<ReadonlyMap<string, string>>
}

/** Journeys speak of attributes as a shop does, by something that leads to the person, so whatever holds of an identify holds here. */
export function createJourneySay(deps: JourneySayDeps): EngineDeps['say'] {
  return async (workspaceId, sayings) => {
    const names = await deps.journeyNames(workspaceId)
    const unsaid = new Map<string, string>()
    const said: HouseSaying[] = []
    for (const { effectKey, personId, journeyId, attribute, value, at } of sayings) {
      const own = await deps.identities(workspaceId, personId, { unmasked: true })
      const identifier = kinds.flatMap((kind) => own.find((one) => one.kind === kind) ?? [])[0]
      if (!identifier) {
        unsaid.set(effectKey, 'no_identity')
        continue
      }
      const { kind, value: known } = identifier
      const traits = { [attribute]: value }
      const name = `${library}:${names.get(journeyId) ?? journeyId}`
      said.push({ identifier: { kind, value: known }, traits, messageId: `journey:${effectKey}`, time: at, library: name })
    }
    await deps.say(workspaceId, said)
    return unsaid
  }
}
