import { isValidPhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js'

/** Longest identifier taken (Sensors' limit of 255 is the tightest in the field; Segment names none). */
export const identifierLengthMax = 255

// Every message asks for its customer's number again, and the library takes 40 µs to tell.
const known = new Map<string, string | null>()
const knownMax = 50_000

/** E.164 (`+8613800138000`), or null when the text is no phone number. Excel's leading quote and spaces are taken off. */
export function normalisePhone(text: string): string | null {
  const found = known.get(text)
  if (found !== undefined) return found
  const phone = parsePhone(text)
  if (known.size >= knownMax) known.clear()
  known.set(text, phone)
  return phone
}

function parsePhone(text: string): string | null {
  const cleaned = text.trim().replace(/^'/, '').replace(/^00/, '+')
  const bare = /^86(1\d{10})$/.exec(cleaned)
  const number = parsePhoneNumberFromString(bare?.[1] ?? cleaned, 'CN')
  return number && isValidPhoneNumber(number.number) ? number.number : null
}

/** Lower-cased, or null when the text is no address. */
export function normaliseEmail(text: string): string | null {
  const email = text.trim().toLowerCase()
  return email.length <= identifierLengthMax && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? email : null
}
