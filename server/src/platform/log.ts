import { type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines on standard error, so that standard output stays for what a person asked for. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}
