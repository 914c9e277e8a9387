import { AppError, type Input, type Output, type WebhookEndpoint, type WebhookPosting } from '@chaoxi/contract'
import type { Tx } from '../../platform/db/postgres.ts'
import type { Caller } from '../../platform/http/api.ts'
import { secretPrefix } from '../../platform/outbound/signature.ts'
import type { Seal } from '../../platform/seal.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import { webhookLoopName } from '../loop-names.ts'
import { publishedDefinitions } from '../store.ts'
import { attemptOf } from './attempt.ts'
import * as store from './endpoint-store.ts'
import { type EndpointSecrets, postingFor, secretsOf } from './envelope.ts'
import * as postings from './posting-store.ts'

const endpointsMax = 50
const dayMs = 86_400_000
const hourMs = 3_600_000
const textShown = 1_000

/** What the desk says of endpoints. */
export interface Endpoints {
  list(workspaceId: number): Promise<WebhookEndpoint[]>
  view(workspaceId: number, key: string): Promise<WebhookEndpoint>
  create(caller: Caller, input: Input<'webhookEndpointCreate'>['body']): Promise<Output<'webhookEndpointCreate'>>
  update(caller: Caller, key: string, input: Input<'webhookEndpointUpdate'>['body']): Promise<WebhookEndpoint>
  remove(caller: Caller, key: string): Promise<void>
  /** A new secret; the one before is valid beside it for so many hours. */
  rotate(caller: Caller, key: string, graceHours: number): Promise<Output<'webhookEndpointSecret'>>
  resume(caller: Caller, key: string): Promise<WebhookEndpoint>
  test(caller: Caller, key: string, data: Readonly<Record<string, unknown>>): Promise<Output<'webhookEndpointTest'>>
  postings(workspaceId: number, key: string, query: Input<'webhookPostings'>['query']): Promise<Output<'webhookPostings'>>
  resend(caller: Caller, key: string, id: string): Promise<WebhookPosting>
  ofRun(workspaceId: number, runId: string): Promise<WebhookPosting[]>
}

type EndpointsDeps = Pick<EngineDeps, 'db' | 'clock' | 'ids' | 'loops' | 'post'> & Pick<DeskDeps, 'audit'> & { readonly seal: Seal }

