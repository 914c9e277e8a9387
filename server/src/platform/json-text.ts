// ClickHouse reads a JSON text as a whole or not at all: one integer beyond 64 bits, or half a surrogate pair, and every
// property of the event reads as missing. JavaScript prints both without a word.

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g
const suspicious = /\d{19}|\\u[dD][89a-fA-F]/
const loneSurrogate = /\\(?:u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/g

/** JSON text that both stores can read: integers that need more than 64 bits get an exponent, half characters become U+FFFD. */
export function jsonText(value: object): string {
  const text = JSON.stringify(value)
  if (!suspicious.test(text)) return text
  return text.replace(token, (found) => {
    if (found.startsWith('"')) return found.replace(loneSurrogate, (part) => (part.length === 6 ? '\\ufffd' : part))
    return /^-?\d{19,}$/.test(found) ? Number(found).toExponential() : found
  })
}
