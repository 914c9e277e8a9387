import { expect, test } from 'vitest'
import { newsFrom } from './heard-match.ts'
import type { Heard } from './run.ts'

const trigger = (name: string, occurredAt: number, kind: Heard['kind'] = 'event'): Heard => ({
  ...{ kind, name, occurredAt, receivedAt: occurredAt },
  ...{ sourceKey: 'event:1', properties: {} },
})
const from = (told: Heard, event: string, enteredAt: number) => newsFrom({ enteredAt, context: { trigger: told } }, event)

test('what brought the run in is no news for its messages, also by a clock that is ahead; anything else since the entry is', () => {
  expect(from(trigger('Order Paid', 1_000), 'Order Paid', 1_000)).toBe(1_001)
  expect(from(trigger('Order Paid', 1_500), 'Order Paid', 1_000)).toBe(1_501)
  expect(from(trigger('Order Paid', 500), 'Order Paid', 1_000)).toBe(1_000)
  expect(from(trigger('Order Paid', 1_000), 'Order Refunded', 1_000)).toBe(1_000)
  expect(from(trigger('Order Paid', 1_000, 'segment_entry'), 'Order Paid', 1_000)).toBe(1_000)
})
