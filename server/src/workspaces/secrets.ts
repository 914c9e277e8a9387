import { createHash } from 'node:crypto'

/** Of session tokens and keys: long random text, so a plain hash is enough and can be looked up. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** What the console shows of an api key that it does not keep. */
export function apiKeyHint(key: string): string {
  return `${key.slice(0, 4)}…${key.slice(-4)}`
}
