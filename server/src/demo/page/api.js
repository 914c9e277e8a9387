import { state } from './state.js'

/** Asks the shop's own server; throws `{ code }` as it answers. */
export async function ask(method, path, body) {
  const response = await fetch(`/demo/api${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(state.session === null ? {} : { authorization: `Bearer ${state.session.token}` }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const answer = await response.json().catch(() => null)
  if (!response.ok) throw Object.assign(new Error(answer?.error?.message ?? response.statusText), { code: answer?.error?.code ?? 'failed' })
  return answer
}
