// Aliyun writes local Beijing time without a zone. Beijing has had no daylight-saving since 1991.
const offsetMs = 8 * 3_600_000

/** `20260302`. */
export function beijingDay(at: number): string {
  return new Date(at + offsetMs).toISOString().slice(0, 10).replaceAll('-', '')
}

/** `2026-03-02 08:00:00`. */
export function beijingTime(at: number): string {
  return new Date(at + offsetMs).toISOString().slice(0, 19).replace('T', ' ')
}

/** The instant of a Beijing time, or null when it is none. */
export function fromBeijingTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return null
  const at = Date.parse(`${text.replace(' ', 'T')}+08:00`)
  return Number.isNaN(at) ? null : at
}
