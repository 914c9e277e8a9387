import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import type { Clock } from './clock.ts'

/** What ids name; the prefix makes a pasted id tell what it is. */
export type IdKind =
  | 'acc'
  | 'key'
  | 'aud'
  | 'qua'
  | 'jny'
  | 'run'
  | 'msg'
  | 'con'
  | 'clk'
  | 'evt'
  | 'rev'
  | 'reh'
  | 'jtr'
  | 'alm'
  | 'sav'
  | 'rcp'
  | 'tms'
  | 'tri'
  | 'tsk'

export interface Ids {
  /**
   * A sortable id: prefix, then a version 7 UUID in 26 characters of Crockford's base 32. Later ids of a process sort
   * behind earlier ones, also within a millisecond and when the clock is set back.
   */
  next(kind: IdKind): string
  /** Unguessable text of `bytes` random bytes, base64url. */
  secret(bytes: number): string
  /** `length` characters without look-alikes, for codes that people read. */
  code(length: number): string
}

export type RandomBytes = (size: number) => Uint8Array

const crockford = '0123456789abcdefghjkmnpqrstvwxyz'
const readable = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

function base32(bytes: Uint8Array): string {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = crockford.charAt(Number(value & 31n)) + text
    value >>= 5n
  }
  return text
}

/** The least id of that kind that could have been made at `at` (ms): those made later sort behind it. */
export function idFrom(kind: IdKind, at: number): string {
  const bytes = new Uint8Array(16)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(at) << 16n)
  return `${kind}_${base32(bytes)}`
}

/** Random bytes out of a pool: asking the system costs the same for sixteen as for thousands. */
function createPooledRandom(): RandomBytes {
  const poolBytes = 8_192
  let pool = randomBytes(poolBytes)
  let used = 0
  return (size) => {
    if (size > poolBytes) return randomBytes(size)
    if (used + size > poolBytes) {
      pool = randomBytes(poolBytes)
      used = 0
    }
    used += size
    return pool.subarray(used - size, used)
  }
}

/** Starts of a sequence leave half of its 32 bits to count on. */
const sequenceStart = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUInt32BE() >>> 1
const sequenceMax = 0xffff_ffff

/** `random` is replaced by a seeded one in tests. */
export function createIds(clock: Clock, random: RandomBytes = createPooledRandom()): Ids {
  let msecs = Number.NEGATIVE_INFINITY
  let seq = 0
  function turn(bytes: Uint8Array): void {
    const now = clock.now()
    if (now > msecs) {
      msecs = now
      seq = sequenceStart(bytes)
    } else if (seq < sequenceMax) seq++
    else {
      msecs++
      seq = 0
    }
  }
  return {
    next(kind) {
      const bytes = random(16)
      turn(bytes)
      return `${kind}_${base32(v7({ msecs, seq, random: bytes }, new Uint8Array(16)))}`
    },
    secret: (bytes) => Buffer.from(random(bytes)).toString('base64url'),
    code: (length) => Array.from(random(length), (byte) => readable.charAt(byte % readable.length)).join(''),
  }
}
