import type { Identifier } from '../identity/index.ts'
import type { Message } from './message.ts'

/** What the house itself says of somebody's attributes. */
export interface HouseSaying {
  /** Anything that leads to the person. */
  readonly identifier: Identifier
  readonly traits: Readonly<Record<string, unknown>>
  /** Once said, it is not said again. */
  readonly messageId: string
  readonly time: number
  /** Who says it, as the profile shows. */
  readonly library: string
}

/** The identify that says it. Whatever leads to the person stands in the event too: after a crash that is all there is to go by. */
export function identifyOf(saying: HouseSaying): Message & { readonly messageId: string } {
  const { kind, value } = saying.identifier
  const external = wechatId(saying.identifier)
  return {
    type: 'identify',
    event: '$identify',
    messageId: saying.messageId,
    userId: kind === 'user_id' ? value : null,
    anonymousId: kind === 'anonymous_id' ? value : null,
    previousId: null,
    phone: kind === 'phone' ? value : null,
    email: kind === 'email' ? value : null,
    wechat: external ? [saying.identifier] : [],
    unbind: [],
    properties: { ...saying.traits, ...(kind === 'phone' || kind === 'email' ? { [kind]: value } : {}) },
    context: { library: { name: saying.library }, ...(external ? { externalIds: [external] } : {}) },
    time: saying.time,
  }
}

function wechatId({ kind, value }: Identifier): { type: string; id: string } | null {
  if (kind === 'unionid') return { type: 'wechat_unionid', id: value }
  if (kind !== 'openid') return null
  const colon = value.indexOf(':')
  return { type: `wechat_openid:${value.slice(0, colon)}`, id: value.slice(colon + 1) }
}
