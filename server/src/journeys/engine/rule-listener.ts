import type { Tx } from '../../platform/db/postgres.ts'
import type { Move } from '../../tags/index.ts'
import { heardNames } from '../store.ts'
import { insertInbox, type NewInboxRow } from './inbox-store.ts'

/**
 * Tells rules that are asked while people wait of whoever came into or left what they name, for whatever reason: also of a new or
 * changed definition, by which nobody enters a journey.
 */
export async function ruleListener(tx: Tx, workspaceId: number, moves: readonly Move[]): Promise<void> {
  const names = await heardNames(tx, workspaceId, 'membership', [...new Set(moves.map(nameOf))])
  const rows = moves.flatMap((move) => {
    const { key, value, at, entered, people } = move
    const name = nameOf(move)
    if (!names.has(name)) return []
    const when = `${entered ? 'in' : 'out'}:${new Date(at).toISOString()}`
    return people.map((personId): NewInboxRow => {
      const sourceKey = `membership:${name}:${value}:${personId}:${when}`
      return {
        workspaceId,
        personId,
        sourceKey,
        kind: 'membership',
        name,
        properties: { key, value, entered },
        occurredAt: at,
        receivedAt: at,
      }
    })
  })
  if (rows.length > 0) await insertInbox(tx, rows)
}

const nameOf = ({ kind, key }: Move) => `${kind}:${key}`
