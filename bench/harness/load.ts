import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../server/test/harness/random.ts'
import { writeKey } from './processes.ts'

export interface BenchEvent {
  readonly type: 'track'
  readonly event: string
  readonly userId: string
  readonly messageId: string
  readonly timestamp: string
  readonly properties: Record<string, unknown>
}

const names = [
  'Product Viewed',
  'Product Viewed',
  'Product Viewed',
  'Product Viewed',
  'Product Added',
  'Products Searched',
  'Product Added to Wishlist',
  'Product Viewed',
  'Product Viewed',
  'Order Completed',
]

/** What a shop sends: a few people do most of it, most of it is looking. */
export function createEvents(prefix: string, count: number, people: number, seed = 1): BenchEvent[] {
  const random = createRandom(seed)
  const start = Date.now() - 3_600_000
  return Array.from({ length: count }, (_, i) => {
    const user = Math.floor(random() ** 2 * people)
    const item = Math.floor(random() ** 2 * 5_000)
    const price = Math.round(random() * 50_000) / 100
    const event = names[Math.floor(random() * names.length)] ?? 'Product Viewed'
    const product = { product_id: `item-${item}`, name: `潮汐商品 ${item}`, category: `类目${item % 40}`, price }
    const properties =
      event === 'Order Completed'
        ? { order_id: `${prefix}-o${i}`, total: price, currency: 'CNY', products: [{ ...product, quantity: 1 }] }
        : product
    return {
      type: 'track',
      event,
      userId: `${prefix}-u${user}`,
      messageId: `${prefix}-${i}`,
      timestamp: new Date(start + Math.floor((i / count) * 3_600_000)).toISOString(),
      properties,
    }
  })
}

export function toBodies(events: readonly object[], batch: number): Buffer[] {
  const bodies: Buffer[] = []
  for (let i = 0; i < events.length; i += batch) bodies.push(Buffer.from(JSON.stringify({ batch: events.slice(i, i + batch) })))
  return bodies
}

export interface Poster {
  /** Resolves when the answer 200 is there; throws on any other. */
  post(body: Buffer): Promise<void>
  close(): void
}

const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`

/** Posts batches over at most `connections` kept-alive connections. */
export function createPoster(url: string, connections: number): Poster {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    post: function post(body) {
      return new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': body.length, authorization }
        const call = request({ agent, hostname, port, path: '/v1/batch', method: 'POST', headers }, (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (piece: string) => {
            text += piece
          })
          answer.on('end', () => {
            if (answer.statusCode === 200 && !text.includes('rejected')) resolve()
            else reject(new Error(`the intake answered ${answer.statusCode}: ${text.slice(0, 300)}`))
          })
        })
        call.on('error', (error: NodeJS.ErrnoException) => {
          // The server closed the idle connection just as it was used again: whoever heard nothing sends again.
          if (call.reusedSocket && error.code === 'ECONNRESET') post(body).then(resolve, reject)
          else reject(error)
        })
        call.end(body)
      })
    },
    close: () => agent.destroy(),
  }
}

/** Closed loop: every connection sends its next batch when the last is acknowledged. Answers the seconds it took. */
export async function sendAll(url: string, bodies: readonly Buffer[], connections: number): Promise<number> {
  const poster = createPoster(url, connections)
  const start = performance.now()
  let next = 0
  const worker = async () => {
    for (let body = bodies[next++]; body; body = bodies[next++]) await poster.post(body)
  }
  await Promise.all(Array.from({ length: connections }, worker))
  poster.close()
  return (performance.now() - start) / 1000
}

const openConnectionsMax = 256

/**
 * Open loop: batches leave at their times whether earlier ones are answered or not, and each is measured from the time
 * it was due, so that a server that stands still is not spared the requests it would have got (coordinated omission).
 * Answers milliseconds, in order of the batches.
 */
export async function sendAtRate(
  url: string,
  bodies: readonly Buffer[],
  perSecond: number,
  onAnswer: (index: number) => void = () => {},
): Promise<number[]> {
  const poster = createPoster(url, openConnectionsMax)
  const start = performance.now()
  const latencies: number[] = []
  const answers: Promise<void>[] = []
  for (let i = 0; i < bodies.length; ) {
    const now = performance.now()
    for (; i < bodies.length && start + (i * 1000) / perSecond <= now; i++) {
      const index = i
      const due = start + (index * 1000) / perSecond
      answers.push(
        poster.post(bodies[index] ?? Buffer.alloc(0)).then(() => {
          latencies[index] = performance.now() - due
          onAnswer(index)
        }),
      )
    }
    await sleep(1)
  }
  await Promise.all(answers)
  poster.close()
  return latencies
}
