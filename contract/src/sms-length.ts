/** Longest domestic SMS that Aliyun and Tencent take, in UTF-16 code units. */
export const smsLengthMax = 500

/**
 * Billed segments of a domestic (+86) SMS: 70 UTF-16 code units in one, else 67 in each. The text is the whole of it,
 * with 【signature】 and opt-out words. Source: reference of the providers' billing rules (Aliyun 44335, Tencent 382/39023).
 */
export function smsSegments(text: string): number {
  if (text.length === 0) return 0
  return text.length <= 70 ? 1 : Math.ceil(text.length / 67)
}
