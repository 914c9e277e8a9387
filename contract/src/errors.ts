import type { z } from 'zod'

/**
 * The closed registry of expected errors. A code alone fixes the HTTP status and whether a client may retry;
 * nothing else in the product chooses a status. Bugs are assertions and come out as `internal`.
 */
export const errorRegistry = {
  invalid_request: { status: 400, retryable: false },
  invalid_rule: { status: 400, retryable: false },
  invalid_journey: { status: 400, retryable: false },
  invalid_template: { status: 400, retryable: false },
  body_too_large: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  login_failed: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  conflict: { status: 409, retryable: false },
  in_use: { status: 409, retryable: false },
  stale_revision: { status: 409, retryable: false },
  coupon_exhausted: { status: 409, retryable: false },
  coupon_unavailable: { status: 409, retryable: false },
  rate_limited: { status: 429, retryable: true },
  internal: { status: 500, retryable: true },
  unavailable: { status: 503, retryable: true },
} as const

export type ErrorCode = keyof typeof errorRegistry

/** One thing wrong with an input: `path` points at the place (`rules.1.value`), `message` says how to mend it. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** What a schema refused, as far as anybody reads it. */
export function problemsOf(error: z.ZodError, prefix = ''): Problem[] {
  return error.issues
    .slice(0, 50)
    .map((issue) => ({ path: [prefix, ...issue.path.map(String)].filter((part) => part !== '').join('.'), message: issue.message }))
}

/** The body of every error answer. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode
    readonly message: string
    readonly problems: readonly Problem[]
    readonly requestId: string
  }
}

/** An expected failure. `message` is for a person: what happened, where, how to mend it. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly problems: readonly Problem[]
  constructor(code: ErrorCode, message: string, problems: readonly Problem[] = []) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.problems = problems
  }
  get status(): number {
    return errorRegistry[this.code].status
  }
}
