import type { PopupContent, WorkspaceSettings } from '@chaoxi/contract'
import { type ContentPerson, type ContentService, type PersonVariables, TemplateProblem } from '../../content/index.ts'
import type { AccountRow } from '../store-accounts.ts'
import { filingOf, writePopup, writeSms } from '../writing.ts'

/** What a message of a trial says, or why it would not go. There is no address in it. */
export type TrialText =
  | { readonly kind: 'drop'; readonly reason: string; readonly details: Record<string, unknown> }
  | {
      readonly kind: 'sms'
      readonly text: string
      readonly segments: number
      readonly costFen: number
      /** What the provider is told; null while it does not know the text. */
      readonly order: { readonly code: string; readonly params: Readonly<Record<string, string>> } | null
      readonly link: { readonly code: string; readonly url: string } | null
      readonly warning: 'template_review' | 'template_rejected' | null
    }
  | { readonly kind: 'popup'; readonly popup: PopupContent; readonly validHours: number }

export interface TextInput {
  readonly personId: number
  readonly template: string
  readonly event: Readonly<Record<string, unknown>>
  readonly coupon: Readonly<Record<string, unknown>> | null
  readonly webhook: Readonly<Record<string, unknown>>
}

/** Texts of some people, all that they read having been loaded. */
export interface TrialTexts {
  write(input: TextInput, newCode: () => string): TrialText
}

export interface TrialWriter {
  load(workspaceId: number, people: ReadonlyMap<number, ContentPerson>, templates: readonly string[]): Promise<TrialTexts>
}

interface Deps {
  readonly content: Pick<ContentService, 'templates' | 'variables' | 'linkPrefix'>
  settings(workspaceId: number): Promise<WorkspaceSettings>
  smsAccount(workspaceId: number): Promise<AccountRow | null>
}

/** The texts that messages would have, by the same functions that write those that go. */
export function createTrialWriter({ content, settings, smsAccount }: Deps): TrialWriter {
  return {
    async load(workspaceId, people, keys) {
      const [policy, account, templates] = await Promise.all([
        settings(workspaceId),
        smsAccount(workspaceId),
        content.templates(workspaceId, keys),
      ])
      const variables = new Map<string, Map<number, PersonVariables>>()
      for (const [key, template] of templates) variables.set(key, await content.variables(workspaceId, people, template))

      function write({ personId, template: key, event, coupon, webhook }: TextInput, newCode: () => string): TrialText {
        const template = templates.get(key) ?? null
        const own = variables.get(key)?.get(personId) ?? null
        if (template === null || own === null) return { kind: 'drop', reason: 'template_missing', details: { template: key } }
        const speaksOfItsOwn = template.content.kind === 'popup' && template.content.action.kind === 'coupon'
        const known = coupon === null || speaksOfItsOwn ? own : { ...own, coupon: { ...coupon } }
        const writing = { template, variables: known, settings: policy, event, webhook }
        if (template.content.kind === 'popup') {
          const written = writePopup(writing)
          return written.kind === 'drop' ? written : { kind: 'popup', popup: written.content, validHours: template.content.validHours }
        }
        if (account === null) return { kind: 'drop', reason: 'no_sms_account', details: {} }
        const written = writeSms(writing, account, content.linkPrefix, newCode)
        if (written.kind === 'drop') return written
        const { text, segments, costFen, params, link } = written
        const filing = filingOf(template, account, content.linkPrefix)
        const code = filing === 'approved' ? template.providerCode : null
        const warning = filing === 'approved' ? null : (`template_${filing}` as const)
        return { kind: 'sms', text, segments, costFen, link, order: code === null ? null : { code, params }, warning }
      }

      return {
        write(input, newCode) {
          try {
            return write(input, newCode)
          } catch (error) {
            if (!(error instanceof TemplateProblem)) throw error
            return { kind: 'drop', reason: 'render_failed', details: { error: error.message } }
          }
        },
      }
    },
  }
}
