import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

// Robots of group chats at the network's edge. They check what the providers check: the signature, its age, the form, the rate.

export interface Robots {
  url(robot: 'dingtalk' | 'feishu' | 'wecom'): string
  /** What each group has seen, as text. */
  readonly seen: { readonly robot: string; readonly title: string; readonly text: string }[]
  /** Every answer that was no success. */
  readonly refused: { readonly robot: string; readonly code: number }[]
  close(): void
}

export const robotSecret = 'SEC0123456789abcdef0123456789abcdef'

const hourMs = 3_600_000
const perMinuteMax = 20
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64')
const dingtalkBody = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({ title: z.string().min(1), text: z.string().min(1) }),
})
const wecomBody = z.strictObject({ msgtype: z.literal('markdown'), markdown: z.strictObject({ content: z.string().min(1) }) })
const feishuBody = z.strictObject({
  timestamp: z.string().regex(/^\d{10}$/),
  sign: z.string(),
  msg_type: z.literal('interactive'),
  card: z
    .object({
      header: z.object({ title: z.object({ tag: z.literal('plain_text'), content: z.string() }), template: z.string() }),
      elements: z.array(z.object({ tag: z.string() }).loose()).min(1),
    })
    .loose(),
})

/** `now`: the clock of the test. */
export async function openRobots(now: () => number): Promise<Robots> {
  const seen: Robots['seen'] = []
  const refused: Robots['refused'] = []
  const times: Record<string, number[]> = {}

  function tooOften(robot: string): boolean {
    const within = (times[robot] ?? []).filter((at) => at > now() - 60_000)
    times[robot] = [...within, now()]
    return within.length >= perMinuteMax
  }

  function dingtalk(query: URLSearchParams, body: unknown): number {
    const timestamp = Number(query.get('timestamp'))
    if (query.get('access_token') !== 'token') return 300001
    if (Math.abs(timestamp - now()) > hourMs || query.get('sign') !== hmac(robotSecret, `${timestamp}\n${robotSecret}`)) return 310000
    const read = dingtalkBody.safeParse(body)
    if (!read.success) return 40035
    if (tooOften('dingtalk')) return 130101
    seen.push({ robot: 'dingtalk', ...read.data.markdown })
    return 0
  }

  function feishu(body: unknown): number {
    const read = feishuBody.safeParse(body)
    if (!read.success) return 9499
    const { timestamp, sign, card } = read.data
    if (Math.abs(Number(timestamp) * 1_000 - now()) > hourMs || sign !== hmac(`${timestamp}\n${robotSecret}`, '')) return 19021
    if (tooOften('feishu')) return 11232
    seen.push({ robot: 'feishu', title: card.header.title.content, text: JSON.stringify(card.elements) })
    return 0
  }

  function wecom(query: URLSearchParams, body: unknown): number {
    if (query.get('key') !== 'key') return 93000
    const read = wecomBody.safeParse(body)
    if (!read.success || Buffer.byteLength(read.data.markdown.content) > 4_096) return 40058
    if (tooOften('wecom')) return 45009
    const [title = ''] = read.data.markdown.content.split('\n')
    seen.push({ robot: 'wecom', title, text: read.data.markdown.content })
    return 0
  }

  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://robots')
      const body: unknown = JSON.parse(text)
      const robot = pathname.slice(1)
      const code = robot === 'dingtalk' ? dingtalk(searchParams, body) : robot === 'feishu' ? feishu(body) : wecom(searchParams, body)
      if (code !== 0) refused.push({ robot, code })
      const said = code === 0 ? 'ok' : 'refused'
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(robot === 'feishu' ? { code, msg: said, data: {} } : { errcode: code, errmsg: said }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const addresses = { dingtalk: '/dingtalk?access_token=token', feishu: '/feishu', wecom: '/wecom?key=key' } as const
  return { url: (robot) => `${origin}${addresses[robot]}`, seen, refused, close: () => server.close() }
}
