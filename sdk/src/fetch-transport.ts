import type { Answer, Transport } from './surroundings.ts'

interface Browser {
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Where `fetch` cannot outlive the page. It sets no header, but a batch names its write key itself. */
  sendBeacon?(url: string, body: string): boolean
  readonly keepalive: boolean
}

const requestMsMax = 20_000

export function createFetchTransport({ fetch, sendBeacon, keepalive }: Browser, host: string, writeKey: string): Transport {
  return async ({ method, path, body, last }) => {
    if (last && !keepalive && sendBeacon && path === '/v1/batch' && body !== undefined) {
      if (!sendBeacon(host + path, body)) throw new Error('the browser did not take it')
      // Nobody knows yet whether it arrives: it stays in the queue, and the server counts it once.
      return { status: 599, retryAfterMs: null, text: '' }
    }
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), requestMsMax)
    try {
      const response = await fetch(host + path, {
        method,
        body,
        // text/plain and json are alike to the server; the key is the user of basic authentication.
        headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        credentials: 'omit',
        keepalive: last === true,
        signal: abort.signal,
      })
      const wait = Number(response.headers.get('retry-after'))
      const answer: Answer = { status: response.status, retryAfterMs: wait > 0 ? wait * 1000 : null, text: await response.text() }
      return answer
    } finally {
      clearTimeout(timer)
    }
  }
}
