import { open, readFile, rename } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import type { SeenState } from './seen-filter.ts'

/** The filter as it was when everything received before `through` was in it, and what the store then held of that. */
export interface SavedFilter {
  /** Ms. */
  readonly through: number
  /** Number and sum of the hashes of the events received before; whoever reads the file compares them with the store. */
  readonly stored: string
  readonly state: SeenState
}

const magic = 'chaoxi seen 2\n'
const headerSchema = z.object({
  through: z.number(),
  stored: z.string(),
  size: z.number().int(),
  words: z.array(z.number().int()),
  crc: z.number(),
})

const bytesOf = (block: Uint32Array) => Buffer.from(block.buffer, block.byteOffset, block.byteLength)

/** One line of JSON after the magic one, then the blocks. Written beside the old one, which it replaces when it is whole. */
export async function writeSeenFile(path: string, { through, stored, state }: SavedFilter): Promise<void> {
  const crc = state.blocks.reduce((sum, block) => crc32(bytesOf(block), sum), 0)
  const header = { through, stored, size: state.size, words: state.blocks.map((block) => block.length), crc }
  const file = await open(`${path}.new`, 'w')
  try {
    await file.write(`${magic}${JSON.stringify(header)}\n`)
    for (const block of state.blocks) await file.write(bytesOf(block))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/** Null where there is none, or it is damaged: the store knows everything that it says. */
export async function readSeenFile(path: string): Promise<SavedFilter | null> {
  const bytes = await readFile(path).catch(() => null)
  if (bytes === null || bytes.toString('latin1', 0, magic.length) !== magic) return null
  const end = bytes.indexOf('\n', magic.length)
  const header = headerSchema.safeParse(parsed(bytes.toString('utf8', magic.length, Math.max(magic.length, end))))
  if (!header.success) return null
  const { through, stored, size, words, crc } = header.data
  const body = bytes.subarray(end + 1)
  if (body.length !== words.reduce((sum, count) => sum + count * 4, 0) || crc32(body) !== crc) return null
  let offset = 0
  const blocks = words.map((count) => {
    const block = new Uint32Array(count)
    bytesOf(block).set(body.subarray(offset, offset + count * 4))
    offset += count * 4
    return block
  })
  return { through, stored, state: { size, blocks } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
