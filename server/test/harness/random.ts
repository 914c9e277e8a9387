/** mulberry32: small, seeded, good enough for tests. Source: Tommy Ettinger's public-domain generator. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** Random bytes from a seed, for ids that repeat from run to run. */
export function createRandomBytes(seed: number): (size: number) => Uint8Array {
  const random = createRandom(seed)
  return (size) => Uint8Array.from({ length: size }, () => Math.floor(random() * 256))
}
