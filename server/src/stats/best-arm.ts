import { betaBelow, logBeta } from './special.ts'

/** People who were given a variant, and those of them with whom it succeeded. */
export interface Arm {
  readonly people: number
  readonly successes: number
}

/** Points of the integration, and how many deviations to either side it goes. */
const points = 400
const reach = 12

/**
 * For each variant how probable it is that its rate is the highest. Rates are independent, each with the posterior Beta(1 + successes,
 * 1 + failures) of an even prior, so P(i) = ∫ f_i(x) Π_{j≠i} F_j(x) dx (C. Stucchio, Bayesian A/B testing at VWO (2015), for two; J.
 * Scott, Appl. Stoch. Models Bus. Ind. 26 (2010) 639-658, eq. 4, for more). The integral is taken over θ with x = sin²θ, where a posterior
 * is smooth and about as wide everywhere, by Simpson's rule. They sum to 1. Throws on what is no share.
 */
export function bestProbabilities(arms: readonly Arm[]): number[] {
  for (const { people, successes } of arms)
    if (!(people >= 0 && successes >= 0 && successes <= people)) throw new RangeError(`${successes} of ${people} is no share`)
  const found = arms.map((_, i) => bestProbability(arms, i))
  const all = found.reduce((sum, one) => sum + one, 0)
  return found.map((one) => one / all)
}

function bestProbability(arms: readonly Arm[], which: number): number {
  const arm = arms[which]
  if (!arm) return 0
  const [a, b] = shape(arm)
  const front = logBeta(a, b)
  const density = (angle: number): number => {
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
    if (sin <= 0 || cos <= 0) return 0
    return 2 * Math.exp((2 * a - 1) * Math.log(sin) + (2 * b - 1) * Math.log(cos) - front)
  }
  const middle = Math.asin(Math.sqrt(a / (a + b)))
  const width = reach / (2 * Math.sqrt(a + b))
  const [low, high] = [Math.max(0, middle - width), Math.min(Math.PI / 2, middle + width)]
  const step = (high - low) / points
  let sum = 0
  for (let i = 0; i <= points; i++) {
    const angle = low + i * step
    const weight = i === 0 || i === points ? 1 : i % 2 === 1 ? 4 : 2
    const height = density(angle)
    if (height > 0) sum += weight * height * othersBelow(arms, which, Math.sin(angle) ** 2)
  }
  return (sum * step) / 3
}

/** How probable it is that all other rates are below `rate`. */
function othersBelow(arms: readonly Arm[], which: number, rate: number): number {
  let product = 1
  for (const [i, arm] of arms.entries()) {
    if (i === which || product === 0) continue
    product *= betaBelow(rate, ...shape(arm))
  }
  return product
}

const shape = ({ people, successes }: Arm): [number, number] => [1 + successes, 1 + people - successes]
