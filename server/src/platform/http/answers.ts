import { AppError, type ErrorBody, type ErrorCode, errorRegistry } from '@chaoxi/contract'
import type { Logger } from '../log.ts'

function body(code: ErrorCode, message: string, requestId: string, problems: ErrorBody['error']['problems'] = []): Response {
  const content: ErrorBody = { error: { code, message, problems, requestId } }
  return Response.json(content, { status: errorRegistry[code].status })
}

/** An expected failure answers as the registry says. Everything else is a bug: logged in full, answered with nothing but its id. */
export function errorAnswer(error: unknown, requestId: string, log: Logger): Response {
  if (error instanceof AppError) return body(error.code, error.message, requestId, error.problems)
  log.error({ err: error, requestId }, 'request failed')
  return body('internal', 'Something went wrong on our side; the request id finds it in the log', requestId)
}
