/**
 * Which message hashes may have been stored before. A Bloom filter: "no" is certain, "maybe" is looked up in
 * ClickHouse. It grows by whole blocks, so that it never has to be built again while the program runs.
 */
export interface SeenFilter {
  add(hash: number): void
  mayContain(hash: number): boolean
  readonly size: number
  /** What `createSeenFilter` makes the same filter of; the blocks are the filter's own. */
  state(): SeenState
}

export interface SeenState {
  readonly size: number
  readonly blocks: readonly Uint32Array[]
}

/**
 * Hashes in a block, and bits for each: 24 bits and 16 probes give a false "maybe" once in about 100,000, of each full block. One look-up
 * holds up everything that came with it, so among twenty million messages it must not be needed ten times a second.
 */
const blockHashes = 2_000_000
const bitsPerHash = 24
const probes = 16
const blockBits = blockHashes * bitsPerHash

export function createSeenFilter(from: SeenState = { size: 0, blocks: [] }): SeenFilter {
  const blocks = [...from.blocks]
  let { size } = from

  // Probe i looks at first + i * second (Kirsch and Mitzenmacher 2006: two hashes are as good as many).
  function probe(block: Uint32Array, hash: number, set: boolean): boolean {
    const first = hash % blockBits
    const second = (Math.floor(hash / blockBits) % (blockBits - 1)) + 1
    let position = first
    for (let i = 0; i < probes; i++) {
      const word = position >>> 5
      const bit = 1 << (position & 31)
      const value = block[word] ?? 0
      if (set) block[word] = value | bit
      else if ((value & bit) === 0) return false
      position += second
      if (position >= blockBits) position -= blockBits
    }
    return true
  }

  return {
    add(hash) {
      if (size % blockHashes === 0) blocks.push(new Uint32Array(blockBits / 32))
      size++
      const block = blocks.at(-1)
      if (block) probe(block, hash, true)
    },
    mayContain: (hash) => blocks.some((block) => probe(block, hash, false)),
    get size() {
      return size
    },
    state: () => ({ size, blocks }),
  }
}
