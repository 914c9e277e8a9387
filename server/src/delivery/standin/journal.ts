import { closeSync, existsSync, fdatasync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { createBatcher } from '../batcher.ts'

/** What the stand-in remembers. A real provider forgets nothing when we are killed, so neither does it. */
export const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('account'),
    accessKeyId: z.string(),
    accessKeySecret: z.string(),
    reportUrl: z.string().nullable(),
    uplinkUrl: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('template'),
    code: z.string(),
    accessKeyId: z.string(),
    name: z.string(),
    text: z.string(),
    status: z.number(),
  }),
  z.object({
    kind: z.literal('sms'),
    bizId: z.string(),
    accessKeyId: z.string(),
    phone: z.string(),
    signName: z.string(),
    templateCode: z.string(),
    text: z.string(),
    outId: z.string(),
    at: z.number(),
    /** What its receipt will say. */
    success: z.boolean(),
    errorCode: z.string(),
    receiptAt: z.number(),
  }),
  /** A reply typed on the phone. */
  z.object({ kind: z.literal('reply'), id: z.number(), accessKeyId: z.string(), phone: z.string(), text: z.string(), at: z.number() }),
  /** A push that was acknowledged, or given up. */
  z.object({ kind: z.literal('pushed'), what: z.enum(['report', 'uplink']), id: z.string() }),
])
export type Entry = z.infer<typeof entrySchema>
export type SmsEntry = Extract<Entry, { kind: 'sms' }>
export type ReplyEntry = Extract<Entry, { kind: 'reply' }>
export type AccountEntry = Extract<Entry, { kind: 'account' }>
export type TemplateEntry = Extract<Entry, { kind: 'template' }>

const syncedMax = 10_000
const sync = promisify(fdatasync)

export interface Journal {
  readonly entries: readonly Entry[]
  /** On disk when it resolves; entries that come together share one fsync. */
  append(entry: Entry): Promise<void>
  close(): void
}

/** A file of JSON lines. A half-written last line (killed in the middle) was never answered, so it is left out. */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true })
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const entries = text.split('\n').flatMap((line) => {
    try {
      const entry = entrySchema.safeParse(JSON.parse(line))
      return entry.success ? entry.data : []
    } catch {
      return []
    }
  })
  const handle = openSync(file, 'a')
  if (text !== '' && !text.endsWith('\n')) writeSync(handle, '\n')
  let unwritten = ''
  const write = () => {
    if (unwritten !== '') writeSync(handle, unwritten)
    unwritten = ''
  }
  const synced = createBatcher<Entry>(async () => {
    write()
    await sync(handle)
  }, syncedMax)
  return {
    entries,
    append(entry) {
      unwritten += `${JSON.stringify(entry)}\n`
      return synced.add(entry)
    },
    close() {
      write()
      closeSync(handle)
    },
  }
}
