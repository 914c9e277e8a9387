import table from 'virtual:endpoint-table'
import type { CallInput, EndpointName, ErrorBody, ErrorCode, Output, Problem } from '@chaoxi/contract'
import { requestUrl } from './request-url.ts'

/** A request that failed: the server's own words, or `unreachable` where no answer of the API came back. */
export class ApiError extends Error {
  readonly code: ErrorCode | 'unreachable'
  readonly status: number
  readonly problems: readonly Problem[]
  readonly requestId: string | null
  constructor(code: ErrorCode | 'unreachable', status: number, message: string, problems: readonly Problem[], requestId: string | null) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.problems = problems
    this.requestId = requestId
  }
}

export interface CallOptions {
  signal?: AbortSignal | undefined
}

/**
 * Calls an endpoint of the contract by its name: `call('people', { query: { q: '张' } })`. The answer's type is the
 * contract's; the server has parsed the request and printed the answer by the same table, so it is not parsed again.
 */
export async function call<N extends EndpointName>(name: N, input: CallInput<N> = {}, options: CallOptions = {}): Promise<Output<N>> {
  const { method, path } = table[name]
  const parts: { params?: object; query?: object; body?: unknown } = input
  const hasBody = method === 'POST' || method === 'PUT'
  let response: Response
  try {
    response = await fetch(requestUrl(path, parts.params, parts.query), {
      method,
      credentials: 'same-origin',
      headers: hasBody ? { 'content-type': 'application/json' } : {},
      ...(hasBody ? { body: JSON.stringify(parts.body ?? {}) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('unreachable', 0, 'The server did not answer', [], null)
  }
  if (!response.ok) throw await failure(response)
  return response.json()
}

async function failure(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id')
  try {
    const { error }: ErrorBody = await response.json()
    return new ApiError(error.code, response.status, error.message, error.problems, error.requestId)
  } catch {
    // A proxy's page or nothing at all: not an answer of ours.
    return new ApiError('unreachable', response.status, `HTTP ${response.status}`, [], requestId)
  }
}
