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
  /** An alias that a colleague gave: it joins what no message may. */
  readonly byHand: boolean
}

/** The identity graph as far as a batch needs it; answers follow the changes made so far. */
export interface Graph {
  owner(identifier: Identifier): number | null
  /** Whether the person is known by a user id (an account of the shop), and not only by a device. */
  hasUser(personId: number): boolean
  /** Whether the two were split by hand, so that no message may join them. */
  separated(one: number, other: number): boolean
}

/**
 * What a message did not join: a device or WeChat handed on by an account; a phone or e-mail that stays with another account;
 * two accounts that an alias named; people who were split.
 */
export type Refusal = 'handed_on' | 'contact_kept' | 'accounts_kept' | 'split_kept'

export type Action =
  | { readonly kind: 'create' }
  | { readonly kind: 'link'; readonly identifier: Identifier }
  | { readonly kind: 'unlink'; readonly identifier: Identifier }
  | { readonly kind: 'merge'; readonly from: number; readonly reason: string }
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly identifier: Identifier; readonly other: number }

/** The person (null = the one to create first), and what to do with it. */
export interface Decision {
  readonly personId: number | null
  /** What the person was recognised by. */
  readonly by: Identifier | null
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
 * - `alias` joins what it names, unless that is an account already: two accounts become one by hand only.
 * - People who were split stay two, until a hand joins them again.
 * - What is unbound belongs to nobody, if it was this person's.
 */
export function decide(statement: Statement, graph: Graph): Decision {
  const actions: Action[] = []
  const wechat = [...statement.wechat].sort((a, b) => strength(b) - strength(a))
  const devices = statement.anonymousId === null ? wechat : [...wechat, deviceOf(statement.anonymousId)]
  const contacts: Identifier[] = []
  if (statement.phone !== null) contacts.push({ kind: 'phone', value: statement.phone })
  if (statement.email !== null) contacts.push({ kind: 'email', value: statement.email })
  const previous = previousOf(statement, graph)
  const by = recognise(statement, graph, previous, [...devices, ...contacts])
  const person = by === null ? null : graph.owner(by)
  if (person === null) actions.push({ kind: 'create' })
  const user = statement.userId === null ? null : userOf(statement.userId)
  if (user !== null && graph.owner(user) === null) actions.push({ kind: 'link', identifier: user })

  const merged = new Set<number>()
  const isSplit = (other: number) => [...merged, ...(person === null ? [] : [person])].some((one) => graph.separated(one, other))
  const merge = (other: number, reason: string) => {
    merged.add(other)
    actions.push({ kind: 'merge', from: other, reason })
  }
  const join = (identifier: Identifier, handOn: boolean, reason: string) => {
    const other = graph.owner(identifier)
    if (other !== null && (other === person || merged.has(other))) return
    if (other === null) actions.push({ kind: 'link', identifier })
    else if (!graph.hasUser(other) && !isSplit(other)) merge(other, reason)
    else {
      const refusal = !graph.hasUser(other) ? 'split_kept' : handOn ? 'handed_on' : 'contact_kept'
      actions.push({ kind: 'refuse', refusal, identifier, other })
      if (handOn) actions.push({ kind: 'link', identifier })
    }
  }
  for (const device of devices) join(device, true, device.kind === 'anonymous_id' ? 'device' : device.kind)
  for (const contact of contacts) join(contact, false, contact.kind)
  if (statement.previousId !== null) {
    const other = previous === null ? null : graph.owner(previous)
    if (previous === null || other === null) actions.push({ kind: 'link', identifier: deviceOf(statement.previousId) })
    else if (other !== person && !merged.has(other)) {
      if (statement.byHand) merge(other, 'hand')
      else if (!graph.hasUser(other) && !isSplit(other)) merge(other, 'alias')
      else {
        const refusal = graph.hasUser(other) ? 'accounts_kept' : 'split_kept'
        actions.push({ kind: 'refuse', refusal, identifier: previous, other })
      }
    }
  }
  for (const identifier of statement.unbind) {
    const owner = graph.owner(identifier)
    if (owner !== null && owner === person) actions.push({ kind: 'unlink', identifier })
  }
  return { personId: person, by, actions }
}

/** What an alias calls the earlier id, where somebody has it. */
function previousOf({ previousId }: Statement, graph: Graph): Identifier | null {
  if (previousId === null) return null
  return [userOf(previousId), deviceOf(previousId)].find((one) => graph.owner(one) !== null) ?? null
}

/** The identifier that says who it is. */
function recognise({ userId }: Statement, graph: Graph, previous: Identifier | null, others: readonly Identifier[]): Identifier | null {
  if (userId === null) return others.find((one) => graph.owner(one) !== null) ?? null
  if (graph.owner(userOf(userId)) !== null) return userOf(userId)
  // A new account: it takes over what alias names, else the device's person, or one known by phone or e-mail, unless that is
  // another account's.
  const free = (one: Identifier) => {
    const owner = graph.owner(one)
    return owner !== null && !graph.hasUser(owner)
  }
  return [...(previous === null ? [] : [previous]), ...others].find(free) ?? null
}

const strength = (one: Identifier) => (one.kind === 'unionid' ? 1 : 0)
