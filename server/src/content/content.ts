import {
  AppError,
  type Channel,
  type Content,
  type Output,
  type PersonSummary,
  smsSegments,
  type TemplateView,
  type WorkspaceSettings,
} from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db, Queryable } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import { TemplateProblem } from './liquid.ts'
import { fullSmsText, renderSms, smsProblems, textProblems } from './sms.ts'
import * as store from './store.ts'
import { type ContentProblem, reads, renderPopup, type Template, templateProblems, type Variables } from './template.ts'

export interface ContentPerson {
  readonly id: number
  readonly userId: string | null
  readonly attributes: Record<string, unknown>
}

export interface ContentDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  /** `https://shop.example`: where short links lead back to; no slash at the end. */
  readonly publicUrl: string
  settings(workspaceId: number): Promise<WorkspaceSettings>
  profiles(workspaceId: number, personIds: readonly number[]): Promise<Map<number, ContentPerson>>
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<Map<number, PersonSummary>>
  audit(tx: Queryable, caller: Caller, action: string, subject: string, details: object): Promise<void>
  smsAccount(workspaceId: number): Promise<{ signName: string; optOutText: string } | null>
  /** Items for `hot_items`, best first: `name`, `price` (yuan), `url` … */
  hotItems?(workspaceId: number): Promise<readonly Record<string, unknown>[]>
  /** What `coupon.*` says of a coupon's definition; null when there is none. */
  coupon?(workspaceId: number, key: string): Promise<Record<string, unknown> | null>
  /** What `coupon.*` says in texts without a coupon of their own: the person's newest claim that can still be used. */
  claimedCoupons?(workspaceId: number, personIds: readonly number[]): Promise<Map<number, Record<string, unknown>>>
  /** Live journeys that send with a template: it may not be archived while there are any. */
  usage?(workspaceId: number, key: string): Promise<readonly { name: string }[]>
}

export interface TemplateInput {
  readonly key?: string
  readonly name: string
  readonly channel: Channel
  readonly content: Content
  readonly linkUrl: string
}

/** Everything but `event` and `link`, which belong to one message. */
export type PersonVariables = Omit<Variables, 'event' | 'link' | 'webhook'>

export interface ContentService {
  template(workspaceId: number, key: string): Promise<Template | null>
  templates(workspaceId: number, keys: readonly string[]): Promise<Map<string, Template>>
  /** What texts of `template` can read about each of the people, by the id that they are asked for with. */
  variables(workspaceId: number, people: ReadonlyMap<number, ContentPerson>, template: Template): Promise<Map<number, PersonVariables>>
  /** Where short links start; a code follows. */
  readonly linkPrefix: string
  /** Active templates, for filing at a provider. */
  active(workspaceId: number): Promise<Template[]>
  setFiling(db: Queryable, workspaceId: number, key: string, filing: store.Filing): Promise<void>
  /** Another account knows none of the texts that were filed. */
  forgetFilings(db: Queryable, workspaceId: number): Promise<void>
  list(workspaceId: number): Promise<TemplateView[]>
  create(caller: Caller, input: TemplateInput): Promise<TemplateView>
  view(workspaceId: number, key: string): Promise<TemplateView>
  update(caller: Caller, key: string, input: Omit<TemplateInput, 'channel'> & { revision: number }): Promise<TemplateView>
  archive(caller: Caller, key: string): Promise<void>
  preview(
    caller: Caller,
    input: { channel: Channel; content: Content; linkUrl: string; personId: number | null },
  ): Promise<Output<'templatePreview'>>
}

const previewLinkCode = 'A2B3C4D5'
const hotItemsMax = 10

function toView({ key, name, channel, content, linkUrl, revision, status, updatedAt }: Template): TemplateView {
  return { key, name, channel, content, linkUrl, revision, status, updatedAt: new Date(updatedAt).toISOString() }
}

function check(channel: Channel, content: Content, linkUrl: string): void {
  const problems = templateProblems(channel, content, linkUrl)
  if (problems.length > 0) throw new AppError('invalid_template', 'The template cannot be used as it is', problems)
}

