import { timingSafeEqual } from 'node:crypto'
import { acs3Algorithm, acs3Sign, sha256Hex } from '../aliyun/acs3.ts'

export interface RpcRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

export const dateSkewMaxMs = 15 * 60_000
const required = ['host', 'x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256']

const authorization = new RegExp(`^${acs3Algorithm} Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$`)

/** Checks a call as Aliyun's gateway does, and answers whose key signed it. `secretOf` null: there is no such key. */
export function verify(
  request: RpcRequest,
  now: number,
  secretOf: (accessKeyId: string) => string | null,
  nonceSeen: (nonce: string) => boolean,
): { accessKeyId: string } | Refusal {
  const { headers } = request
  const refuse = (status: number, code: string, message: string): Refusal => ({ status, code, message })
  const missing = required.find((name) => !headers[name])
  if (missing) return refuse(400, 'MissingParameter', `the header ${missing} is missing`)
  const match = authorization.exec(headers.authorization ?? '')
  if (!match) return refuse(400, 'IncompleteSignature', 'the header Authorization has another form')
  const [, accessKeyId = '', signedHeaders = '', signature = ''] = match
  const secret = secretOf(accessKeyId)
  if (secret === null) return refuse(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
  const date = Date.parse(headers['x-acs-date'] ?? '')
  if (Number.isNaN(date) || Math.abs(date - now) > dateSkewMaxMs) {
    return refuse(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.')
  }
  if (headers['x-acs-content-sha256'] !== sha256Hex(request.body))
    return refuse(400, 'SignatureDoesNotMatch', 'the hash of the body differs')
  const names = signedHeaders.split(';')
  if (required.some((name) => !names.includes(name))) return refuse(400, 'IncompleteSignature', 'a header that must be signed is not')
  const signed = Object.fromEntries(names.map((name) => [name, headers[name] ?? '']))
  const expected = acs3Sign({ ...request, headers: signed }, secret).signature
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) {
    return refuse(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.')
  }
  // A nonce is used up only by a call that was signed with it.
  if (nonceSeen(headers['x-acs-signature-nonce'] ?? ''))
    return refuse(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
  return { accessKeyId }
}
