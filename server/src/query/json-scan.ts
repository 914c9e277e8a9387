// Finds values in JSON texts without parsing them: of an event's properties the rules read a few, and most texts are seen
// once. The texts are those that `platform/json-text.ts` writes, so a name has one spelling and stands in an object once.

/** A tree of wanted names. */
export interface Wants {
  /** As it stands between its quotes. */
  readonly name: Uint8Array
  /** Where the value's place is noted; -1 when only values inside it are wanted. */
  readonly place: number
  readonly inner: readonly Wants[]
}

interface Growing {
  place: number
  readonly inner: Map<string, Growing>
}

/** The tree of paths; the place of each is its position. */
export function wantsOf(paths: readonly (readonly string[])[]): Wants[] {
  const root: Growing = { place: -1, inner: new Map() }
  for (const [place, path] of paths.entries()) {
    let node = root
    for (const step of path) {
      const next = node.inner.get(step) ?? { place: -1, inner: new Map() }
      node.inner.set(step, next)
      node = next
    }
    node.place = place
  }
  const freeze = (node: Growing): Wants[] =>
    [...node.inner].map(([name, one]) => ({
      name: Buffer.from(JSON.stringify(name).slice(1, -1)),
      place: one.place,
      inner: freeze(one),
    }))
  return freeze(root)
}

/** Where the values of a text lie: from `starts[place]` to `ends[place]`, both 0 where there is none or it is null. */
export interface Found {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]
const space = 0x20
const nullBegins = 0x6e

/** The quote that ends the text which begins at `at`. */
function endOfText(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const byte = bytes[at]
    if (byte === quote) return at
    at += byte === backslash ? 2 : 1
  }
  return end
}

function endOfNested(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0
  let at = from
  while (at < end) {
    const byte = bytes[at]
    if (byte === quote) at = endOfText(bytes, at + 1, end)
    else if (byte === openBrace || byte === openBracket) depth++
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1
    at++
  }
  return end
}

function endOfValue(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from]
  if (first === quote) return Math.min(end, endOfText(bytes, from + 1, end) + 1)
  if (first === openBrace || first === openBracket) return endOfNested(bytes, from, end)
  let at = from
  while (at < end) {
    const byte = bytes[at]
    if (byte === comma || byte === closeBrace || byte === closeBracket || (byte ?? 0) <= space) return at
    at++
  }
  return end
}

function wantOf(wants: readonly Wants[], bytes: Uint8Array, start: number, end: number): Wants | null {
  const length = end - start
  for (let i = 0; i < wants.length; i++) {
    const want = wants[i]
    if (want === undefined || want.name.length !== length) continue
    let same = 0
    while (same < length && want.name[same] === bytes[start + same]) same++
    if (same === length) return want
  }
  return null
}

/** Notes where the wanted values of the object lie that begins at `from`; answers where it ends or nothing more is wanted. */
export function scanJson(bytes: Uint8Array, from: number, end: number, wants: readonly Wants[], found: Found): number {
  let left = wants.length
  let at = from + 1
  while (at < end && left > 0) {
    const byte = bytes[at]
    if (byte === closeBrace) return at + 1
    if (byte !== quote) {
      at++
      continue
    }
    const name = at + 1
    const nameEnd = endOfText(bytes, name, end)
    at = nameEnd + 1
    while (at < end && (bytes[at] === colon || (bytes[at] ?? 0) <= space)) at++
    const want = wantOf(wants, bytes, name, nameEnd)
    const start = at
    at = endOfValue(bytes, at, end)
    if (want === null) continue
    left--
    if (want.inner.length > 0 && bytes[start] === openBrace) scanJson(bytes, start, at, want.inner, found)
    if (want.place >= 0 && bytes[start] !== nullBegins) {
      found.starts[want.place] = start
      found.ends[want.place] = at
    }
  }
  return at
}
