import { type CallInput, type EndpointName, endpoints, type Output } from '@chaoxi/contract'
import { apiKey } from './processes.ts'

/** Calls an endpoint of the console's API with the benchmark's key. */
export async function call<N extends EndpointName>(url: string, name: N, input: CallInput<N> = {}): Promise<Output<N>> {
  const { method, path } = endpoints[name]
  const params: Record<string, unknown> = { ...input.params }
  const query = Object.entries({ ...input.query }).map(([key, value]): [string, string] => [key, String(value)])
  const target = path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key])))
  const answer = await fetch(`${url}${target}?${new URLSearchParams(query)}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(input.body ?? {}) }),
  })
  const body: unknown = await answer.json()
  if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(body)}`)
  // The endpoint's schema made this body.
  return body as Output<N>
}
