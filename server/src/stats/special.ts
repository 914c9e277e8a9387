// The special functions behind distributions. Upper tails are computed as themselves, never as one less the rest.

/** Coefficients of Lanczos' series with g = 7 (C. Lanczos, SIAM J. Numer. Anal. B 1 (1964) 86-96; P. Godfrey's nine terms). */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  const z = x - 1
  const t = z + 7.5
  const series = lanczos.reduce((sum, term, i) => (i === 0 ? term : sum + term / (z + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series)
}

export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/** Terms of a continued fraction at most: it needs about the root of its larger parameter. */
const termsMax = 20_000
const tiny = 1e-300

/** The regularized incomplete beta function I_x(a, b): what of a Beta(a, b) lies below x (DLMF 8.17.22, by Lentz' method). */
export function betaBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast on this side only.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaFraction(1 - x, b, a)
  return betaFraction(x, a, b)
}

function betaFraction(x: number, a: number, b: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= termsMax; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) return front * fraction
  }
  throw new RangeError(`the incomplete beta function does not settle at ${x}, ${a}, ${b}`)
}

const nonZero = (x: number): number => (Math.abs(x) < tiny ? tiny : x)

/** The regularized upper incomplete gamma function Q(a, x) (DLMF 8.7.1 below a + 1, 8.9.2 above it). */
export function gammaAbove(a: number, x: number): number {
  if (x <= 0) return 1
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n <= termsMax && term > sum * 1e-16; n++) {
      term *= x / (a + n)
      sum += term
    }
    return 1 - front * sum
  }
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let fraction = d
  for (let n = 1; n <= termsMax; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / nonZero(an * d + b)
    c = nonZero(b + an / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) return front * fraction
  }
  throw new RangeError(`the incomplete gamma function does not settle at ${a}, ${x}`)
}

/** The t beyond which, on both sides together, `tails` of Student's distribution lie (by bisection; DLMF 8.17 for the tail). */
export function studentDeviate(tails: number, freedom: number): number {
  const beyond = (t: number) => betaBelow(freedom / (freedom + t * t), freedom / 2, 0.5)
  let [low, high] = [0, 1]
  while (beyond(high) > tails) high *= 2
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (beyond(middle) > tails) low = middle
    else high = middle
  }
  return (low + high) / 2
}
