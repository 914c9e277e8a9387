// The pure core of identity resolution: who a statement is about, and what it links or merges.

/** An openid is one person in one WeChat app, written `<appid>:<openid>`; a unionid is one person in all apps of a company. */
export const identityKinds = ['user_id', 'anonymous_id', 'phone', 'email', 'openid', 'unionid'] as const
export type IdentityKind = (typeof identityKinds)[number]

export interface Identifier {
  readonly kind: IdentityKind
  readonly value: string
}

/** What one message says about who it is about. */
export interface Statement {
  readonly userId: string | null
  readonly anonymousId: string | null
  /** Only of identify, or of a binding. E.164 and lower-cased. */
  readonly phone: string | null
  readonly email: string | null
  /** What WeChat says of who is there: unionid and openids. */
  readonly wechat: readonly Identifier[]
  /** No longer the person's. */
  readonly unbind: readonly Identifier[]
  /** Only of alias: the earlier id, a user id or an anonymous one. */
  readonly previousId: string | null
}

/** The identity graph as far as a batch needs it; answers follow the changes made so far. */
export interface Graph {
  owner(identifier: Identifier): number | null
  /** Whether the person is known by a user id (an account of the shop), and not only by a device. */
  hasUser(personId: number): boolean
}

export type Action =
  | { readonly kind: 'create' }
  | { readonly kind: 'link'; readonly identifier: Identifier }
  | { readonly kind: 'unlink'; readonly identifier: Identifier }
  | { readonly kind: 'merge'; readonly from: number; readonly reason: string }

/** The person (null = the one to create first), and what to do with it. */
export interface Decision {
  readonly personId: number | null
  readonly actions: readonly Action[]
}

const userOf = (value: string): Identifier => ({ kind: 'user_id', value })
const deviceOf = (value: string): Identifier => ({ kind: 'anonymous_id', value })

/**
 * The rules:
 * - The user id decides. Without one WeChat does (unionid before openid), then the device, then phone, then e-mail.
 * - A device or WeChat identity that no account owns joins the account that first speaks from it, with all its past.
 * - One that another account owns is handed on for what comes next; its past stays where it was. So two accounts never
 *   merge through a shared phone or a shop's tablet.
 * - A phone or e-mail joins a person who has no account; between two accounts it stays with the first.
 * - `alias` is an explicit word of the shop and merges whatever it names.
 * - What is unbound belongs to nobody, if it was this person's.
 */
export function decide(statement: Statement, graph: Graph): Decision {
  const actions: Action[] = []
  const user = statement.userId === null ? null : graph.owner(userOf(statement.userId))
  const wechat = [...statement.wechat].sort((a, b) => strength(b) - strength(a))
  const devices = statement.anonymousId === null ? wechat : [...wechat, deviceOf(statement.anonymousId)]
  const contacts: Identifier[] = []
  if (statement.phone !== null) contacts.push({ kind: 'phone', value: statement.phone })
  if (statement.email !== null) contacts.push({ kind: 'email', value: statement.email })

  const previous =
    statement.previousId === null ? null : (graph.owner(userOf(statement.previousId)) ?? graph.owner(deviceOf(statement.previousId)))
  const owners = [...devices, ...contacts].map((identifier) => graph.owner(identifier))
  let person = user
  if (person === null && statement.userId !== null) {
    // A new account: it takes over what alias names, else the device's person, or one known by phone or e-mail, unless
    // that is another account's.
    person = previous ?? owners.find((owner) => owner !== null && !graph.hasUser(owner)) ?? null
  } else if (person === null) {
    person = owners.find((owner) => owner !== null) ?? null
  }
  if (person === null) actions.push({ kind: 'create' })
  if (statement.userId !== null && user === null) actions.push({ kind: 'link', identifier: userOf(statement.userId) })

  const merged = new Set<number>()
  const join = (identifier: Identifier, handOn: boolean, reason: string) => {
    const other = graph.owner(identifier)
    if (other !== null && (other === person || merged.has(other))) return
    if (other === null) actions.push({ kind: 'link', identifier })
    else if (!graph.hasUser(other)) {
      merged.add(other)
      actions.push({ kind: 'merge', from: other, reason })
    } else if (handOn) actions.push({ kind: 'link', identifier })
  }
  for (const device of devices) join(device, true, device.kind === 'anonymous_id' ? 'device' : device.kind)
  for (const contact of contacts) join(contact, false, contact.kind)

  if (statement.previousId !== null) {
    if (previous === null) actions.push({ kind: 'link', identifier: deviceOf(statement.previousId) })
    else if (previous !== person && !merged.has(previous)) actions.push({ kind: 'merge', from: previous, reason: 'alias' })
  }
  for (const identifier of statement.unbind) if (graph.owner(identifier) === person) actions.push({ kind: 'unlink', identifier })
  return { personId: person, actions }
}

const strength = (one: Identifier) => (one.kind === 'unionid' ? 1 : 0)
