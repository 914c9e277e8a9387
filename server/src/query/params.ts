import { AppError } from '@chaoxi/contract'
import type { Params } from '../platform/db/clickhouse.ts'

type ParamType =
  | 'String'
  | 'Float64'
  | 'Int64'
  | 'UInt32'
  | 'UInt64'
  | 'Array(String)'
  | 'Array(Float64)'
  | 'Array(Int64)'
  | 'Array(UInt64)'
  | 'Array(UInt8)'

/** Collects the values of a statement and answers the placeholder to print: a value never becomes part of the text. */
export interface ParamBag {
  bind(type: ParamType, value: string | number | readonly (string | number)[]): string
  readonly values: Params
}

/**
 * The client refuses numbers beyond 2^53 and ClickHouse reads exponents only unquoted, so floats go as the text that
 * ClickHouse parses. JavaScript prints a double with the digits that read back as the same double.
 */
function wireValue(type: ParamType, value: string | number | readonly (string | number)[]): unknown {
  if (type === 'Float64') return String(value)
  if (type === 'Array(Float64)' && Array.isArray(value)) return `[${value.map(String).join(',')}]`
  return value
}

/** Equal values share a placeholder, so that ClickHouse sees equal expressions and computes them once. */
export function createParamBag(): ParamBag {
  const names = new Map<string, string>()
  const values: Params = {}
  return {
    values,
    bind(type, value) {
      const identity = `${type} ${JSON.stringify(value)}`
      let name = names.get(identity)
      if (name === undefined) {
        name = `p${names.size}`
        names.set(identity, name)
        values[name] = wireValue(type, value)
      }
      return `{${name}:${type}}`
    },
  }
}

/** The guard that every statement over customers' rows starts its conditions with; without a workspace there is no statement. */
export function workspaceGuard(workspaceId: number, params: ParamBag): string {
  if (!Number.isSafeInteger(workspaceId) || workspaceId <= 0) throw new AppError('internal', 'a query was asked without a workspace')
  return `workspace_id = ${params.bind('UInt32', workspaceId)}`
}