export function createEndpoints({ db, clock, ids, loops, post, audit, seal }: EndpointsDeps): Endpoints {
  const now = () => new Date(clock.now())
  const freshSecret = () => secretPrefix + Buffer.from(ids.secret(32), 'base64url').toString('base64')
  const sealed = (secrets: EndpointSecrets) => seal.seal(JSON.stringify(secrets))

  function opened(row: store.EndpointRow): EndpointSecrets {
    const secrets = secretsOf(seal, row)
    if (secrets !== null) return secrets
    throw new AppError(
      'conflict',
      `The secrets of ${row.key} cannot be opened with this program's key; give it a new secret and its headers again`,
    )
  }

  async function views(workspaceId: number, rows: readonly store.EndpointRow[]): Promise<WebhookEndpoint[]> {
    const [counts, published] = await Promise.all([
      postings.postingCounts(db, workspaceId, new Date(clock.now() - dayMs)),
      publishedDefinitions(db, workspaceId),
    ])
    const countOf = new Map(counts.map((one) => [one.endpoint, one]))
    return rows.map((row) => {
      const { answered = 0, failed = 0, due = 0 } = countOf.get(row.key) ?? {}
      return {
        key: row.key,
        name: row.name,
        url: row.url,
        headers: row.header_names,
        timeoutSeconds: row.timeout_seconds,
        enabled: row.enabled,
        pausedAt: row.paused_at?.toISOString() ?? null,
        pausedWhy: row.paused_why,
        secretBeforeUntil: row.before_until !== null && row.before_until > now() ? row.before_until.toISOString() : null,
        createdAt: row.created_at.toISOString(),
        lastDay: { answered, failed, due },
        usedBy: usersOf(published, row.key),
        revision: row.revision,
      }
    })
  }

  async function view(workspaceId: number, key: string): Promise<WebhookEndpoint> {
    const row = (await store.findEndpoint(db, workspaceId, key)) ?? missing(key)
    const [one] = await views(workspaceId, [row])
    return one ?? missing(key)
  }

  const change = (caller: Caller, key: string, action: string, work: (tx: Tx, row: store.EndpointRow) => Promise<object>): Promise<void> =>
    db.tx(async (tx) => {
      const row = (await store.lockEndpoint(tx, caller.workspaceId, key)) ?? missing(key)
      await audit(tx, caller, `webhook_endpoint.${action}`, key, await work(tx, row))
    })

  const postingView = (row: postings.PostingRow): WebhookPosting => ({
    id: row.effect_key,
    endpoint: row.endpoint,
    journeyId: row.journey_id,
    journeyName: row.journey_name,
    runId: row.run_id,
    nodeId: row.node_id,
    state: row.state,
    reason: row.reason,
    askedAt: row.asked_at.toISOString(),
    dueAt: row.due_at?.toISOString() ?? null,
    attempts: row.attempts,
    resendable: row.resendable,
  })

  return {
    list: async (workspaceId) => views(workspaceId, await store.listEndpoints(db, workspaceId)),
    view,

    async create(caller, { key, name, url, headers, timeoutSeconds, enabled }) {
      const secret = freshSecret()
      await db.tx(async (tx) => {
        if ((await store.listEndpoints(tx, caller.workspaceId)).length >= endpointsMax)
          throw new AppError('conflict', `There are ${endpointsMax} endpoints already; remove one that nobody uses`)
        const row = {
          ...{ workspace_id: caller.workspaceId, key, name, url, enabled, timeout_seconds: timeoutSeconds, created_at: now() },
          header_names: headers.map((one) => one.name),
          secrets: sealed({ secret, before: null, headers: headersOf(headers, {}) }),
        }
        if (!(await store.insertEndpoint(tx, row))) throw new AppError('conflict', `There is an endpoint ${key} already`)
        await audit(tx, caller, 'webhook_endpoint.create', key, { name, url, enabled })
      })
      return { ...(await view(caller.workspaceId, key)), secret }
    },

    async update(caller, key, { name, url, headers, timeoutSeconds, enabled, revision }) {
      await change(caller, key, 'update', async (tx, row) => {
        if (row.revision !== revision) throw new AppError('stale_revision', 'Somebody has changed this endpoint since; load it anew')
        const secrets = opened(row)
        const kept = headersOf(headers, secrets.headers)
        const changed = { ...row, name, url, enabled, timeout_seconds: timeoutSeconds, header_names: headers.map((one) => one.name) }
        await store.updateEndpoint(tx, { ...changed, secrets: sealed({ ...secrets, headers: kept }) })
        return {
          name,
          url,
          enabled,
          headersChanged: headers.some((one) => one.value !== undefined) || changed.header_names.join() !== row.header_names.join(),
        }
      })
      loops.wake(webhookLoopName)
      return view(caller.workspaceId, key)
    },

    async remove(caller, key) {
      const users = usersOf(await publishedDefinitions(db, caller.workspaceId), key)
      if (users.length > 0)
        throw new AppError(
          'in_use',
          'This endpoint is in use; take it out of the journeys that name it first',
          users.map((one) => ({ path: one.key, message: `journey "${one.name}" posts to it` })),
        )
      await change(caller, key, 'remove', async (tx) => {
        await store.deleteEndpoint(tx, caller.workspaceId, key)
        return {}
      })
    },

    async rotate(caller, key, graceHours) {
      const secret = freshSecret()
      await change(caller, key, 'secret', async (tx, row) => {
        // What cannot be opened any more is replaced, headers included.
        const before = secretsOf(seal, row)
        const grace = before !== null && graceHours > 0
        const secrets = sealed({ secret, before: grace ? before.secret : null, headers: before?.headers ?? {} })
        const header_names = before === null ? [] : row.header_names
        await store.updateEndpoint(tx, {
          ...row,
          secrets,
          header_names,
          before_until: grace ? new Date(clock.now() + graceHours * hourMs) : null,
        })
        return { graceHours }
      })
      return { ...(await view(caller.workspaceId, key)), secret }
    },

    async resume(caller, key) {
      await change(caller, key, 'resume', async (tx, row) => {
        await store.updateEndpoint(tx, { ...row, paused_at: null, paused_why: null })
        return {}
      })
      loops.wake(webhookLoopName)
      return view(caller.workspaceId, key)
    },

    async test(caller, key, data) {
      const row = (await store.findEndpoint(db, caller.workspaceId, key)) ?? missing(key)
      const at = clock.now()
      const id = `test_${ids.secret(12)}`
      const told = { id, at: new Date(at), test: true as const, journey: null, node: null, run: null, person: null, data }
      const posted = await post(postingFor(row, opened(row), told, at), at)
      const { ms, status, problem } = attemptOf(posted, at, clock.now())
      await audit(db, caller, 'webhook_endpoint.test', key, { status, problem })
      const text = posted.kind === 'answered' ? posted.body : null
      const json = text === null ? null : parsed(text)
      return { ok: problem === null, status, ms, problem, json, text: json === null ? (text?.slice(0, textShown) ?? null) : null }
    },

    async postings(workspaceId, key, { state, cursor, limit }) {
      if ((await store.findEndpoint(db, workspaceId, key)) === null) missing(key)
      const [at, id] = cursor?.split(' ') ?? []
      const before = at === undefined || id === undefined || Number.isNaN(Date.parse(at)) ? null : { askedAt: new Date(at), key: id }
      const found = await postings.postingsOf(db, workspaceId, key, { state: state ?? null, before }, limit + 1)
      const page = found.slice(0, limit).map(postingView)
      const last = page.at(-1)
      return { items: page, nextCursor: found.length > limit && last ? `${last.askedAt} ${last.id}` : null }
    },

    async resend(caller, key, id) {
      await change(caller, key, 'resend', async (tx) => {
        const found = await postings.findPosting(tx, caller.workspaceId, id)
        if (found === null || found.endpoint !== key) throw new AppError('not_found', `Nothing called ${id} was posted to ${key}`)
        if (!(await postings.resendPosting(tx, caller.workspaceId, id, now(), new Date(clock.now() + hourMs))))
          throw new AppError('conflict', 'Only what failed within the last seven days can be posted again')
        return { id }
      })
      loops.wake(webhookLoopName)
      const found = await postings.findPosting(db, caller.workspaceId, id)
      return found === null ? missing(id) : postingView(found)
    },

    ofRun: async (workspaceId, runId) => (await postings.postingsOfRun(db, workspaceId, runId)).map(postingView),
  }
}

function usersOf(published: Awaited<ReturnType<typeof publishedDefinitions>>, key: string): WebhookEndpoint['usedBy'] {
  const users = published.filter(({ definition }) => definition.nodes.some((node) => node.kind === 'webhook' && node.endpoint === key))
  return [...new Map(users.map(({ key: own, name, id }) => [own, { key: own, name, id }])).values()]
}

/** A header without a value keeps the one that it has. */
function headersOf(
  asked: readonly { name: string; value?: string | undefined }[],
  kept: Readonly<Record<string, string>>,
): Record<string, string> {
  const headers: Record<string, string> = {}
  asked.forEach(({ name, value }, i) => {
    const found = value ?? kept[name]
    if (found === undefined)
      throw new AppError('invalid_request', 'A new header needs a value', [
        { path: `body.headers.${i}.value`, message: 'is needed: none is kept under this name' },
      ])
    headers[name] = found
  })
  return headers
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function missing(key: string): never {
  throw new AppError('not_found', `There is no endpoint ${key}`)
}
