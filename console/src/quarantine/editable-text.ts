/** Whole numbers of 16 digits may be beyond what JavaScript holds: reading and writing them would change them. */
const longNumber = /\d{16}/
const typePath = /^\/v1\/(track|identify|page|screen|group|alias)$/

/**
 * An event's raw text, indented to be edited. One that came to a path of its own (`/v1/track`) is given the type that
 * the path said, because it is replayed without the path. What cannot be read without loss stays as it came.
 */
export function editableText(raw: string, source: string): string {
  if (longNumber.test(raw)) return raw
  try {
    const event: unknown = JSON.parse(raw)
    const type = typePath.exec(source)?.[1]
    const typed = type !== undefined && typeof event === 'object' && event !== null && !Array.isArray(event) && !('type' in event)
    return JSON.stringify(typed ? { type, ...event } : event, null, 2)
  } catch {
    return raw
  }
}
