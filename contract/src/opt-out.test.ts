import { expect, test } from 'vitest'
import { isOptOut } from './opt-out.ts'

test.each(['T', 't', 'TD', 'Td。', ' R ', 'N', 'QX', '退订', '取消', '拒收', '拒绝', '不要再发', 'stop', 'Unsubscribe', '退', 'TDZD'])(
  '%s is a refusal',
  (reply) => {
    expect(isOptOut(reply)).toBe(true)
  },
)
test.each(['Ｔ', 'ｔｄ', '“T”', '回T', '回复TD', '回复退订！', '【退订】', 'T!', '\u200bT\u200b', 'T\n', '回 T'])(
  '%j is one too, however it is written',
  (reply) => {
    expect(isOptOut(reply)).toBe(true)
  },
)
test.each(['你好', 'TT', '退款怎么办', '我要退订单里的一件', 'No', '收到', '', '!!!', 'TODAY', '取消订单'])('%s is none', (reply) => {
  expect(isOptOut(reply)).toBe(false)
})
