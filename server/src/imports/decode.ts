import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '@chaoxi/contract'
import iconv from 'iconv-lite'

export type Encoding = 'auto' | 'utf-8' | 'gbk'

/** Stands in decoded text where the bytes were not of the encoding. */
export const replacement = '\ufffd'

const sampleBytes = 64 * 1024

async function head(file: string): Promise<Buffer> {
  const handle = await open(file)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** Whether a sample is UTF-8; it may end in the middle of a character. */
function looksLikeUtf8(sample: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true })
    return true
  } catch {
    return false
  }
}

interface Decoder {
  write(bytes: Buffer): string
  end(): string | undefined
}

function decoderFor(encoding: Encoding, sample: Buffer): Decoder {
  const chosen = encoding === 'auto' ? (looksLikeUtf8(sample) ? 'utf-8' : 'gbk') : encoding
  if (chosen === 'gbk') {
    // GB 18030 holds all of GBK, and is what newer programs write under that name.
    return iconv.getDecoder('gb18030')
  }
  const decoder = new TextDecoder('utf-8')
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
}

export interface TextPieces {
  readonly pieces: AsyncIterable<string>
  /** Bytes of the file (before unpacking) that were read. */
  bytesRead(): number
}

/** The text of a file, unpacked if it is gzip (known by its first bytes, not its name), without a byte order mark. */
export async function readText(file: string, encoding: Encoding): Promise<TextPieces> {
  const start = await head(file)
  const packed = start[0] === 0x1f && start[1] === 0x8b
  const input = createReadStream(file, { highWaterMark: 256 * 1024 })
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done(null, chunk)
    },
  })
  // A reader that stops early destroys the last stream; pipeline then ends the others. Errors come out of the last one.
  const unpacked = packed ? pipeline(input, count, createGunzip({ chunkSize: 256 * 1024 }), () => {}) : pipeline(input, count, () => {})

  async function* pieces(): AsyncGenerator<string> {
    let decoder: Decoder | null = null
    try {
      for await (const chunk of unpacked) {
        const part: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
        let text: string
        if (decoder === null) {
          decoder = decoderFor(encoding, part.subarray(0, sampleBytes))
          text = decoder.write(part).replace(/^\ufeff/, '')
        } else text = decoder.write(part)
        if (text !== '') yield text
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (code.startsWith('Z_'))
        throw new AppError('invalid_request', `${file} is damaged: the gzip stream breaks off or is not gzip (${code})`)
      throw error
    }
    const last = decoder?.end()
    if (last) yield last
  }
  return { pieces: pieces(), bytesRead: () => bytes }
}
