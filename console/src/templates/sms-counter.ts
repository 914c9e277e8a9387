import { smsSegments } from '@chaoxi/contract'

export interface SmsCount {
  readonly length: number
  readonly segments: number
  /** Characters that still fit before it costs one more. */
  readonly left: number
}

/** How a whole SMS (with signature and opt-out words) is billed. */
export function countSms(fullText: string): SmsCount {
  const { length } = fullText
  const segments = smsSegments(fullText)
  const fits = segments <= 1 ? 70 : segments * 67
  return { length, segments, left: fits - length }
}
