/** Both ends of a 95 % confidence interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The normal deviate of a two-sided 95 %. */
export const z95 = 1.959963984540054

/**
 * Score interval of a share, `count` of `size` (E. B. Wilson, JASA 22 (1927) 209-212). Stays within [0, 1] and is sound for
 * counts of none and of all. Throws on what is no count.
 */
export function wilson(count: number, size: number, z = z95): Interval {
  if (!(size > 0) || count < 0 || count > size) throw new RangeError(`${count} of ${size} is no share`)
  const share = count / size
  const zz = (z * z) / size
  const middle = (share + zz / 2) / (1 + zz)
  const half = (z / (1 + zz)) * Math.sqrt((share * (1 - share)) / size + zz / (4 * size))
  return { low: count === 0 ? 0 : Math.max(0, middle - half), high: count === size ? 1 : Math.min(1, middle + half) }
}