export function createContent(deps: ContentDeps): ContentService {
  const { db, clock, ids } = deps
  const linkPrefix = `${deps.publicUrl}/l/`
  const now = () => new Date(clock.now())

  async function existing(workspaceId: number, key: string, on: Queryable = db): Promise<Template> {
    const [template] = await store.templatesByKey(on, workspaceId, [key])
    if (!template) throw new AppError('not_found', `There is no template ${key}`)
    return template
  }

  async function variables(
    workspaceId: number,
    people: ReadonlyMap<number, ContentPerson>,
    { content, linkUrl }: Pick<Template, 'content' | 'linkUrl'>,
  ): Promise<Map<number, PersonVariables>> {
    const couponKey = content.kind === 'popup' && content.action.kind === 'coupon' ? content.action.coupon : null
    // What no text reads is not asked for.
    const claims = couponKey === null && reads(content, linkUrl, 'coupon') ? deps.claimedCoupons : undefined
    const items = reads(content, linkUrl, 'hot_items') ? deps.hotItems : undefined
    const [settings, hotItems, coupon, claimed] = await Promise.all([
      deps.settings(workspaceId),
      items?.(workspaceId) ?? [],
      couponKey === null ? null : (deps.coupon?.(workspaceId, couponKey) ?? null),
      claims?.(workspaceId, [...people.keys()]) ?? new Map<number, Record<string, unknown>>(),
    ])
    return new Map(
      [...people].map(([id, person]) => [
        id,
        {
          customer: { ...person.attributes, user_id: person.userId },
          shop: { name: settings.name },
          coupon: coupon ?? claimed.get(id) ?? {},
          hot_items: hotItems.slice(0, hotItemsMax),
        },
      ]),
    )
  }

  async function sampleVariables(
    workspaceId: number,
    personId: number | null,
    template: Pick<Template, 'content' | 'linkUrl'>,
  ): Promise<Variables> {
    const id = personId ?? 0
    const people = personId === null ? new Map<number, ContentPerson>() : await deps.profiles(workspaceId, [id])
    const all = await variables(workspaceId, people, template)
    const { name } = await deps.settings(workspaceId)
    const person = all.get(id) ?? { customer: {}, shop: { name }, coupon: {}, hot_items: [] }
    return { ...person, event: {}, link: linkPrefix + previewLinkCode }
  }

  return {
    linkPrefix,
    template: async (workspaceId, key) => (await store.templatesByKey(db, workspaceId, [key]))[0] ?? null,
    templates: async (workspaceId, keys) =>
      new Map((await store.templatesByKey(db, workspaceId, keys)).map((template) => [template.key, template])),
    variables,
    active: (workspaceId) => store.activeTemplates(db, workspaceId),
    setFiling: store.setFiling,
    forgetFilings: store.forgetFilings,
    list: async (workspaceId) => (await store.activeTemplates(db, workspaceId)).map(toView),
    view: async (workspaceId, key) => toView(await existing(workspaceId, key)),

    async create(caller, input) {
      check(input.channel, input.content, input.linkUrl)
      const key = input.key ?? `${input.channel}_${ids.code(8).toLowerCase()}`
      return db.tx(async (tx) => {
        if (!(await store.insertTemplate(tx, { ...input, workspaceId: caller.workspaceId, key }, now()))) {
          throw new AppError('conflict', `There is already a template ${key}`)
        }
        await deps.audit(tx, caller, 'template.create', key, { name: input.name })
        return toView(await existing(caller.workspaceId, key, tx))
      })
    },

    async update(caller, key, input) {
      return db.tx(async (tx) => {
        const template = await existing(caller.workspaceId, key, tx)
        check(template.channel, input.content, input.linkUrl)
        if (!(await store.updateTemplate(tx, caller.workspaceId, key, input, now()))) {
          throw new AppError('stale_revision', `The template ${key} was changed by somebody else; load it again`)
        }
        await deps.audit(tx, caller, 'template.update', key, { revision: input.revision + 1 })
        return toView(await existing(caller.workspaceId, key, tx))
      })
    },

    async archive(caller, key) {
      const users = (await deps.usage?.(caller.workspaceId, key)) ?? []
      if (users.length > 0) {
        throw new AppError(
          'in_use',
          `The template ${key} is used by ${users.map((user) => user.name).join(', ')}; take it out of there first`,
        )
      }
      await db.tx(async (tx) => {
        await existing(caller.workspaceId, key, tx)
        await store.archiveTemplate(tx, caller.workspaceId, key, now())
        await deps.audit(tx, caller, 'template.archive', key, {})
      })
    },

    async preview(caller, { channel, content, linkUrl, personId }) {
      const person =
        personId === null ? null : ((await deps.summaries(caller.workspaceId, [personId], { unmasked: false })).get(personId) ?? null)
      if (personId !== null && !person) throw new AppError('not_found', `There is no person ${personId}`)
      const stops = templateProblems(channel, content, linkUrl)
      const empty = { content, fullText: '', length: 0, segments: 0, person }
      try {
        const known = await sampleVariables(caller.workspaceId, personId, { content, linkUrl })
        const { timeZone } = await deps.settings(caller.workspaceId)
        if (content.kind === 'popup') {
          const { content: shown, holes } = renderPopup(content, known, timeZone)
          return {
            ...empty,
            content: shown,
            problems: distinct([...stops, ...textProblems('content', shown.title + shown.body + shown.button, holes)]),
          }
        }
        const account = await deps.smsAccount(caller.workspaceId)
        const { text, holes } = renderSms(content.text, known, timeZone, linkPrefix)
        const fullText = fullSmsText(account?.signName ?? '', text, account?.optOutText ?? '')
        const noAccount: ContentProblem[] = account
          ? []
          : [{ path: '', code: 'no_sms_account', message: 'the SMS channel is not set up', level: 'warning' }]
        return {
          ...empty,
          content: { ...content, text },
          fullText,
          length: fullText.length,
          segments: smsSegments(fullText),
          problems: distinct([...stops, ...smsProblems(text, fullText, holes), ...noAccount]),
        }
      } catch (error) {
        if (!(error instanceof TemplateProblem)) throw error
        const problem: ContentProblem = { path: 'content', code: 'does_not_parse', message: error.message, level: 'error' }
        return { ...empty, problems: stops.length > 0 ? stops : [problem] }
      }
    },
  }
}

/** The check before saving and the one of the rendered text may find the same thing. */
function distinct(problems: readonly ContentProblem[]): ContentProblem[] {
  const seen = new Set<string>()
  return problems.filter(({ path, code, message }) => {
    const id = `${path} ${code} ${message}`
    return !seen.has(id) && seen.add(id)
  })
}
