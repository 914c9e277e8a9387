import { type RandomRule, randomBuckets } from '@chaoxi/contract'
import type { PrintedLeaf } from './print-event.ts'
import type { Reading } from './reading.ts'

/** `bucket` of the contract in SQL: the seed is hashed here, the digits of the person's id there. */
export function printRandom(rule: RandomRule, reading: Reading): PrintedLeaf {
  let start = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${rule.seed}:`)) start = Math.imul(start ^ byte, 0x01000193)
  const seed = reading.params.bind('UInt64', start >>> 0)
  const digits = `splitByString('', toString(base.person))`
  const hash = `arrayFold((h, c) -> bitAnd(bitXor(h, toUInt64(reinterpretAsUInt8(c))) * ${0x01000193}, 4294967295), ${digits}, ${seed})`
  const mixed = (factor: number, shift: number, inner: string) =>
    `arrayMap(h -> bitAnd(bitXor(h, bitShiftRight(h, ${shift})) * ${factor}, 4294967295), ${inner})`
  const both = mixed(0xc2b2ae35, 13, mixed(0x85ebca6b, 16, `[${hash}]`))
  const number = `arrayMap(h -> intDiv(bitXor(h, bitShiftRight(h, 16)) * ${randomBuckets}, 4294967296), ${both})[1]`
  const edge = (percent: number) => Math.round((percent * randomBuckets) / 100)
  return { answer: `(${number} >= ${edge(rule.from)} and ${number} < ${edge(rule.to)})`, next: [] }
}
