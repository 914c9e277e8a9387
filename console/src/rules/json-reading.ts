import type { Problem } from '@chaoxi/contract'
import { lineOfPath } from './json-lines.ts'

/** What a schema of the contract can do, as far as reading needs it. */
export interface Schema<T> {
  safeParse(
    raw: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } }
}

/** A JSON text read as a definition: the value, or what is wrong and where. */
export type JsonReading<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly broken: string | null
      readonly problems: readonly { readonly path: string; readonly message: string; readonly line: number | null }[]
    }

/** More would push the text itself off the screen. */
const problemsMax = 8

export function readJson<T>(text: string, schema: Schema<T>, check?: (value: T) => readonly Problem[]): JsonReading<T> {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (error) {
    return { ok: false, broken: error instanceof Error ? place(error.message, text) : 'JSON', problems: [] }
  }
  const parsed = schema.safeParse(raw)
  const found = parsed.success
    ? (check?.(parsed.data) ?? [])
    : parsed.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }))
  if (parsed.success && found.length === 0) return { ok: true, value: parsed.data }
  const problems = found.slice(0, problemsMax).map(({ path, message }) => ({ path, message, line: lineOfPath(text, path) }))
  return { ok: false, broken: null, problems }
}

/** The engine's message counts characters; a person looks for a line. */
function place(message: string, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position === undefined || /line \d+/.test(message)) return message
  const before = text.slice(0, Number(position)).split('\n')
  return `${message} (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`
}
