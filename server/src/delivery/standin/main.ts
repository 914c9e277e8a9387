import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { systemClock } from '../../platform/clock.ts'
import { createLogger } from '../../platform/log.ts'
import { createStandIn } from './index.ts'
import { rpcFirst } from './rpc-first.ts'

// The stand-in as a process of its own, for tests that kill the program: a provider does not die with its client.
// node main.ts --port 7799 --file ./standin.jsonl --key ID:SECRET [--callbacks http://127.0.0.1:7700/callbacks/aliyun/TOKEN]

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7799' },
    file: { type: 'string', default: './standin.jsonl' },
    key: { type: 'string' },
    callbacks: { type: 'string' },
  },
})

const log = createLogger('warn')
const standIn = createStandIn({ file: values.file, clock: systemClock, log })
const [accessKeyId, accessKeySecret] = values.key?.split(':') ?? []
if (accessKeyId && accessKeySecret) {
  const callback = (kind: string) => (values.callbacks ? `${values.callbacks}/${kind}` : null)
  standIn.register({ accessKeyId, accessKeySecret, reportUrl: callback('report'), uplinkUrl: callback('uplink') })
}

const app = new Hono().route('/standin', standIn.app)
const server = createServer(rpcFirst('/standin/aliyun/', standIn.rpc, getRequestListener(app.fetch)))
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : null })}\n`)
})

let running = true
async function pushOn(): Promise<void> {
  while (running) {
    const more = await standIn.loop.run().catch((error: unknown) => {
      log.error({ err: error }, 'the stand-in could not push')
      return false
    })
    const { everyMs, gatherMs = 0 } = standIn.loop
    await new Promise((resolve) => setTimeout(resolve, more ? gatherMs : everyMs))
  }
}
void pushOn()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    running = false
    server.close()
    standIn.close()
    process.exit(0)
  })
}
