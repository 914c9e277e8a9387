import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import type { Keys } from './keys.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { secretHash } from './secrets.ts'
import { defaultRules } from './settings.ts'
import * as store from './store.ts'

/** What the configuration asks for; null where it leaves the choice to us. */
export interface FirstWorkspaceInput {
  readonly name: string
  readonly timeZone: string
  readonly adminEmail: string | null
  readonly adminPassword: string | null
  readonly writeKey: string | null
  readonly apiKey: string | null
}

export interface FirstWorkspace {
  readonly workspaceId: number
  /** True when it was made by this very start. */
  readonly created: boolean
  readonly adminEmail: string | null
  /** Only when this start made it up, so that it can be shown once. */
  readonly generatedPassword: string | null
  /** A live write key, for the start message and the demo shop. */
  readonly writeKey: string
}

const defaultEmail = 'admin@chaoxi.local'
/** Keys that nobody named; the console says in the reader's language where they come from. */
const unnamed = ''

/**
 * Prepares the workspace that the program serves: made on an empty store, completed on a used one. What the
 * configuration names is put in force each time, so that somebody who lost the password can set a new one there.
 */
export function createFirstWorkspace({ db, clock, ids, keys }: { db: Db; clock: Clock; ids: Ids; keys: Keys }) {
  async function ensureAdmin(tx: Tx, workspaceId: number, input: FirstWorkspaceInput) {
    const at = new Date(clock.now())
    const members = await store.members(tx, workspaceId)
    const admin = members.find((member) => member.role === 'admin')
    if (input.adminEmail === null && input.adminPassword === null && admin) return { email: admin.email, generated: null }
    const email = (input.adminEmail ?? admin?.email ?? defaultEmail).trim().toLowerCase()
    const known = await store.accountByEmail(tx, email)
    if (known && input.adminPassword === null && known.workspace_id === workspaceId) return { email, generated: null }
    const generated = input.adminPassword === null ? ids.code(16) : null
    const password = input.adminPassword ?? generated ?? ''
    const accountId = known?.id ?? ids.next('acc')
    if (!known) await store.insertAccount(tx, { id: accountId, email, name: 'Admin', passwordHash: await hashPassword(password), at })
    else if (!(await verifyPassword(known.password_hash, password))) {
      await store.updateAccount(tx, accountId, { name: known.name, passwordHash: await hashPassword(password) })
    }
    await store.putMember(tx, workspaceId, { accountId, role: 'admin', at })
    return { email, generated }
  }

  /** The key that the configuration names, made if it is not there. */
  async function ensureKey(tx: Tx, workspaceId: number, kind: store.KeyKind, key: string): Promise<void> {
    const found = await store.keyByHash(tx, secretHash(key))
    if (!found) await keys.create(tx, workspaceId, kind, unnamed, key)
    else if (found.kind !== kind || found.revoked_at !== null) {
      throw new Error(`the ${kind} key of the configuration was revoked or is a key of another kind; choose a new one`)
    }
  }

  return (input: FirstWorkspaceInput): Promise<FirstWorkspace> =>
    db.tx(async (tx) => {
      await store.lockFirstWorkspace(tx)
      const existing = (await store.workspaceIds(tx))[0]
      const { name, timeZone } = input
      const at = new Date(clock.now())
      const workspaceId = existing ?? (await store.insertWorkspace(tx, { name, timeZone, settings: defaultRules, at }))
      const admin = await ensureAdmin(tx, workspaceId, input)
      if (input.writeKey !== null) await ensureKey(tx, workspaceId, 'write', input.writeKey)
      if (input.apiKey !== null) await ensureKey(tx, workspaceId, 'api', input.apiKey)
      const live = (await store.keys(tx, workspaceId)).find((key) => key.kind === 'write' && key.revoked_at === null)
      const writeKey = input.writeKey ?? live?.hint ?? (await keys.create(tx, workspaceId, 'write', unnamed)).key
      return { workspaceId, created: existing === undefined, adminEmail: admin.email, generatedPassword: admin.generated, writeKey }
    })
}
