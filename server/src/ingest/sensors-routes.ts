import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '@chaoxi/contract'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Ingest } from './ingest.ts'
import { parseJson } from './json.ts'
import { contextOf, readText } from './request.ts'
import { sensorsChecksum, sensorsSource } from './sensors.ts'

const unzip = promisify(gunzip)

/** Unpacked; fifty records of 32 KB. */
const unpackedMax = 50 * 32 * 1024
const recordsMax = 1_000
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

export interface SensorsRouteDeps {
  readonly ingest: Ingest
  readonly workspaceOfWriteKey: (key: string) => Promise<number | null>
}

/** The records of a request: `data` or `data_list`, base64 of JSON, packed with gzip if it says so; or why there are none. */
async function recordsOf(form: URLSearchParams): Promise<unknown[] | string> {
  const base64 = form.get('data_list') ?? form.get('data')
  if (!base64) return 'is missing: a request has data or data_list'
  const said = /^crc=(-?\d+)$/.exec(form.get('ext') ?? '')?.[1]
  if (said !== undefined && Number(said) !== sensorsChecksum(base64)) return 'does not fit its checksum (ext): it was changed on its way'
  try {
    const bytes = Buffer.from(base64, 'base64')
    const text = (form.get('gzip') === '1' ? await unzip(bytes, { maxOutputLength: unpackedMax }) : bytes).toString('utf8')
    const parsed = parseJson(text)
    const records = Array.isArray(parsed) ? parsed : [parsed]
    return records.length > recordsMax ? `has ${records.length} records; a request takes at most ${recordsMax}` : records
  } catch (error) {
    if (error instanceof RangeError) return `is larger than ${unpackedMax / 1024} KB unpacked; send fewer records at a time`
    return `is no base64 of JSON (${error instanceof Error ? error.message : String(error)})`
  }
}

/**
 * `/sa` and `/sa.gif`: where a Sensors SDK sends to. The write key is the `token` (or the `project`) of its server address.
 * Answers nothing, or a picture for pages that load one.
 */
export function createSensorsRoutes({ ingest, workspaceOfWriteKey }: SensorsRouteDeps, picture: boolean): Hono {
  const app = new Hono()
  app.use('*', cors({ origin: '*', allowMethods: ['POST', 'GET', 'OPTIONS'], maxAge: 86_400 }))

  async function take(c: Context): Promise<void> {
    const query = new URL(c.req.url).searchParams
    const form = c.req.method === 'POST' ? new URLSearchParams(await readText(c)) : query
    let workspaceId: number | null = null
    for (const name of ['token', 'project']) {
      const key = query.get(name) ?? form.get(name)
      if (key !== null) workspaceId ??= await workspaceOfWriteKey(key)
    }
    if (workspaceId === null)
      throw new AppError('unauthorized', "The write key is missing or unknown; put it into the SDK's server address: /sa?token=KEY")
    const records = await recordsOf(form)
    if (typeof records !== 'string') {
      await ingest.acceptSensors(workspaceId, records, contextOf(c))
      return
    }
    const problems = [{ path: 'data', message: records }]
    await ingest.quarantine.add(workspaceId, sensorsSource, [{ reason: 'invalid_data', problems, raw: form.toString() }])
    throw new AppError('invalid_request', 'The data cannot be read; it is kept in the quarantine', problems)
  }

  app.on(['GET', 'POST'], '/', async (c) => {
    await take(c)
    return picture ? c.body(gif, 200, { 'content-type': 'image/gif', 'cache-control': 'no-store' }) : c.body('', 200)
  })
  return app
}
