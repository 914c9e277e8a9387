import { resolve } from 'node:path'
import { z } from 'zod'
import { isReachable } from './outbound/address-guard.ts'

/** Everything that can be set from outside. This file alone reads the environment. */
export interface Config {
  readonly port: number
  readonly dataFolder: string
  readonly sample: 'demo' | 'none'
  readonly admin: { readonly email: string | null; readonly password: string | null }
  readonly writeKey: string | null
  readonly apiKey: string | null
  /** Null: embedded, in the data folder. */
  readonly databaseUrl: string | null
  readonly clickhouseUrl: string | null
  /** Where browsers and customers reach us, for short links; null: our own port on this machine. */
  readonly publicUrl: string | null
  readonly logLevel: string
  /** Runs of journeys that have been over for longer are history, in ClickHouse. */
  readonly runsKeptDays: number
  /** What secrets in the database are sealed with; null: a key of our own, in the data folder. */
  readonly sealKey: string | null
  /** Hosts, addresses and networks that workspaces may have called (webhooks, alarms) though they are not of the public Internet. */
  readonly outboundAllow: readonly string[]
  /** A stand-in of the SMS provider that runs as a process of its own (tests kill us, not it); null: ours, on our own port. */
  readonly standInUrl: string | null
}

const text = z.string().trim().min(1).nullable()
const schema = z.object({
  CHAOXI_PORT: z.coerce.number().int().min(0).max(65_535).default(7700),
  CHAOXI_DATA_DIR: z.string().trim().min(1).default('./data'),
  CHAOXI_SAMPLE: z.enum(['demo', 'none']).default('demo'),
  CHAOXI_ADMIN_EMAIL: z.email().nullable(),
  CHAOXI_ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').nullable(),
  CHAOXI_WRITE_KEY: z
    .string()
    .regex(/^[\w-]{8,100}$/, 'must be 8 to 100 letters, digits, _ or -')
    .nullable(),
  CHAOXI_API_KEY: z
    .string()
    .regex(/^[\w-]{16,200}$/, 'must be 16 to 200 letters, digits, _ or -')
    .nullable(),
  DATABASE_URL: text.refine((value) => value === null || /^postgres(ql)?:\/\//.test(value), 'must begin with postgres://'),
  CLICKHOUSE_URL: text.refine((value) => value === null || /^https?:\/\//.test(value), 'must begin with http:// or https://'),
  CHAOXI_PUBLIC_URL: text
    .refine((value) => value === null || /^https?:\/\/[^/?#]+\/?$/.test(value), 'must be http(s)://host without a path')
    .transform((value) => value?.replace(/\/$/, '') ?? null),
  CHAOXI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
  // No fewer than a popup waits for its visitor: whether it is still wanted is asked of its run.
  CHAOXI_RUNS_KEPT_DAYS: z.coerce.number().int().min(30).max(3_650).default(30),
  CHAOXI_SEAL_KEY: z.string().min(16, 'must have at least 16 characters').nullable(),
  CHAOXI_OUTBOUND_ALLOW: z
    .string()
    .default('')
    .transform((value) => value.split(',').map((one) => one.trim()))
    .transform((all) => all.filter((one) => one !== ''))
    .refine(
      (all) => all.every(isReachable),
      'must be hosts (a.example, *.example), addresses or networks (10.1.0.0/16), with commas between',
    ),
  CHAOXI_STANDIN_URL: text.refine((value) => value === null || /^https?:\/\//.test(value), 'must begin with http:// or https://'),
})
const nullable = [
  'CHAOXI_ADMIN_EMAIL',
  'CHAOXI_ADMIN_PASSWORD',
  'CHAOXI_WRITE_KEY',
  'CHAOXI_API_KEY',
  'DATABASE_URL',
  'CLICKHOUSE_URL',
  'CHAOXI_PUBLIC_URL',
  'CHAOXI_STANDIN_URL',
  'CHAOXI_SEAL_KEY',
]

/** Values that must not end in a terminal's scroll-back or a log. */
const secret = new Set(['CHAOXI_SEAL_KEY', 'CHAOXI_ADMIN_PASSWORD', 'CHAOXI_WRITE_KEY', 'CHAOXI_API_KEY', 'DATABASE_URL', 'CLICKHOUSE_URL'])

/** A configuration that cannot be used; the message is one line for the person at the terminal. */
export class ConfigError extends Error {}

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given: Record<string, unknown> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = environment[name]
    if (value !== undefined && value !== '') given[name] = value
    else if (nullable.includes(name)) given[name] = null
  }
  const result = schema.safeParse(given)
  if (!result.success) {
    throw new ConfigError(
      result.error.issues
        .map((issue) => {
          const name = issue.path.join('.')
          return `${name}: ${issue.message}${secret.has(name) ? '' : ` (it is ${JSON.stringify(environment[name] ?? '')})`}`
        })
        .join('; '),
    )
  }
  const env = result.data
  return {
    port: env.CHAOXI_PORT,
    dataFolder: resolve(env.CHAOXI_DATA_DIR),
    sample: env.CHAOXI_SAMPLE,
    admin: { email: env.CHAOXI_ADMIN_EMAIL, password: env.CHAOXI_ADMIN_PASSWORD },
    writeKey: env.CHAOXI_WRITE_KEY,
    apiKey: env.CHAOXI_API_KEY,
    databaseUrl: env.DATABASE_URL,
    clickhouseUrl: env.CLICKHOUSE_URL,
    publicUrl: env.CHAOXI_PUBLIC_URL,
    logLevel: env.CHAOXI_LOG_LEVEL,
    runsKeptDays: env.CHAOXI_RUNS_KEPT_DAYS,
    sealKey: env.CHAOXI_SEAL_KEY,
    outboundAllow: env.CHAOXI_OUTBOUND_ALLOW,
    standInUrl: env.CHAOXI_STANDIN_URL,
  }
}
