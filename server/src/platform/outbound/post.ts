import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { type AddressGuard, createAddressGuard, RefusedAddress } from './address-guard.ts'
import { signedHeaders } from './signature.ts'

/** JSON that goes to an address somebody has typed. */
export interface Posting {
  readonly url: string
  /** The same for each attempt, so that the receiver can drop doubles. */
  readonly id: string
  /** None: it is not signed. */
  readonly secrets: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  /** Gives up waiting for the answer. */
  readonly signal?: AbortSignal
}

export type Posted =
  /** `body` null: it is larger than `answerBytesMax`. */
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null; readonly body: string | null }
  /** `refused`: the address is not allowed. `stopped`: by the signal. */
  | { readonly kind: 'failed'; readonly reason: 'refused' | 'timeout' | 'unreachable' | 'stopped'; readonly detail: string }

/** Posts once, to the address and no other: redirects are answers. Never throws for what is outside. */
export type Post = (posting: Posting, now: number) => Promise<Posted>

export const answerBytesMax = 64 * 1024

async function read(answer: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer) {
    size += part.length
    if (size > answerBytesMax) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function send(posting: Posting, headers: Record<string, string>, guard: AddressGuard, signal: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(posting.url)
  guard.checkHost(url.hostname)
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? secureRequest : plainRequest
    const asked = request(url, { method: 'POST', headers, lookup: guard.lookup, agent: false, signal }, resolve)
    asked.on('error', reject)
    asked.end(posting.body)
  })
}

/** `allowed`: hosts and networks that may be called though they are not of the public Internet. */
export function createPost(allowed: readonly string[]): Post {
  const guard = createAddressGuard(allowed)
  return async (posting, now) => {
    const body = Buffer.from(posting.body)
    const headers = {
      ...posting.headers,
      'content-type': 'application/json',
      'content-length': String(body.length),
      'user-agent': 'Chaoxi',
      ...(posting.secrets.length > 0 ? signedHeaders(posting.id, now, posting.body, posting.secrets) : {}),
    }
    const timeout = AbortSignal.timeout(posting.timeoutMs)
    const signal = posting.signal ? AbortSignal.any([timeout, posting.signal]) : timeout
    try {
      const answer = await send(posting, headers, guard, signal)
      const text = await read(answer)
      if (text === null) answer.destroy()
      return { kind: 'answered', status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] ?? null, body: text }
    } catch (error) {
      if (error instanceof RefusedAddress)
        return {
          kind: 'failed',
          reason: 'refused',
          detail: `${error.message} is no public address, and not among those that CHAOXI_OUTBOUND_ALLOW names`,
        }
      if (posting.signal?.aborted) return { kind: 'failed', reason: 'stopped', detail: 'it was given up' }
      if (timeout.aborted) return { kind: 'failed', reason: 'timeout', detail: `no answer within ${posting.timeoutMs / 1_000} s` }
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
      return { kind: 'failed', reason: 'unreachable', detail: `it could not be reached${code}` }
    }
  }
}
