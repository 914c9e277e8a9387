import { AppError, type CallInput, type EndpointName, type ErrorBody, endpoints, type Output } from '@chaoxi/contract'
import type { Config } from '../platform/config.ts'
import { UsageError } from './command.ts'
import { readRunFile } from './target.ts'

export type ApiCall = <N extends EndpointName>(name: N, input?: CallInput<N>) => Promise<Output<N>>

/** Calls the endpoints of the server that `--server` names, or that runs on the data folder, with an API key. */
export function openApi(options: { server: string | null; apiKey: string | null; config: Config }): ApiCall {
  const url = options.server ?? readRunFile(options.config.dataFolder)?.url
  if (url === undefined) throw new UsageError('No server runs on the data folder; start it, or name one with --server URL')
  const key = options.apiKey ?? options.config.apiKey
  if (key === null) throw new UsageError('Give an API key with --api-key KEY (or CHAOXI_API_KEY); the console makes them in its settings')
  return async <N extends EndpointName>(name: N, input: CallInput<N> = {} as CallInput<N>) => {
    const { method, path } = endpoints[name]
    const { params = {}, query = {}, body = {} }: { params?: object; query?: object; body?: unknown } = input
    const target = new URL(
      path.replace(/:(\w+)/g, (_, part: string) => encodeURIComponent(String(Reflect.get(params, part)))),
      url,
    )
    for (const [part, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(part, String(value))
    const answer = await fetch(target, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new AppError('unavailable', `${url} does not answer: ${error instanceof Error ? error.message : String(error)}`)
    })
    // The server holds its answers to the same table.
    if (answer.ok) return (await answer.json()) as Output<N>
    const failed = (await answer.json().catch(() => null)) as ErrorBody | null
    if (!failed?.error) throw new AppError('unavailable', `${url} answered ${answer.status}, and not as Chaoxi does`)
    throw new AppError(failed.error.code, failed.error.message, failed.error.problems)
  }
}
