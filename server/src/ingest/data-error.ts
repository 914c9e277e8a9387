import { postgresCode } from '../platform/db/postgres.ts'

/** Failures of the data (class 22: data exception, 23: integrity), not of the stores: sending again would not help. */
export const isDataError = (error: unknown) =>
  /^2[23]/.test(postgresCode(error) ?? '') || (error instanceof Error && /CANNOT_PARSE|INCORRECT_DATA/.test(error.message))
