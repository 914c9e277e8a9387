import { type CallInput, type EndpointName, endpoints, type Output } from '@chaoxi/contract'
import { type Chaoxi, startChaoxi } from '../../src/boot.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createRandomBytes } from './random.ts'
import { createTestStores, type TestStores } from './stores.ts'

export const adminEmail = 'admin@example.com'
export const adminPassword = 'correct-horse-battery'
export const writeKey = 'wk_test_0123456789'
export const apiKey = 'ak_test_0123456789abcdef'

export type Answer = { status: number; body: unknown }

/** The whole program over real stores, on a port of its own, with a clock that stands still and loops that the test drains. */
export interface TestApp extends TestStores {
  readonly chaoxi: Chaoxi
  readonly url: string
  readonly workspaceId: number
  /** Calls an endpoint of the table with the api key (an operator's rights); throws on any answer but 200. */
  call<N extends EndpointName>(name: N, input?: CallInput<N>): Promise<Output<N>>
  /** The same, logged in as the admin. */
  callAsAdmin<N extends EndpointName>(name: N, input?: CallInput<N>): Promise<Output<N>>
  /** Posts to the intake as a shop does. */
  send(path: string, body: unknown): Promise<Answer>
  /** A batch that must be taken whole. */
  events(batch: readonly object[]): Promise<void>
  /** Runs every background loop until none finds work. */
  settle(): Promise<void>
}

export async function startTestApp(options: { seed?: number; environment?: Record<string, string> } = {}): Promise<TestApp> {
  const stores = await createTestStores(options.seed ?? 1)
  const config = readConfig({
    CHAOXI_PORT: '0',
    CHAOXI_SAMPLE: 'none',
    CHAOXI_ADMIN_EMAIL: adminEmail,
    CHAOXI_ADMIN_PASSWORD: adminPassword,
    CHAOXI_WRITE_KEY: writeKey,
    CHAOXI_API_KEY: apiKey,
    CHAOXI_DATA_DIR: stores.scratchFolder,
    CHAOXI_LOG_LEVEL: process.env.CHAOXI_TEST_LOG ?? 'silent',
    ...options.environment,
  })
  const chaoxi = await startChaoxi(config, {
    clock: stores.clock,
    random: createRandomBytes(options.seed ?? 1),
    stores,
    manualLoops: true,
    checkResponses: true,
  })
  const { url } = chaoxi

  async function send(path: string, body: unknown): Promise<Answer> {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
    })
    return { status: answer.status, body: await answer.json() }
  }

  async function call<N extends EndpointName>(name: N, input: CallInput<N>, credentials: Record<string, string>): Promise<Output<N>> {
    const { method, path } = endpoints[name]
    const params: Record<string, unknown> = { ...input.params }
    const query = Object.entries({ ...input.query }).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key, String(value)]],
    )
    const target = path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key])))
    const answer = await fetch(`${url}${target}?${new URLSearchParams(query)}`, {
      method,
      headers: { ...credentials, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(input.body ?? {}) }),
    })
    const body: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(body)}`)
    // The server has just held it against the same schema.
    return body as Output<N>
  }

  return {
    ...stores,
    chaoxi,
    url,
    send,
    workspaceId: chaoxi.first.workspaceId,
    call: (name, input = {}) => call(name, input, { authorization: `Bearer ${apiKey}` }),
    async callAsAdmin(name, input = {}) {
      const login = await fetch(`${url}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: adminEmail, password: adminPassword }),
      })
      return call(name, input, { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' })
    },
    async events(batch) {
      const answer = await send('/v1/batch', { batch })
      if (answer.status !== 200 || JSON.stringify(answer.body) !== '{"success":true}')
        throw new Error(`the intake answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    },
    settle: () => chaoxi.loops.drain(),
    async close() {
      await chaoxi.stop()
      await stores.close()
    },
  }
}
