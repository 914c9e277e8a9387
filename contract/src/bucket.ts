/**
 * Deterministic bucketing: the same (seed, key) gives the same number in every process, SDK and language.
 * 32-bit FNV-1a over UTF-8 followed by murmur3's finaliser (FNV alone leaves the high bits of short keys uneven).
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/ and the public-domain MurmurHash3 `fmix32`.
 */
export function bucket(seed: string, key: string, buckets: number): number {
  return bucketsOf(seed, buckets)(key)
}

/** The same for many keys. */
export function bucketsOf(seed: string, buckets: number): (key: string) => number {
  const step = (hash: number, byte: number) => Math.imul(hash ^ byte, 0x01000193)
  const start = encoder.encode(`${seed}:`).reduce(step, 0x811c9dc5)
  return (key) => {
    let hash = start
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i)
      // Most keys are digits, and of those the codes are the bytes.
      if (code < 0x80) hash = step(hash, code)
      else {
        hash = encoder.encode(key).reduce(step, start)
        break
      }
    }
    hash ^= hash >>> 16
    hash = Math.imul(hash, 0x85ebca6b)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0xc2b2ae35)
    hash ^= hash >>> 16
    return Math.floor(((hash >>> 0) / 0x1_0000_0000) * buckets)
  }
}
const encoder = new TextEncoder()
