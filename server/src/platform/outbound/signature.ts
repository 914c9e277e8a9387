import { createHmac } from 'node:crypto'

// Standard Webhooks (standardwebhooks.com), so that receivers check what we post with a library of theirs.

export const secretPrefix = 'whsec_'

/** The bytes of a secret: base64 behind its prefix; one that somebody typed is its own bytes. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith(secretPrefix) ? Buffer.from(secret.slice(secretPrefix.length), 'base64') : Buffer.from(secret)

/** `secrets`: all that are valid at the time, each signs. */
export function signedHeaders(id: string, now: number, body: string, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000))
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  )
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
