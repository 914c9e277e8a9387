import { createHmac, hash } from 'node:crypto'

/**
 * Aliyun's signature V3 (ACS3-HMAC-SHA256) of an RPC call: parameters in the query, an empty body.
 * Source: help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature.
 */
export interface Acs3Request {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: string
  /** Lower-case names; `x-acs-content-sha256` is added here. */
  readonly headers: Readonly<Record<string, string>>
}

export const acs3Algorithm = 'ACS3-HMAC-SHA256'

export const sha256Hex = (text: string) => (text === '' ? emptyHash : hash('sha256', text, 'hex'))
const emptyHash = hash('sha256', '', 'hex')

/** RFC 3986: encodeURIComponent leaves five characters too many as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((key) => `${encode(key)}=${encode(query[key] ?? '')}`)
    .join('&')
}

export function acs3Sign(request: Acs3Request, secret: string): { signature: string; signedHeaders: string; canonicalHash: string } {
  const bodyHash = sha256Hex(request.body)
  const headers: Record<string, string> = { ...request.headers, 'x-acs-content-sha256': bodyHash }
  const names = Object.keys(headers)
    .filter((name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'))
    .sort()
  const signedHeaders = names.join(';')
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join(''),
    signedHeaders,
    bodyHash,
  ].join('\n')
  const canonicalHash = sha256Hex(canonical)
  const signature = createHmac('sha256', secret).update(`${acs3Algorithm}\n${canonicalHash}`).digest('hex')
  return { signature, signedHeaders, canonicalHash }
}
