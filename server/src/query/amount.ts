// Sums are exact: every value is rounded to the sixth decimal and added as an integer. So 0.1 + 0.2 is 0.3, and the answer
// does not depend on the order in which a database happens to add. The SQL printer does the same arithmetic.

/** Parts of one that a sum distinguishes. */
export const microsPerUnit = 1_000_000
/** Larger values count as this, so that sums of any length fit 128 bits. */
export const amountMax = 1e15

/** A double as whole millionths; halves round up. */
export function toMicros(value: number): number {
  const clamped = Math.min(Math.max(value, -amountMax), amountMax)
  return Math.floor(clamped * microsPerUnit + 0.5)
}

/** The sum of `micros[codes[row]]` over the first so many rows, leaving out what is not a number; in whole units. */
export function sumOf(rows: Uint32Array, count: number, codes: Uint32Array, micros: Float64Array): number {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const value = micros[codes[rows[i] ?? 0] ?? 0] ?? 0
    if (Number.isNaN(value)) continue
    sum += value
    if (!Number.isSafeInteger(sum)) return largeSumOf(rows, count, codes, micros)
  }
  return sum / microsPerUnit
}

/** The same where doubles would lose a millionth on the way. */
function largeSumOf(rows: Uint32Array, count: number, codes: Uint32Array, micros: Float64Array): number {
  let sum = 0n
  for (let i = 0; i < count; i++) {
    const value = micros[codes[rows[i] ?? 0] ?? 0] ?? 0
    if (!Number.isNaN(value)) sum += BigInt(value)
  }
  return Number(sum) / microsPerUnit
}
