/**
 * Deterministic bucketing: the same (seed, key) gives the same number in every process, SDK and language.
 * 32-bit FNV-1a over UTF-8 followed by murmur3's finaliser (FNV alone leaves the high bits of short keys uneven).
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/ and the public-domain MurmurHash3 `fmix32`.
 */
export function bucket(seed: string, key: string, buckets: number): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${seed}:${key}`)) hash = Math.imul(hash ^ byte, 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  hash ^= hash >>> 16
  return Math.floor(((hash >>> 0) / 0x1_0000_0000) * buckets)
}
