import type { MessageView, TimelineItem } from '@chaoxi/contract'

/** States of messages that nothing happened to yet, so that no event tells of them. */
const silent: readonly MessageView['state'][] = ['queued', 'held', 'dropped', 'sending']

/**
 * The timeline's events, with the messages that never left the house put where they were made. While older events are
 * still to be loaded, messages older than the last one shown wait for them.
 */
export function withSilentMessages(items: readonly TimelineItem[], messages: readonly MessageView[], hasMore: boolean): TimelineItem[] {
  const oldest = hasMore ? (items.at(-1)?.at ?? '') : ''
  const made = messages
    .filter(({ state, createdAt }) => silent.includes(state) && createdAt >= oldest)
    .map(
      (message): TimelineItem => ({
        id: message.id,
        kind: 'message',
        at: message.createdAt,
        title: '',
        details: {
          message_id: message.id,
          template: message.template,
          channel: message.channel,
          state: message.state,
          reason: message.reason,
          ...(message.text === '' ? {} : { text: message.text }),
        },
      }),
    )
  return [...items, ...made].toSorted((a, b) => b.at.localeCompare(a.at))
}
