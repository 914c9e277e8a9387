import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { createAddressGuard, isReachable } from './address-guard.ts'
import { createPost, type Posting } from './post.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

const now = Date.UTC(2026, 2, 8, 7)
const posting = (url: string, more: Partial<Posting> = {}): Posting => ({
  ...{ url, id: 'msg_1', secrets: [], body: '{"a":"价"}', timeoutMs: 5_000 },
  ...more,
})
const local = createPost(['127.0.0.1', 'localhost'])

describe('posting', () => {
  test('signs as Standard Webhooks says, with every secret that is valid', async () => {
    const secrets = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`, 'a-secret-of-the-shop']
    let verified: boolean[] = []
    const port = await listen(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = request.headers
      const keys = [Buffer.alloc(32, 7), Buffer.from('a-secret-of-the-shop'), Buffer.from('another one')]
      verified = keys.map((key) =>
        String(given)
          .split(' ')
          .some((one) => {
            const [version, signature = ''] = one.split(',')
            const own = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest()
            const other = Buffer.from(signature, 'base64')
            return version === 'v1' && at === String(now / 1_000) && other.length === own.length && timingSafeEqual(own, other)
          }),
      )
      response.writeHead(201, { 'retry-after': '7' }).end(`${request.headers['x-shop']} ${id}`)
    })
    const posted = await local(posting(`http://127.0.0.1:${port}/`, { secrets, headers: { 'x-shop': 'tide' } }), now)
    expect(posted).toEqual({ kind: 'answered', status: 201, retryAfter: '7', body: 'tide msg_1' })
    expect(verified).toEqual([true, true, false])
  })

  test('follows no redirect, and does not read more than is allowed nor wait longer', async () => {
    const asked: (string | undefined)[] = []
    const port = await listen((request, response) => {
      asked.push(request.url)
      if (request.url === '/moved') response.writeHead(302, { location: '/' }).end()
      if (request.url === '/large') response.end('x'.repeat(65 * 1024))
    })
    const at = (path: string) => `http://127.0.0.1:${port}${path}`
    expect(await local(posting(at('/moved')), now)).toMatchObject({ kind: 'answered', status: 302 })
    expect(await local(posting(at('/large')), now)).toMatchObject({ kind: 'answered', status: 200, body: null })
    expect(await local(posting(at('/slow'), { timeoutMs: 50 }), now)).toMatchObject({ kind: 'failed', reason: 'timeout' })
    expect(asked).not.toContain('/')
    expect(await local(posting('http://127.0.0.1:1/'), now)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
  })

  test('reaches no address that is not public, by whatever name it is given', async () => {
    let asked = 0
    const port = await listen((_, response) => {
      asked += 1
      response.end()
    })
    const post = createPost([])
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '0.0.0.0'])
      expect(await post(posting(`http://${host}:${port}/`), now), host).toMatchObject({ kind: 'failed', reason: 'refused' })
    for (const host of [
      '169.254.169.254',
      '100.100.100.200',
      '10.1.2.3',
      '[fd00:ec2::254]',
      '[fe80::1]',
      '[64:ff9b::a00:1]',
      '[2002:a00:1::]',
    ])
      expect(await post(posting(`http://${host}/`), now), host).toMatchObject({ kind: 'failed', reason: 'refused' })
    expect(asked).toBe(0)
    expect(await createPost(['*.1', 'localhost'])(posting(`http://localhost:${port}/`), now)).toMatchObject({ status: 200 })
  })
})

test('hosts and networks that are allowed are told from what is neither', () => {
  for (const good of ['localhost', '*.internal', 'a-b.example', '10.0.0.0/8', '127.0.0.1', 'fd00::/8', '::1'])
    expect(isReachable(good), good).toBe(true)
  for (const bad of ['http://a', 'a/8', '10.0.0.0/33', '10.0.0.0/8/9', 'fd00::/129', '', '*', 'a b'])
    expect(isReachable(bad), bad).toBe(false)
  const guard = createAddressGuard(['10.1.0.0/16'])
  expect(() => guard.checkHost('10.1.9.9')).not.toThrow()
  expect(() => guard.checkHost('10.2.9.9')).toThrow()
  expect(() => guard.checkHost('[::ffff:10.1.9.9]')).not.toThrow()
  expect(() => guard.checkHost('8.8.8.8')).not.toThrow()
  expect(() => guard.checkHost('[2606:4700::1111]')).not.toThrow()
})
