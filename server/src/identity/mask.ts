/** +8613812341234 → 138****1234; other countries keep the last four digits. */
export function maskPhone(phone: string): string {
  const local = phone.startsWith('+86') ? phone.slice(3) : phone
  return local.length < 8 ? '****' : `${local.slice(0, 3)}****${local.slice(-4)}`
}

/** zhang.san@example.com → z***@example.com */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return at < 1 ? '***' : `${email.charAt(0)}***${email.slice(at)}`
}

export const maskedIdentifier = ({ kind, value }: { kind: string; value: string }): string =>
  kind === 'phone' ? maskPhone(value) : kind === 'email' ? maskEmail(value) : value
