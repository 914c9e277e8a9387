import { bucket, type PostingAttempt, readAnswers } from '@chaoxi/contract'
import type { Posted } from '../../platform/outbound/post.ts'
import type { Heeded, WebhookDeed } from '../core/webhook.ts'

// What an attempt comes to. Pure.

const firstPauseMs = 5_000
const pauseMsMax = 10 * 60_000
/** How far a pause is moved, to either side, so that what failed together does not come back together. */
const jitterPercent = 20
const answerKept = 1_000
/** Answers that may be others the next time; of those that are no success all others are final. */
const passing = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500

/** After so many failures (ms); the same for the same posting and try. */
export function pauseAfter(tries: number, effectKey: string): number {
  const plain = Math.min(pauseMsMax, firstPauseMs * 2 ** Math.min(tries - 1, 20))
  return Math.round((plain * (100 - jitterPercent + bucket('webhook', `${effectKey}:${tries}`, 2 * jitterPercent + 1))) / 100)
}

/** Seconds, or a date; null: it says nothing that can be read. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

export type Verdict =
  | { readonly kind: 'answered'; readonly heeded: Heeded }
  | { readonly kind: 'again'; readonly at: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

export interface Tried {
  readonly effectKey: string
  /** This one included. */
  readonly tries: number
  /** It is not tried again after this (ms). */
  readonly until: number
  readonly answers: WebhookDeed['answers']
}

const isGood = (posted: Posted): boolean => posted.kind === 'answered' && posted.status >= 200 && posted.status < 300

/** How a story and a list name what went wrong. */
export const reasonOf = (posted: Posted): string => (posted.kind === 'answered' ? `status_${posted.status}` : posted.reason)

function heed(answers: Tried['answers'], body: string | null): Heeded {
  if (answers.length === 0) return { values: {}, unusable: [] }
  try {
    if (body !== null) return readAnswers(answers, JSON.parse(body))
  } catch {
    // Told below: it is no JSON.
  }
  return { values: {}, unusable: answers.map(({ name }) => ({ name, reason: 'no_json' })) }
}

export function judgeAttempt(posted: Posted, { effectKey, tries, until, answers }: Tried, now: number): Verdict {
  if (posted.kind === 'answered' && isGood(posted)) return { kind: 'answered', heeded: heed(answers, posted.body) }
  const reason = reasonOf(posted)
  const final = posted.kind === 'answered' ? !passing(posted.status) : posted.reason === 'refused'
  if (final) return { kind: 'failed', reason }
  const asked = posted.kind === 'answered' ? retryAfterMs(posted.retryAfter, now) : null
  const at = now + Math.max(asked ?? 0, pauseAfter(tries, effectKey))
  return at > until ? { kind: 'failed', reason } : { kind: 'again', at, reason }
}

/** Whether it says something of the endpoint's health: that it is busy does not. */
export const isFailure = (posted: Posted): boolean => !isGood(posted) && !(posted.kind === 'answered' && posted.status === 429)
export const isGone = (posted: Posted): boolean => posted.kind === 'answered' && posted.status === 410

export function attemptOf(posted: Posted, began: number, now: number): PostingAttempt {
  const good = isGood(posted)
  return {
    at: new Date(began).toISOString(),
    ms: Math.max(0, now - began),
    status: posted.kind === 'answered' ? posted.status : null,
    problem: good ? null : posted.kind === 'answered' ? `it answered ${posted.status}` : posted.detail,
    answer: good || posted.kind !== 'answered' || posted.body === null ? null : posted.body.slice(0, answerKept).replaceAll('\0', ''),
  }
}
