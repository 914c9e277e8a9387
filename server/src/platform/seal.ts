import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Secrets that have to be read again are stored sealed (AES-256-GCM), so that a copy of the database alone gives none away.

export interface Seal {
  seal(text: string): string
  /** Null: it was sealed with another key, or changed since. */
  open(sealed: string): string | null
}

const ivBytes = 12
const tagBytes = 16

export function createSeal(secret: string | Buffer): Seal {
  const key = createHash('sha256').update(secret).digest()
  return {
    seal(text) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes))
        decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
        return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
  }
}

/** The program's own key: as it was set, else what stands in the data folder, made at the first start. */
export function openSeal(dataFolder: string, given: string | null): Seal {
  if (given !== null) return createSeal(given)
  const file = join(dataFolder, 'seal.key')
  mkdirSync(dataFolder, { recursive: true })
  try {
    writeFileSync(file, randomBytes(32).toString('base64'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return createSeal(readFileSync(file, 'utf8').trim())
}
