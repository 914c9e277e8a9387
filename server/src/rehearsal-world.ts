import { smsSegments, type WorkspaceSettings } from '@chaoxi/contract'
import type { Benefits } from './benefits/index.ts'
import type { Compliance } from './compliance/index.ts'
import { type ContentService, fullSmsText, renderSms, TemplateProblem } from './content/index.ts'
import type { Delivery } from './delivery/index.ts'
import type { Identity } from './identity/index.ts'
import type { RehearsalWorld } from './journeys/index.ts'
import type { ClickHouse } from './platform/db/clickhouse.ts'
import type { Db } from './platform/db/postgres.ts'
import type { Query } from './query/index.ts'
import type { Tags } from './tags/index.ts'

interface Rooms {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly query: Query
  readonly tags: Pick<Tags, 'resolved' | 'definitions'>
  readonly profiles: Identity['profiles']
  readonly compliance: Pick<Compliance, 'statements' | 'suppressions'>
  readonly delivery: Pick<Delivery, 'marketingBeside' | 'smsAccountInput'>
  readonly benefits: Pick<Benefits, 'offered'>
  readonly content: Pick<ContentService, 'templates' | 'variables' | 'linkPrefix'>
  settings(workspaceId: number): Promise<WorkspaceSettings>
}

/** People whose profiles and statements are read at once. */
const atOnce = 5_000
const hourMs = 3_600_000
/** As long as the code of a short link is. */
const linkCode = 'A2B3C4D5'

/** What was recorded, as rehearsals of journeys read it. */
export function createRehearsalWorld(rooms: Rooms): RehearsalWorld {
  const { db, clickhouse, query, tags, profiles, compliance, delivery, benefits, content, settings } = rooms
  return {
    query,
    resolved: tags.resolved,
    policy: settings,
    offered: benefits.offered,

    async addressees(workspaceId, people, { journeyId, from, to }) {
      const { marketingCap } = await settings(workspaceId)
      const found = new Map<
        number,
        ReturnType<RehearsalWorld['addressees']> extends Promise<ReadonlyMap<number, infer One>> ? One : never
      >()
      for (let at = 0; at < people.length; at += atOnce) {
        const some = people.slice(at, at + atOnce)
        const own = await profiles(workspaceId, some)
        const phones = [...own.values()].flatMap(({ phone }) => phone ?? [])
        const [statements, suppressions, marketing] = await Promise.all([
          compliance.statements(db, workspaceId, some, to),
          compliance.suppressions(db, workspaceId, phones),
          delivery.marketingBeside(workspaceId, some, from - marketingCap.hours * hourMs, journeyId),
        ])
        for (const [person, { phone, attributes }] of own)
          found.set(person, {
            address: phone,
            suppression: phone === null ? null : (suppressions.get(`sms:${phone}`) ?? null),
            consents: statements.get(person) ?? [],
            timeZone: attributes.timezone,
            marketing: marketing.get(person) ?? [],
          })
      }
      return found
    },

    async popupHours(workspaceId, keys) {
      const templates = await content.templates(workspaceId, keys)
      return new Map([...templates].flatMap(([key, { content: body }]) => (body.kind === 'popup' ? [[key, body.validHours]] : [])))
    },

    async costs(workspaceId, messages) {
      const account = await delivery.smsAccountInput(workspaceId)
      if (account === null) return messages.map(() => 0)
      const { timeZone } = await settings(workspaceId)
      const templates = await content.templates(workspaceId, [...new Set(messages.map((message) => message.template))])
      const people = await profiles(workspaceId, [...new Set(messages.map((message) => message.personId))])
      const costs: number[] = []
      for (const { personId, template: key, event, coupon, webhook } of messages) {
        const template = templates.get(key)
        const person = people.get(personId)
        const text = template?.content.kind === 'sms' ? template.content.text : null
        if (template === undefined || text === null || person === undefined) {
          costs.push(0)
          continue
        }
        const variables = (await content.variables(workspaceId, new Map([[personId, person]]), template)).get(personId)
        if (variables === undefined) throw new Error(`no text can be written for ${personId}`)
        const all = { ...variables, ...(coupon === null ? {} : { coupon }), event, webhook, link: content.linkPrefix + linkCode }
        const full = textOf(() => renderSms(text, all, timeZone, content.linkPrefix).text)
        costs.push(smsSegments(fullSmsText(account.signName, full, account.optOutText)) * account.pricePerSegmentFen)
      }
      return costs
    },

    async recordedUntil(workspaceId) {
      const [row] = await clickhouse.query<{ events: number; ms: number }>(
        'interactive',
        'select count() as events, max(toUnixTimestamp64Milli(time)) as ms from events where workspace_id = {workspace:UInt32}',
        { workspace: workspaceId },
      )
      return row === undefined || row.events === 0 ? null : row.ms
    },

    async tagValues(workspaceId) {
      const all = await tags.definitions.list(workspaceId, 'tag')
      return new Map(all.map((tag) => [tag.key, tag.values.map(({ value }) => value)]))
    },
  }
}

/** A text that cannot be written out costs what an empty one does. */
function textOf(render: () => string): string {
  try {
    return render()
  } catch (error) {
    if (error instanceof TemplateProblem) return ''
    throw error
  }
}
