import type { RefusalKind } from './aliyun/codes.ts'

/** A way to send SMS. Addresses are E.164. */
export interface SmsAccount {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly signName: string
}

export interface SmsRequest {
  readonly address: string
  readonly templateCode: string
  readonly params: Readonly<Record<string, string>>
  /** Ours; the provider gives it back with receipts and in its records. */
  readonly outId: string
}

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly providerId: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly why: RefusalKind }
  /** The provider surely never got it: no connection was made. */
  | { readonly kind: 'not_sent'; readonly error: string }
  /** It may have got it: the answer was lost, or made no sense. */
  | { readonly kind: 'unknown'; readonly error: string }

export type FoundMessage = { readonly state: 'waiting' | 'delivered' | 'failed'; readonly errorCode: string | null }
/** What the provider's records say about a message. `unanswered`: they could not be read, so nothing is known. */
export type FindOutcome =
  | { readonly kind: 'found'; readonly message: FoundMessage }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unanswered'; readonly error: string }

export type FilingOutcome =
  | { readonly kind: 'filed'; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unanswered'; readonly error: string }
export type ReviewOutcome = 'pending' | 'approved' | 'rejected' | 'unanswered'

export interface SmsProvider {
  send(account: SmsAccount, request: SmsRequest): Promise<SendOutcome>
  find(account: SmsAccount, query: { address: string; outId: string; sentAt: number }): Promise<FindOutcome>
  fileTemplate(account: SmsAccount, template: { name: string; text: string }): Promise<FilingOutcome>
  reviewOf(account: SmsAccount, templateCode: string): Promise<ReviewOutcome>
}
