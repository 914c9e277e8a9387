// Sums are exact: every value is rounded to the sixth decimal and added as an integer. So 0.1 + 0.2 is 0.3, and the answer
// does not depend on the order in which a database happens to add. The SQL printer does the same arithmetic.

/** Parts of one that a sum distinguishes. */
export const microsPerUnit = 1_000_000
/** Larger values count as this, so that sums of any length fit 128 bits. */
export const amountMax = 1e15

/** A double as whole millionths; halves round up. */
export function toMicros(value: number): bigint {
  const clamped = Math.min(Math.max(value, -amountMax), amountMax)
  return BigInt(Math.floor(clamped * microsPerUnit + 0.5))
}

export function fromMicros(micros: bigint): number {
  return Number(micros) / microsPerUnit
}
