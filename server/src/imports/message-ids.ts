import { hash } from 'node:crypto'

/**
 * Message ids of imported rows. They depend on the mapping's name and the row alone, never on the place in the file,
 * so that importing again, or a longer export next month, repeats the ids that are already there. Rows that are equal
 * to the last character are told apart by counting them.
 */
export interface MessageIds {
  /** Of a row or group of rows: its text, and how many equal ones came before. */
  ofContent(event: string, content: string): string
  /** Of a key that the mapping names. Equal keys are the same event. */
  ofKey(event: string, key: readonly string[]): string
}

const prefix = 'imp-'

function digest(mapping: string, event: string, kind: string, content: string): Buffer {
  return hash('sha256', [mapping, event, kind, content].join('\u0000'), 'buffer').subarray(0, 16)
}

export function createMessageIds(mapping: string): MessageIds {
  const seen = createTally()
  return {
    ofContent(event, content) {
      const bytes = digest(mapping, event, 'row', content)
      const before = seen.add(bytes.readUInt32LE(0), bytes.readUInt32LE(4))
      const id = prefix + bytes.toString('base64url')
      return before === 0 ? id : `${id}-${before + 1}`
    },
    ofKey: (event, key) => prefix + digest(mapping, event, 'key', key.join('\u001f')).toString('base64url'),
  }
}

/**
 * Counts how often each 64-bit fingerprint was added: open addressing over typed arrays, about 20 bytes a row, where a
 * Map takes over 100. That is what "constant memory" leaves over: 40 MB at two million rows.
 */
export function createTally(): { add(high: number, low: number): number } {
  let capacity = 1 << 16
  let used = 0
  let highs = new Uint32Array(capacity)
  let lows = new Uint32Array(capacity)
  let counts = new Uint32Array(capacity)

  function slot(high: number, low: number): number {
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & (capacity - 1)
    while (counts[at] !== 0 && (highs[at] !== high || lows[at] !== low)) at = (at + 1) & (capacity - 1)
    return at
  }

  function grow(): void {
    const [oldHighs, oldLows, oldCounts] = [highs, lows, counts]
    capacity *= 2
    highs = new Uint32Array(capacity)
    lows = new Uint32Array(capacity)
    counts = new Uint32Array(capacity)
    for (let i = 0; i < oldCounts.length; i++) {
      const count = oldCounts[i] ?? 0
      if (count === 0) continue
      const high = oldHighs[i] ?? 0
      const low = oldLows[i] ?? 0
      const at = slot(high, low)
      highs[at] = high
      lows[at] = low
      counts[at] = count
    }
  }

  return {
    add(high, low) {
      if (used * 4 >= capacity * 3) grow()
      const at = slot(high >>> 0, low >>> 0)
      const before = counts[at] ?? 0
      if (before === 0) {
        used++
        highs[at] = high
        lows[at] = low
      }
      counts[at] = before + 1
      return before
    },
  }
}
