/**
 * 53 bits of a message id's hash (two 32-bit multiplicative hashes with murmur3's finaliser): fits a number exactly.
 * Only a filter: an equal hash is looked up by the id itself before anything is called a duplicate.
 */
export function messageHash(workspaceId: number, messageId: string): number {
  let low = 0xdeadbeef ^ workspaceId
  let high = 0x41c6ce57 ^ workspaceId
  for (let i = 0; i < messageId.length; i++) {
    const code = messageId.charCodeAt(i)
    low = Math.imul(low ^ code, 2654435761)
    high = Math.imul(high ^ code, 1597334677)
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0)
}
