import { type PopupContent, smsLengthMax, smsSegments, type WorkspaceSettings } from '@chaoxi/contract'
import {
  fullSmsText,
  type PersonVariables,
  renderLinkTarget,
  renderPopup,
  renderSms,
  smsProviderText,
  type Template,
  TemplateProblem,
  usesLink,
  type Variables,
} from '../content/index.ts'
import type { AccountRow } from './store-accounts.ts'

// What a message says, whoever it goes to: no address comes in here and none goes out.

/** A reason to drop that the gate does not know: it is about the content. */
export type ContentDrop =
  | 'template_missing'
  | 'template_rejected'
  | 'no_sms_account'
  | 'missing_variable'
  | 'render_failed'
  | 'too_long'
  | 'link_target'
  | 'expired'

export interface Refused {
  readonly kind: 'drop'
  readonly reason: ContentDrop
  readonly details: Record<string, unknown>
}
const refused = (reason: ContentDrop, details: Record<string, unknown> = {}): Refused => ({ kind: 'drop', reason, details })

export interface Writing {
  readonly template: Template | null
  readonly variables: PersonVariables | null
  readonly settings: WorkspaceSettings
  readonly event: Readonly<Record<string, unknown>>
  /** What systems outside have answered the journey. */
  readonly webhook: Readonly<Record<string, unknown>>
}

export interface WrittenSms {
  readonly kind: 'sms'
  /** As the phone shows it. */
  readonly text: string
  readonly params: Record<string, string>
  readonly segments: number
  readonly costFen: number
  readonly link: { readonly code: string; readonly url: string } | null
}

export interface WrittenPopup {
  readonly kind: 'popup'
  readonly content: PopupContent
}

/** Whether the provider knows the text as it is now. */
export function filingOf({ content, ...template }: Template, account: AccountRow, linkPrefix: string): 'approved' | 'review' | 'rejected' {
  if (content.kind !== 'sms') return 'approved'
  if (template.providerText !== smsProviderText(content.text, linkPrefix, account.opt_out_text)) return 'review'
  if (template.providerStatus === 'pending') return 'review'
  return template.providerStatus === 'rejected' || template.providerCode === null ? 'rejected' : 'approved'
}

export function writeSms(
  { template, variables, settings, event, webhook }: Writing,
  account: AccountRow,
  linkPrefix: string,
  codeOf: () => string,
): WrittenSms | Refused {
  if (template?.content.kind !== 'sms' || !variables) return refused('template_missing', { template: template?.key })
  const code = usesLink(template.content) ? codeOf() : null
  const all: Variables = { ...variables, event: { ...event }, webhook, link: code === null ? '' : linkPrefix + code }
  const { text, params, holes } = renderSms(template.content.text, all, settings.timeZone, linkPrefix)
  if (holes.length > 0) return refused('missing_variable', { holes })
  const url = code === null ? null : renderLinkTarget(template.linkUrl, all, settings.timeZone)
  if (code !== null && (url === null || url === '')) return refused('link_target', { linkUrl: template.linkUrl })
  const full = fullSmsText(account.sign_name, text, account.opt_out_text)
  if (full.length > smsLengthMax) return refused('too_long', { length: full.length, max: smsLengthMax })
  const segments = smsSegments(full)
  const link = code !== null && url !== null ? { code, url } : null
  return { kind: 'sms', text: full, params, segments, costFen: segments * account.price_per_segment_fen, link }
}

/** `{{ link }}` is the target itself: the click is reported by the SDK. */
export function writePopup({ template, variables, settings, event, webhook }: Writing): WrittenPopup | Refused {
  if (template?.content.kind !== 'popup' || !variables) return refused('template_missing', { template: template?.key })
  try {
    const known: Variables = { ...variables, event: { ...event }, webhook, link: '' }
    const link = usesLink(template.content) ? renderLinkTarget(template.linkUrl, known, settings.timeZone) : ''
    if (link === null) return refused('link_target', { linkUrl: template.linkUrl })
    const { content, holes } = renderPopup(template.content, { ...known, link }, settings.timeZone)
    return holes.length > 0 ? refused('missing_variable', { holes }) : { kind: 'popup', content }
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error
    return refused('render_failed', { error: error.message })
  }
}
