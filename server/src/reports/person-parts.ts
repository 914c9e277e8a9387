import { AppError } from '@chaoxi/contract'

/** Properties that name a way to reach somebody. */
export const contactProperties: readonly string[] = ['phone', 'email', 'mobile']

/** An event's properties, or traits: contact data in them is masked like anywhere else. */
export function detailsOf(text: string, unmasked: boolean): Record<string, unknown> {
  const details: Record<string, unknown> = JSON.parse(text)
  if (unmasked) return details
  const hidden = contactProperties.filter((name) => name in details)
  return { ...details, ...Object.fromEntries(hidden.map((name) => [name, '****'])) }
}

/** `<ms>:<id>`; nothing before it when there is no cursor. */
export function splitCursor(cursor: string | undefined): [number | null, string] {
  if (cursor === undefined) return [null, '']
  const colon = cursor.indexOf(':')
  const time = Number(cursor.slice(0, colon))
  if (colon < 1 || !Number.isSafeInteger(time))
    throw new AppError('invalid_request', 'The cursor is not one of ours', [
      { path: 'query.cursor', message: 'pass back nextCursor as it came' },
    ])
  return [time, cursor.slice(colon + 1)]
}
