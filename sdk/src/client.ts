import { createPopups, type PopupView } from './popups.ts'
import { createQueue, eventBytesMax } from './queue.ts'
import { createSender } from './sender.ts'
import { scoped } from './storage.ts'
import type { Surroundings } from './surroundings.ts'

export type Fields = Record<string, unknown>

/** As the server keeps it: what the customer was asked, in which wording, and the answer for each channel. */
export interface Consent {
  readonly marketing: {
    readonly sms?: boolean
    readonly in_app?: boolean
    readonly textVersion: string
    readonly text?: string
    readonly source?: string
  }
}

export interface Client {
  /** Who this customer is from now on; what the device did before belongs to them too. */
  identify(userId: string, traits?: Fields, options?: { consent?: Consent }): void
  track(event: string, properties?: Fields): void
  page(name?: string, properties?: Fields): void
  alias(userId: string, previousId?: string): void
  /** Forgets the customer (signing out): the device gets a new anonymous id. */
  reset(): void
  /** Sends what waits; resolves when that is done or has failed. */
  flush(): Promise<void>
  anonymousId(): string
  userId(): string | null
  /** Hears every message as it is queued; answers what ends that. */
  onMessage(listener: (message: Fields) => void): () => void
  /** Events that wait, and those that gave way because the queue was full. */
  queue(): { size: number; dropped: number }
}

export interface ClientOptions {
  readonly writeKey: string
  /** Shows popups; none where there is no page to show them on. */
  readonly view: PopupView | null
}

export interface RunningClient extends Client {
  start(): void
  /** The page is going away. */
  leave(): void
  /** The page is looked at (again), or not. */
  visible(isVisible: boolean): void
  online(): void
}

export const version = '0.1.0'

export function createClient(around: Surroundings, { writeKey, view }: ClientOptions): RunningClient {
  const storage = scoped(around.storage, `chaoxi:${writeKey}:`)
  const queue = createQueue(storage, around)
  const listeners: ((message: Fields) => void)[] = []

  function anonymousId(): string {
    const known = storage.get('anonymousId')
    if (known) return known
    const made = around.uuid()
    storage.set('anonymousId', made)
    return made
  }
  const userId = () => storage.get('userId')

  const popups = view && createPopups(around, { view, who: () => ({ anonymousId: anonymousId(), userId: userId() }) })
  const sender = createSender(around, { writeKey, queue, onSent: () => popups?.look() })

  function send(type: string, fields: Fields, context: Fields = {}): void {
    const message = {
      type,
      ...fields,
      messageId: around.uuid(),
      timestamp: new Date(around.now()).toISOString(),
      anonymousId: anonymousId(),
      ...(userId() === null ? {} : { userId: userId() }),
      context: { ...around.context(), library: { name: 'chaoxi.js', version }, ...context },
    }
    if (queue.add(message)) {
      for (const listener of listeners) listener(message)
      sender.poke()
    } else around.warn(`an event is larger than ${eventBytesMax / 1024} KB and is dropped: ${type}`)
  }

  return {
    identify(id, traits = {}, { consent } = {}) {
      storage.set('userId', String(id))
      send('identify', { traits }, consent ? { consent } : {})
    },
    track: (event, properties = {}) => send('track', { event, properties }),
    page: (name, properties = {}) => send('page', { ...(name ? { name } : {}), properties }),
    alias(id, previousId) {
      const from = previousId ?? anonymousId()
      storage.set('userId', String(id))
      send('alias', { previousId: from })
    },
    reset() {
      storage.remove('userId')
      storage.set('anonymousId', around.uuid())
      popups?.forget()
    },
    flush: sender.flush,
    anonymousId,
    userId,
    onMessage(listener) {
      listeners.push(listener)
      return () => {
        listeners.splice(listeners.indexOf(listener), 1)
      }
    },
    queue: () => ({ size: queue.size(), dropped: queue.dropped() }),
    start() {
      if (queue.size() > 0) sender.poke()
      popups?.visible(true)
    },
    leave: sender.flushLast,
    visible: (isVisible) => popups?.visible(isVisible),
    online: () => void sender.flush(),
  }
}
