import { z } from 'zod'
import type { Problem } from './errors.ts'
import { isOptOut } from './opt-out.ts'

// A customer's word to the shop: what of it brings them into a journey.

/** What delivery tells of a customer's answer, with its words as `text`. One that ends marketing is another event. */
export const replyEvent = 'Message Replied'

export const replyWordsMax = 20
const word = z.string().trim().min(1).max(50)

/**
 * A reply (today by SMS): any, one that says just one of the words, or one that has one of them in it. Letters count whatever their case
 * and width; punctuation and spaces do not. One that ends marketing never starts a journey.
 */
export const replyTriggerSchema = z.object({
  kind: z.literal('inbound_message'),
  match: z.enum(['any', 'equals', 'contains']),
  words: z.array(word).max(replyWordsMax).default([]),
})
export type ReplyTrigger = z.infer<typeof replyTriggerSchema>

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\p{P}\p{Z}\p{C}]/gu, '')
    .toUpperCase()

export function replyFits({ match, words }: Pick<ReplyTrigger, 'match' | 'words'>, text: unknown): boolean {
  if (typeof text !== 'string' || isOptOut(text)) return false
  const said = plain(text)
  if (match === 'any') return true
  return words.some((one) => plain(one) !== '' && (match === 'equals' ? said === plain(one) : said.includes(plain(one))))
}

export function replyProblems({ match, words }: ReplyTrigger): Problem[] {
  if (match === 'any') return []
  if (words.length === 0) return [{ path: 'trigger.words', message: 'say which words count, or let any reply in' }]
  return words.flatMap((one, i) => {
    const path = `trigger.words.${i}`
    if (plain(one) === '') return [{ path, message: `"${one}" is punctuation alone, which does not count; write a word` }]
    if (match !== 'equals' || !isOptOut(one)) return []
    return [{ path, message: `a reply that says "${one}" ends marketing and starts no journey; choose another word` }]
  })
}
