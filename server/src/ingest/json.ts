import { jsonDepthMax } from '@chaoxi/contract'

/** Whole numbers of 16 or more digits may not survive a double. */
const longInteger = /[:[,\s]-?\d{16,}[\s,}\]]/

/**
 * Parses a request's text. Integers beyond 2^53 (order numbers of some marketplaces) become their exact digits as text:
 * a double would silently change them. Throws SyntaxError (or RangeError on absurd nesting).
 */
export function parseJson(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? source : value
  })
}

/** What keeps a value out of the stores, or null: nesting too deep, NUL characters, halves of surrogate pairs. */
export function badValue(value: unknown, checkText: boolean, path = '', depth = 0): { path: string; message: string } | null {
  if (typeof value === 'string') {
    if (!checkText) return null
    if (value.includes('\u0000')) return { path, message: 'holds a NUL character (\\u0000); remove it' }
    if (!value.isWellFormed()) return { path, message: 'holds half of a surrogate pair; send well-formed Unicode' }
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  if (depth >= jsonDepthMax) return { path, message: `is nested more than ${jsonDepthMax} levels deep; flatten it` }
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    const found = (checkText ? badValue(key, true, at) : null) ?? badValue(item, checkText, at, depth + 1)
    if (found) return found
  }
  return null
}

/** Whether a raw text can hold such characters at all; most cannot, and are spared the walk through every string. */
export function needsTextCheck(text: string): boolean {
  return /\\u(?:0000|[dD][89a-fA-F])/.test(text) || text.includes('\u0000') || text.includes('\ufffd')
}
